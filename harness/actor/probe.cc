#include "harness/actor/probe.h"

#include <set>

#include "harness/actor/sqlite.h"
#include "harness/actor/subject.h"

namespace harness::actor {
namespace {

constexpr int kCreate = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

std::set<std::string> Functions(Connection& db) {
  std::set<std::string> names;
  Value rows;
  if (!db.Query("SELECT name || '/' || narg FROM pragma_function_list", Value(), rows, 10'000)
           .ok()) {
    return names;
  }
  for (const Value& row : rows.items()) names.insert(row.items()[0].Text());
  return names;
}

Value ProbeBackends(const WatcherAbi& abi, const std::string& path) {
  Value found = Value::MakeObject();
  for (const char* backend : {"polling", "kernel", "shm", "verified"}) {
    const OpenedPort port = OpenByAbi(abi, path, backend, 0);
    found.Set(backend, port.ok() ? Value::MakeObject({{"outcome", "opened"}})
                                 : Value::MakeObject({{"outcome", "refused"},
                                                      {"error", EncodeBytes(port.why().error)}}));
  }
  return found;
}

}  // namespace

Value LinkedSqlite() {
  return Value::MakeObject({{"version", sqlite3_libversion()}, {"source_id", sqlite3_sourceid()}});
}

Value ProbeSubject(const std::string& library, const std::string& scratch) {
  Value out = Value::MakeObject({{"loads", false}});
  Connection db;
  if (SqlStatus s = Connection::Open(":memory:", kCreate, 0, db); !s.ok()) {
    return out.Set("error", s.failure().message);
  }
  const std::set<std::string> before = Functions(db);
  Subject subject(library);
  if (SqlStatus s = subject.LoadOn(db); !s.ok()) return out.Set("error", s.failure().message);
  out.Set("loads", true);
  Value functions = Value::MakeArray();
  for (const std::string& name : Functions(db)) {
    if (!before.contains(name)) functions.Append(name);
  }
  out.Set("functions", std::move(functions));

  if (const std::string sites = subject.Sites(); !sites.empty()) {
    Result<Value> list = Value::Parse(sites);
    if (!list.ok()) return out.Set("error", "honker_sites() is no JSON: " + list.error());
    out.Set("sites", std::move(list).value());
  }

  const OrNoHandle<const WatcherAbi*> abi = subject.Abi(false);
  out.Set("abi", abi.ok());
  if (!abi.ok()) return out.Set("error", abi.why().error);
  const std::string path = scratch + "/probe.db";
  Connection wal;
  if (SqlStatus s = Connection::Open(path, kCreate, kPatienceMs, wal); !s.ok()) {
    return out.Set("error", s.failure().message);
  }
  if (SqlStatus s = wal.Exec("PRAGMA journal_mode=WAL; CREATE TABLE t(x); INSERT INTO t VALUES(1)");
      !s.ok()) {
    return out.Set("error", s.failure().message);
  }
  return out.Set("backends", ProbeBackends(*abi.value(), path));
}

}  // namespace harness::actor
