#include "harness/actor/function_calls.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace harness::actor {
namespace {

bool IsName(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_';
  });
}

SqlStatus ReadClock(Connection& db, Value& out) {
  return db.Scalar("SELECT unixepoch()", Value(), out);
}

}  // namespace

Reply CallFunction(Connection& db, const Value& arguments) {
  const std::string& function = arguments["function"].Text();
  if (!IsName(function)) return Reply::Fail("function is the name of one");
  std::string places;
  for (size_t i = 1; i <= arguments["arguments"].items().size(); ++i)
    places += (i == 1 ? "?" : ", ?") + std::to_string(i);
  const bool rollback = arguments["rollback"].Bool();
  Value from, answer, to;
  if (SqlStatus s = ReadClock(db, from); !s.ok()) return Reply::Fail(s.failure());
  if (rollback) {
    if (SqlStatus s = db.Exec("BEGIN IMMEDIATE"); !s.ok()) return Reply::Fail(s.failure());
  }
  const SqlStatus called =
      db.Scalar("SELECT " + function + "(" + places + ")", arguments["arguments"], answer);
  if (rollback) {
    if (SqlStatus s = db.Exec("ROLLBACK"); !s.ok()) return Reply::InDoubt(s.failure());
  }
  if (!called.ok()) {
    return called.failure().is_io_error() ? Reply::InDoubt(called.failure())
                                          : Reply::Fail(called.failure());
  }
  if (SqlStatus s = ReadClock(db, to); !s.ok()) return Reply::InDoubt(s.failure());
  return Reply::Okay(Value::MakeObject({{"answer", answer}, {"from", from}, {"to", to}}));
}

Reply CallFunctions(Session& session, Connection& db, const Value& arguments) {
  const int64_t every = arguments["rollback_every"].Int();
  int64_t number = 0, done = 0;
  for (const Value& one : arguments["arguments"].items()) {
    ++number;
    const Value call = Value::MakeObject({{"function", arguments["function"]},
                                          {"arguments", one},
                                          {"rollback", every > 0 && number % every == 0}});
    done +=
        session.Nested("call", call, [&] { return CallFunction(db, call); }).type == OpType::kOk;
  }
  return Reply::Okay(Value::MakeObject({{"done", done}}));
}

}  // namespace harness::actor
