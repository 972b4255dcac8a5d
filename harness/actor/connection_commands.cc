#include "harness/actor/connection_commands.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "harness/actor/become.h"
#include "harness/actor/cost.h"
#include "harness/actor/function_calls.h"
#include "harness/actor/marks.h"

namespace harness::actor {
namespace {

const std::string& NameOf(const Value& arguments) {
  static const std::string kDefault = "c";
  return arguments["conn"].is_text() ? arguments["conn"].Text() : kDefault;
}

// The distance between two commits of a burst is part of the load, not proof of anything.
void Space(int64_t gap_us) {
  if (gap_us <= 0) return;
  const timespec gap{gap_us / 1'000'000, gap_us % 1'000'000 * 1000};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &gap, nullptr);
}

SqlStatus SetJournal(const OpenOptions& options, Connection& db, std::string& journal) {
  const std::string set = options.journal.empty() ? "" : "=" + options.journal;
  Value mode;
  SqlStatus status;
  const int64_t begin = NowNs();
  do {
    status = db.Scalar("PRAGMA journal_mode" + set, Value(), mode);
    if (status.ok() || !options.insist || !status.failure().is_busy()) break;
    Space(1000);
  } while (NowNs() - begin < options.busy_ms * INT64_C(1'000'000));
  journal = mode.Text();
  return status;
}

// What no program may do that uses SQLite on the file: every POSIX lock that it holds there is gone
// (SQLite, "How To Corrupt An SQLite Database File", 2.2).
Reply OpenAndCloseFile(const Value& arguments) {
  const std::string& path = arguments["path"].Text();
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    const std::string& named = path.empty() ? "open_close_file needs path" : "cannot open " + path;
    return Reply::Fail(named + ": " + std::generic_category().message(errno));
  }
  if (arguments["raw"].Bool()) {
    syscall(SYS_close, fd);
  } else {
    close(fd);
  }
  return Reply::Okay();
}

}  // namespace

OpenOptions OpenOptions::From(const Value& v) {
  return OpenOptions{.path = v["path"].Text(),
                     .journal = v["journal"].Text(),
                     .sync = v["sync"].Text(),
                     .busy_ms = static_cast<int>(v["busy_ms"].Int(kPatienceMs)),
                     .create = v["create"].Bool(),
                     .load = v["load"].Bool(),
                     .insist = v["insist"].Bool()};
}

SqlStatus OpenConnection(const OpenOptions& options, Subject& subject, Connection& out,
                         std::string& journal) {
  const int flags = SQLITE_OPEN_READWRITE | (options.create ? SQLITE_OPEN_CREATE : 0);
  if (SqlStatus s = Connection::Open(options.path, flags, options.busy_ms, out); !s.ok()) return s;
  if (SqlStatus s = SetJournal(options, out, journal); !s.ok()) return s;
  if (!options.sync.empty()) {
    if (SqlStatus s = out.Exec("PRAGMA synchronous=" + options.sync); !s.ok()) return s;
  }
  return options.load ? subject.LoadOn(out) : SqlStatus();
}

void ConnectionCommands::Register() {
  session_.On("open", [this](const Value& v) { return Open(v); });
  session_.On("close", [this](const Value& v) { return Close(v); });
  session_.On("exec", [this](const Value& v) { return Exec(v); });
  session_.On("burst", [this](const Value& v) { return Burst(v); });
  session_.On("load", [this](const Value& v) {
    Connection& tools = connections_["tools"];
    SqlStatus s =
        tools.is_open()
            ? SqlStatus()
            : Connection::Open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0, tools);
    if (s.ok()) s = tools.LoadExtension(v["library"].Text());
    return s.ok() ? Reply::Okay() : Reply::Fail(s.failure());
  });
  session_.On("arm", [this](const Value& v) { return Arm(v); });
  session_.On("disarm", [this](const Value&) { return Disarm(); });
  session_.On("setup", [this](const Value& v) {
    Connection* db = Find(v);
    if (!db) return Reply::Fail("no open connection \"" + NameOf(v) + "\"");
    const SqlStatus s = CreateMarks(*db);
    return s.ok() ? Reply::Okay() : Reply::Fail(s.failure());
  });
  session_.On("commit", [this](const Value& v) {
    Connection* db = Find(v);
    if (!db) return Reply::Fail("no open connection \"" + NameOf(v) + "\"");
    if (v["held"].Bool()) return CommitHeld(*db);
    return CommitMark(*db, v["writer"].Int(), v["seq"].Int(), v["pad"].Int());
  });
  session_.On("hold", [this](const Value& v) {
    Connection* db = Find(v);
    if (!db) return Reply::Fail("no open connection \"" + NameOf(v) + "\"");
    return HoldMark(*db, v["writer"].Int(), v["seq"].Int());
  });
  session_.On("become", [](const Value& v) { return Become(v); });
  session_.On("open_close_file", [](const Value& v) { return OpenAndCloseFile(v); });
  session_.On("call", [this](const Value& v) {
    Connection* db = Find(v);
    return db ? CallFunction(*db, v) : Reply::Fail("no open connection \"" + NameOf(v) + "\"");
  });
  session_.On("calls", [this](const Value& v) {
    Connection* db = Find(v);
    return db ? CallFunctions(session_, *db, v)
              : Reply::Fail("no open connection \"" + NameOf(v) + "\"");
  });
  session_.On("measure", [this](const Value& v) {
    Connection* db = Find(v);
    return db ? Measure(*db, v) : Reply::Fail("no open connection \"" + NameOf(v) + "\"");
  });
  session_.On("repeat", [this](const Value& v) {
    Connection* db = Find(v);
    return db ? Repeat(*db, v) : Reply::Fail("no open connection \"" + NameOf(v) + "\"");
  });
  session_.On("rollback", [this](const Value& v) {
    Connection* db = Find(v);
    return db ? RollBack(*db, v["kind"].Text())
              : Reply::Fail("no open connection \"" + NameOf(v) + "\"");
  });
}

