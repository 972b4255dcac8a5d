#include "harness/actor/stream_commands.h"

namespace harness::actor {
namespace {

Value List(std::initializer_list<Value> values) { return Value(Value::Array(values)); }

// Failed calls did not happen; only after an I/O error they may have.
Reply Failed(const SqlStatus& status) {
  return status.failure().is_io_error() ? Reply::InDoubt(status.failure())
                                        : Reply::Fail(status.failure());
}

// The JSON array that one call of a function answers, as `name` of the reply.
Reply AskForArray(Connection& db, const std::string& sql, const Value& bind, const char* name) {
  Value json;
  const SqlStatus s = db.Scalar(sql, bind, json);
  if (!s.ok()) return Failed(s);
  Result<Value> array = Value::Parse(json.Text());
  if (!array.ok()) {
    return {OpType::kInfo, Value::MakeObject({{"message", array.error()}, {"got", json}})};
  }
  return Reply::Okay(Value::MakeObject({{name, std::move(array).value()}}));
}

Reply AskForNumber(Connection& db, const std::string& sql, const Value& bind, const char* name) {
  Value number;
  const SqlStatus s = db.Scalar(sql, bind, number);
  if (!s.ok()) return Failed(s);
  return Reply::Okay(Value::MakeObject({{name, number}}));
}

Reply Publish(Connection& db, const Value& v) {
  const bool rollback = v["rollback"].Bool();
  if (rollback) {
    if (SqlStatus s = db.Exec("BEGIN IMMEDIATE"); !s.ok()) return Reply::Fail(s.failure());
  }
  Reply reply = AskForNumber(db, "SELECT honker_stream_publish(?1, ?2, ?3)",
                             List({v["stream"], v["key"], v["payload"]}), "offset");
  if (rollback) {
    if (SqlStatus undone = db.Exec("ROLLBACK"); !undone.ok())
      return Reply::InDoubt(undone.failure());
  }
  return reply;
}

Reply Since(Connection& db, const Value& v) {
  return AskForArray(db, "SELECT honker_stream_read_since(?1, ?2, ?3)",
                     List({v["stream"], v["offset"].Int(0), v["limit"].Int(1000)}), "events");
}

Reply SaveOffset(Connection& db, const Value& v) {
  return AskForNumber(db, "SELECT honker_stream_save_offset(?1, ?2, ?3)",
                      List({v["consumer"], v["stream"], v["offset"]}), "done");
}

Reply Offset(Connection& db, const Value& v) {
  return AskForNumber(db, "SELECT honker_stream_get_offset(?1, ?2)",
                      List({v["consumer"], v["stream"]}), "offset");
}

Reply Tick(Connection& db, const Value& v) {
  return AskForArray(db, "SELECT honker_scheduler_tick(?1)", List({v["now"]}), "fires");
}

}  // namespace

void StreamCommands::Register() {
  const auto on_queue = [this](Reply (*run)(Connection&, const Value&)) {
    return [this, run](const Value& v) {
      Connection& db = jobs_.connection();
      return db.is_open() ? run(db, v) : Reply::Fail("open_queue comes first");
    };
  };
  session_.On("stream_publish", on_queue(Publish));
  session_.On("stream_since", on_queue(Since));
  session_.On("stream_save_offset", on_queue(SaveOffset));
  session_.On("stream_offset", on_queue(Offset));
  session_.On("tick", on_queue(Tick));
  session_.On("stream_produce", [this](const Value& v) {
    Connection& db = jobs_.connection();
    if (!db.is_open()) return Reply::Fail("open_queue comes first");
    int64_t done = 0;
    for (int64_t i = 1; i <= v["count"].Int(1); ++i) {
      Value one = Value::MakeObject(
          {{"stream", v["stream"]},
           {"payload", v["prefix"].Text() + std::to_string(i)},
           {"rollback", v["rollback_every"].Int() > 0 && i % v["rollback_every"].Int() == 0}});
      done += session_.Nested("stream_publish", one, [&] { return Publish(db, one); }).type ==
              OpType::kOk;
    }
    return Reply::Okay(Value::MakeObject({{"done", done}}));
  });
}

}  // namespace harness::actor
