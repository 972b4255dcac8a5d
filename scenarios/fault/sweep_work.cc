#include "scenarios/fault/sweep_work.h"

#include <cerrno>
#include <filesystem>

#include "faults/vfs/gate.h"
#include "harness/base/patience.h"

namespace scenarios::fault {
namespace {

namespace fs = std::filesystem;
using harness::CellEnd;
using harness::CellVerdict;

constexpr int64_t kGateLimitMs = 120'000;

// Several pages, so that a commit is more than one write.
constexpr const char* kWrite = "UPDATE t SET body = body || zeroblob(3000)";

// Reads the state.
constexpr const char* kRead = "";

const std::vector<Work>& AllWork() {
  static const std::vector<Work> work = {
      {"commit",
       {"BEGIN IMMEDIATE", kWrite, "INSERT INTO t(body) VALUES(zeroblob(5000))", "COMMIT"},
       false,
       false,
       false},
      {"claim",
       {"SELECT honker_claim_batch('q', 'w', 3, 300)", "SELECT honker_ack_batch('[1,2,3]', 'w')"},
       false,
       false,
       true},
      {"checkpoint", {"PRAGMA wal_checkpoint(TRUNCATE)"}, false, false, false},
      {"open", {kRead}, true, false, false},
      {"recovery", {kRead, kWrite}, true, true, false},
  };
  return work;
}

// The call before which a writer dies, so that its transaction is to be rolled back.
const char* CommitPoint(const std::string& journal) {
  if (journal == "truncate") return "at=vfs.truncate.journal";
  if (journal == "persist") return "at=vfs.write.journal detail=0+28";
  return "at=vfs.delete.journal";
}

Value Open(Stage& stage, const std::string& path) {
  return Value::MakeObject({{"path", path},
                            {"journal", stage.Axis("journal")},
                            {"sync", "full"},
                            {"create", true},
                            {"load", true}});
}

void Exec(Actor& actor, const std::string& sql) {
  actor.Do("exec", Value::MakeObject({{"sql", sql}}));
}

// A writer that is killed in a commit of a rollback mode, or after one that is in the WAL alone.
void LeaveCrash(Stage& stage, const std::string& path) {
  const bool wal = stage.Axis("journal") == "wal";
  faults::Gate gate = MakeGate(stage, "crash");
  const std::string fault = gate.FaultText("mortal:1", CommitPoint(stage.Axis("journal")));
  Actor& mortal = StartShimmed(stage, "mortal:1", wal ? "" : fault);
  mortal.Do("open", Open(stage, path));
  const Value write = Value::MakeObject({{"sql", kWrite}});
  if (wal) {
    mortal.Do("exec", write);
  } else {
    (void)mortal.Begin("exec", write);
    const auto reached = AwaitAtGate(stage, gate, kGateLimitMs);
    if (!reached.ok())
      throw CellEnd(CellVerdict::kError, "no commit to kill: " + reached.Message());
  }
  stage.Kill(mortal);
}

}  // namespace

const Work& WorkNamed(const std::string& name) {
  for (const Work& work : AllWork()) {
    if (work.name == name) return work;
  }
  throw CellEnd(CellVerdict::kError, "there is no work \"" + name + "\"");
}

std::string StateQuery(const Work& work) {
  std::string rows =
      "ifnull((SELECT group_concat(id || ':' || length(body), ' ') FROM (SELECT id, body FROM t "
      "ORDER "
      "BY id)), 'no rows')";
  if (work.jobs) {
    rows +=
        " || ifnull((SELECT group_concat('job ' || id || ' ' || state || ' ' || "
        "ifnull(worker_id, '-') || ' ' || attempts, ', ') FROM (SELECT * FROM _honker_live ORDER "
        "BY "
        "id)), ' no jobs')";
  }
  return "SELECT " + rows;
}

void MakeTemplate(Stage& stage, const Work& work, const std::string& path) {
  Actor& maker = stage.Start("maker:1");
  maker.Do("open", Open(stage, path));
  maker.Do("setup");
  Exec(maker, "CREATE TABLE t(id INTEGER PRIMARY KEY, body BLOB)");
  Exec(maker, "INSERT INTO t(body) VALUES(zeroblob(10)), (zeroblob(20)), (zeroblob(3000))");
  if (work.jobs) {
    Exec(maker, "SELECT honker_bootstrap()");
    for (int i = 0; i < 3; ++i)
      Exec(maker, "SELECT honker_enqueue('q', 'payload', NULL, NULL, 0, 3, NULL)");
  }
  stage.Quit(maker);
  if (work.crashed) LeaveCrash(stage, path);
}

void CopyDatabase(const std::string& from, const std::string& to) {
  RemoveDatabase(to);
  for (const char* suffix : {"", "-wal", "-journal"}) {
    if (fs::exists(from + suffix)) fs::copy_file(from + suffix, to + suffix);
  }
}

void RemoveDatabase(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-journal", "-shm"}) fs::remove(path + suffix);
}

}  // namespace scenarios::fault
