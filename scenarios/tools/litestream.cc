#include "faults/file/litestream.h"

#include <chrono>
#include <filesystem>
#include <thread>

#include "faults/fs/program.h"
#include "harness/base/patience.h"
#include "harness/oracle/no_harm.h"
#include "harness/oracle/swap_death.h"
#include "scenarios/index.h"
#include "scenarios/tools/run.h"

namespace scenarios::tools {
namespace {

namespace fs = std::filesystem;

// Against a hang: a replica to which nothing comes, a queue that is never empty.
constexpr int64_t kLimitMs = 120'000;
constexpr auto kPace = std::chrono::milliseconds(20);

[[noreturn]] void Fail(const std::string& why) {
  throw harness::CellEnd(harness::CellVerdict::kError, why);
}

void AwaitReplica(Stage& stage, faults::Daemon& litestream, const std::string& replica) {
  harness::Patience patience(kLimitMs);
  while (true) {
    std::error_code none;
    for (const auto& entry : fs::recursive_directory_iterator(replica, none)) {
      if (entry.is_regular_file(none)) return;
    }
    if (const faults::Status there = litestream.StillThere(); !there.ok()) Fail(there.Message());
    if (patience.IsOver(stage.Pids())) Fail("Litestream has replicated nothing");
    std::this_thread::sleep_for(kPace);
  }
}

void AwaitEmptyQueue(Stage& stage, Actor& producer) {
  harness::Patience patience(kLimitMs);
  while (!producer.Do("jobs_left", Value::MakeObject({{"queue", "q"}}))["live"].items().empty()) {
    if (patience.IsOver(stage.Pids()))
      throw harness::CellEnd(harness::CellVerdict::kUnknown, "the queue was never empty");
    std::this_thread::sleep_for(kPace);
  }
}

void Run(Stage& stage) {
  const auto found = faults::FindLitestream();
  if (!found.ok()) stage.Skip(found.Message());
  const std::string& program = found.value();
  const std::string replica = stage.File("replica");
  const std::string url = "file://" + replica;

  Actor& writer = stage.StartWriter("writer:1");
  Actor& producer = stage.Start("producer:1");
  producer.Do("open_queue", Value::MakeObject({{"path", stage.Db()}, {"journal", "wal"}}));
  Actor& watcher = stage.StartWatcher("watcher:1", Value::MakeObject({{"subscribers", 2}}));
  Actor& worker = stage.Start("worker:1");
  stage.RequireOpened(worker.Do("work", Value::MakeObject({{"queue", "q"},
                                                           {"worker", "w"},
                                                           {"lease_s", 60},
                                                           {"backend", "polling"},
                                                           {"path", stage.Db()}})),
                      "polling", "wal");
  {
    auto beside = faults::Daemon::Start({program, "replicate", stage.Db(), url});
    if (!beside.ok()) Fail(beside.Message());
    AwaitReplica(stage, beside.value(), replica);
    producer.Do("produce", Value::MakeObject({{"queue", "q"}, {"prefix", "p"}, {"count", 20}}));
    for (int seq = 1; seq <= 20; ++seq) CommitAndAwait(writer, watcher, 1, seq);
    AwaitEmptyQueue(stage, producer);
    if (const faults::Status there = beside.value().StillThere(); !there.ok())
      Fail(there.Message());
  }
  // What was killed may not have sent the last of it.
  if (const faults::Status sent =
          faults::RunProgram({program, "replicate", "-once", stage.Db(), url});
      !sent.ok()) {
    Fail(sent.Message());
  }
  RunAsFault(stage, "litestream db command=restore force=yes",
             {program, "restore", "-force", "-o", stage.Db(), url});
  watcher.Do("await_death");
  worker.Do("stop");
  // What is there now is the database that was replicated, with everything in it.
  Actor& reader = stage.Start("reader:1");
  reader.Do("open", Value::MakeObject({{"path", stage.Db()}}));
  const Value rows = reader.Do(
      "exec", Value::MakeObject({{"sql", "SELECT max(seq) FROM harness_marks WHERE writer = 1"}}));
  if (rows["rows"].items()[0].items()[0].Int() != 20) Fail("the restored database is another one");
}

}  // namespace

const Card litestream{
    .name = "tools/litestream",
    .claims = {"SWAP-DEATH", "WAKE-HARMLESS"},
    .situation =
        "Litestream replicates a database while a writer commits, two subscribers watch and a "
        "worker "
        "works; then it restores over the database, with -force, while all of them have it open.",
    .expectation =
        "No commit fails beside it. Every subscriber learns of the restore, and what is restored "
        "is what was committed.",
    .axes = {{"backend", {}, {}, {"polling", "kernel", "shm", "verified"}}, Journals({"wal"})},
    .roles = {{"writer:1", "commits"},
              {"producer:1", "gives the worker its jobs"},
              {"worker:1", "empties the queue while Litestream runs"},
              {"watcher:1", "two subscribers"},
              {"reader:1", "reads what was restored"}},
    .faults = {"litestream db command=restore force=yes"},
    .oracles = {{{"swap_death", harness::CheckSwapDeath}, "SWAP-DEATH"},
                {{"no_harm", harness::CheckNoHarm},
                 "WAKE-HARMLESS",
                 Value::MakeObject({{"locks", false}})}},
    .evidence = "a replica while the others run; the restore, with identities that differ",
    .limits =
        "WAL only: Litestream sets it. What of Litestream's own writing wakes is not counted here.",
    .run = Run};

}  // namespace scenarios::tools
