#include "harness/actor/job_commands.h"

namespace harness::actor {
namespace {

Value List(std::initializer_list<Value> values) { return Value(Value::Array(values)); }

// The text that goes into the database: the key itself, or with `json` its JSON form.
Value Payload(const Value& arguments, const char* name) {
  const Value& text = arguments[name];
  return arguments["json"].Bool() ? Value(text.Print()) : text;
}

// What a JSON payload says; one that is no JSON stands for itself.
Value Read(const Value& payload) {
  Result<Value> read = Value::Parse(payload.Text());
  return read.ok() ? std::move(read).value() : payload;
}

// Runs `write` in a transaction that is rolled back, or on its own. In doubt: the rollback failed,
// or an I/O error.
Reply Written(Connection& db, bool rollback, const std::string& sql, const Value& bind) {
  if (rollback) {
    if (SqlStatus s = db.Exec("BEGIN IMMEDIATE"); !s.ok()) return Reply::Fail(s.failure());
  }
  Value id;
  const SqlStatus s = db.Scalar(sql, bind, id);
  if (rollback) {
    if (SqlStatus undone = db.Exec("ROLLBACK"); !undone.ok())
      return Reply::InDoubt(undone.failure());
  }
  if (!s.ok())
    return s.failure().is_io_error() ? Reply::InDoubt(s.failure()) : Reply::Fail(s.failure());
  return Reply::Okay(Value::MakeObject({{"id", id}, {"rollback", rollback}}));
}

}  // namespace

Reply ClaimJobs(Connection& db, const Value& v) {
  Value json;
  const SqlStatus s =
      db.Scalar("SELECT honker_claim_batch(?1, ?2, ?3, ?4)",
                List({v["queue"], v["worker"], v["n"].Int(1), v["lease_s"].Int(1)}), json);
  if (!s.ok())
    return s.failure().is_io_error() ? Reply::InDoubt(s.failure()) : Reply::Fail(s.failure());
  const Result<Value> claimed = Value::Parse(json.Text());
  if (!claimed.ok()) {
    // The claim may well have happened: what came back cannot be read.
    return {OpType::kInfo, Value::MakeObject({{"message", claimed.error()}, {"got", json}})};
  }
  Value jobs = Value::MakeArray();
  for (const Value& job : claimed.value().items()) {
    jobs.Append(
        Value::MakeObject({{"id", job["id"]},
                           {"key", v["json"].Bool() ? Read(job["payload"]) : job["payload"]},
                           {"attempts", job["attempts"]},
                           {"claim_expires_at", job["claim_expires_at"]}}));
  }
  return Reply::Okay(Value::MakeObject({{"jobs", jobs}}));
}

Reply AckJob(Connection& db, const Value& v) {
  Value done;
  const SqlStatus s = db.Scalar("SELECT honker_ack(?1, ?2)", List({v["id"], v["worker"]}), done);
  if (!s.ok())
    return s.failure().is_io_error() ? Reply::InDoubt(s.failure()) : Reply::Fail(s.failure());
  return Reply::Okay(Value::MakeObject({{"done", done}}));
}

Reply NextClaimAt(Connection& db, const Value& v) {
  Value at;
  const SqlStatus s = db.Scalar("SELECT honker_queue_next_claim_at(?1)", List({v["queue"]}), at);
  if (!s.ok()) return Reply::Fail(s.failure());
  return Reply::Okay(Value::MakeObject({{"at", at}}));
}

SqlStatus OpenQueueConnection(OpenOptions options, Subject& subject, Connection& out,
                              std::string& journal) {
  options.load = true;
  if (SqlStatus s = OpenConnection(options, subject, out, journal); !s.ok()) return s;
  Value ignored;
  if (SqlStatus s = out.Scalar("SELECT honker_bootstrap()", Value(), ignored); !s.ok()) return s;
  return out.Exec("PRAGMA busy_timeout=5000");
}

void JobCommands::Register() {
  const auto with_queue = [this](Reply (*run)(Connection&, const Value&)) {
    return [this, run](const Value& v) {
      return db_.is_open() ? run(db_, v) : Reply::Fail("open_queue comes first");
    };
  };
  session_.On("open_queue", [this](const Value& v) { return OpenQueue(v); });
  session_.On("enqueue", [this](const Value& v) {
    return db_.is_open() ? Enqueue(v) : Reply::Fail("open_queue comes first");
  });
  session_.On("notify", [this](const Value& v) {
    return db_.is_open() ? Notify(v) : Reply::Fail("open_queue comes first");
  });
  session_.On("claim", with_queue(ClaimJobs));
  session_.On("ack", with_queue(AckJob));
  session_.On("next_claim_at", with_queue(NextClaimAt));
  session_.On("jobs_left", [this](const Value& v) {
    return db_.is_open() ? JobsLeft(v) : Reply::Fail("open_queue comes first");
  });
  session_.On("work", [this](const Value& v) { return Work(v); });
  session_.On("work_state", [this](const Value&) {
    return work_ ? Reply::Okay(work_->State()) : Reply::Fail("no work loop is running");
  });
  session_.On("stop", [this](const Value&) { return StopLoop(); });
  session_.On("produce", [this](const Value& v) {
    if (!db_.is_open()) return Reply::Fail("open_queue comes first");
    int64_t done = 0;
    for (int64_t i = v["from"].Int(1); i < v["from"].Int(1) + v["count"].Int(1); ++i) {
      Value one = Value::MakeObject(
          {{"queue", v["queue"]},
           {"key", v["prefix"].Text() + std::to_string(i)},
           {"json", v["json"].Bool()},
           {"rollback", v["rollback_every"].Int() > 0 && i % v["rollback_every"].Int() == 0}});
      done += session_.Nested("enqueue", one, [&] { return Enqueue(one); }).type == OpType::kOk;
    }
    return Reply::Okay(Value::MakeObject({{"done", done}}));
  });
}

Reply JobCommands::OpenQueue(const Value& v) {
  std::string journal;
  Connection db;
  const SqlStatus opened = OpenQueueConnection(OpenOptions::From(v), subject_, db, journal);
  if (!opened.ok()) return Reply::Fail(opened.failure());
  db_ = std::move(db);
  return Reply::Okay(Value::MakeObject({{"journal", journal}}));
}

Reply JobCommands::Enqueue(const Value& v) {
  return Written(db_, v["rollback"].Bool(), "SELECT honker_enqueue(?1, ?2, NULL, ?3, ?4, ?5, NULL)",
                 List({v["queue"], Payload(v, "key"), v["delay_s"], v["priority"].Int(0),
                       v["max_attempts"].Int(100)}));
}

Reply JobCommands::Notify(const Value& v) {
  return Written(db_, v["rollback"].Bool(), "SELECT notify(?1, ?2)",
                 List({v["channel"], Payload(v, "payload")}));
}

Reply JobCommands::JobsLeft(const Value& v) {
  Value left = Value::MakeObject();
  for (const char* table : {"live", "dead"}) {
    Value rows;
    const SqlStatus s =
        db_.Query(std::string("SELECT id FROM _honker_") + table + " WHERE queue=?1",
                  List({v["queue"]}), rows, 100'000);
    if (!s.ok()) return Reply::Fail(s.failure());
    Value ids = Value::MakeArray();
    for (const Value& row : rows.items()) ids.Append(row.items()[0]);
    left.Set(table, std::move(ids));
  }
  return Reply::Okay(std::move(left));
}

Reply JobCommands::Work(const Value& v) {
  if (loop_.joinable()) return Reply::Fail("a work loop is running; stop it first");
  OrNoHandle<std::unique_ptr<WorkLoop>> loop = WorkLoop::Open(session_, subject_, v);
  if (!loop.ok()) return Reply::NotOpened(loop.why());
  work_ = std::move(loop).value();
  loop_ = std::jthread([this](const std::stop_token& stop) { work_->Run(stop); });
  return Reply::Okay(Value::MakeObject({{"outcome", "opened"}}));
}

Reply JobCommands::StopLoop() {
  if (!loop_.joinable()) return Reply::Okay();
  loop_.request_stop();
  loop_.join();
  work_.reset();
  return Reply::Okay();
}

}  // namespace harness::actor