Connection* ConnectionCommands::Find(const Value& arguments) {
  const auto it = connections_.find(NameOf(arguments));
  return it == connections_.end() ? nullptr : &it->second;
}

Reply ConnectionCommands::Arm(const Value& arguments) {
  Connection& tools = connections_["tools"];
  Value armed;
  if (SqlStatus s = tools.is_open() ? tools.Scalar("SELECT fault_fired()", Value(), fired_before_)
                                    : SqlFailure{0, "load a fault library first"};
      !s.ok()) {
    return Reply::Fail(s.failure());
  }
  const Value bind = Value::MakeArray().Append(arguments["faults"]);
  const SqlStatus s = tools.Scalar("SELECT fault_arm(?1)", bind, armed);
  return s.ok() ? Reply::Okay(Value::MakeObject({{"armed", armed}})) : Reply::Fail(s.failure());
}

Reply ConnectionCommands::Disarm() {
  Connection& tools = connections_["tools"];
  if (!tools.is_open()) return Reply::Fail("load a fault library first");
  Value ignored;
  Value fired;
  SqlStatus s = tools.Scalar("SELECT fault_disarm()", Value(), ignored);
  if (s.ok()) s = tools.Scalar("SELECT fault_fired()", Value(), fired);
  if (!s.ok()) return Reply::Fail(s.failure());
  return Reply::Okay(Value::MakeObject({{"fired", fired.Int() - fired_before_.Int()}}));
}

Reply ConnectionCommands::Open(const Value& arguments) {
  Connection db;
  std::string journal;
  const SqlStatus status = OpenConnection(OpenOptions::From(arguments), subject_, db, journal);
  if (!status.ok()) return Reply::Fail(status.failure());
  connections_[NameOf(arguments)] = std::move(db);
  return Reply::Okay(Value::MakeObject({{"journal", journal}}));
}

Reply ConnectionCommands::Close(const Value& arguments) {
  Connection* db = Find(arguments);
  if (!db) return Reply::Fail("no open connection \"" + NameOf(arguments) + "\"");
  if (SqlStatus s = db->Close(); !s.ok()) return Reply::Fail(s.failure());
  connections_.erase(NameOf(arguments));
  return Reply::Okay();
}

Reply ConnectionCommands::Exec(const Value& arguments) {
  Connection* db = Find(arguments);
  if (!db) return Reply::Fail("no open connection \"" + NameOf(arguments) + "\"");
  Value rows;
  const SqlStatus status = db->Query(arguments["sql"].Text(), arguments["bind"], rows);
  if (!status.ok()) return Reply::Fail(status.failure());
  return Reply::Okay(Value::MakeObject({{"rows", rows}}));
}

Reply ConnectionCommands::Burst(const Value& arguments) {
  const int64_t writer = arguments["writer"].Int();
  const int64_t from = arguments["from"].Int(1);
  const int64_t count = arguments["count"].Int(1);
  const bool reopen = arguments["reopen"].Bool();
  Connection* kept = Find(arguments);
  if (!reopen && !kept) return Reply::Fail("no open connection \"" + NameOf(arguments) + "\"");
  int64_t done = 0;
  for (int64_t seq = from; seq < from + count; ++seq) {
    const Value mark = Value::MakeObject({{"writer", writer}, {"seq", seq}});
    const Reply reply = session_.Nested("commit", mark, [&] {
      if (arguments["look"].Bool()) {
        Reply held = HoldMark(*kept, writer, seq);
        if (held.type != OpType::kOk) return held;
        session_.LookAtLocks();
        return CommitHeld(*kept);
      }
      if (!reopen) return CommitMark(*kept, writer, seq, arguments["pad"].Int());
      Connection db;
      std::string journal;
      const SqlStatus opened = OpenConnection(OpenOptions::From(arguments), subject_, db, journal);
      if (!opened.ok()) return Reply::Fail(opened.failure());
      return CommitMark(db, writer, seq, arguments["pad"].Int());
    });
    done += reply.type == OpType::kOk ? 1 : 0;
    Space(arguments["gap_us"].Int());
  }
  return Reply::Okay(Value::MakeObject({{"done", done}, {"asked", count}}));
}

}  // namespace harness::actor
