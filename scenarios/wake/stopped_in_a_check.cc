#include <csignal>

#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/wake/event_faults.h"
#include "scenarios/wake/stopping.h"

namespace scenarios::wake {
namespace {

constexpr int64_t kImpatientMs = 100;
constexpr int kTries = 3;

std::string SiteOf(const std::string& backend, const std::string& journal) {
  if (backend == "kernel") return "libc.inotify.read";
  return journal == "wal" ? "libc.lock.shm" : "libc.lock.db";
}

void Run(Stage& stage) {
  EventFaults faults(stage);
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.Start("watcher:1", faults.EnvironmentOf("watcher:1"));
  stage.Watch(watcher);
  CommitAndAwait(writer, watcher, 1, 1);

  Actor& impatient = stage.Start("writer:2");
  impatient.Do("open", Value::MakeObject({{"path", stage.Db()}, {"busy_ms", kImpatientMs}}));
  faults.Set("stop watcher:1 at=" + SiteOf(stage.Axis("backend"), stage.Axis("journal")) +
             " when=after once");
  // This one looks only when something happened. Others come by themselves, and the writer would
  // wait.
  if (stage.Axis("backend") == "kernel") Commit(writer, 1, 2);
  AwaitStopped(watcher);
  stage.RecordLocks(watcher, "stopped in a check");
  int64_t done = 0;
  for (int seq = 1; seq <= kTries; ++seq) {
    done += impatient.Try("commit", Value::MakeObject({{"writer", 2}, {"seq", seq}})).ok() ? 1 : 0;
  }
  stage.Record("stopped", Value::MakeObject({{"process", "watcher:1"},
                                             {"tries", kTries},
                                             {"commits", done},
                                             {"busy_ms", kImpatientMs}}));
  faults.Set("");
  stage.Signal(watcher, SIGCONT);
  CommitAndAwait(writer, watcher, 1, 3);
  faults.RecordEvidence(true);
}

}  // namespace

const Card stopped_in_a_check{
    .name = "wake/stopped_in_a_check",
    .claims = {"WAKE-STOPPED"},
    .situation =
        "The watcher's process is stopped in the middle of a look: right after it was granted a "
        "lock of the database, "
        "or right after it read a file event. A writer tries to commit, with little patience; then "
        "the watcher goes on.",
    .expectation =
        "What the writer met is in the history; afterwards it commits, and the watcher sees that.",
    .axes = {Backends({"polling", "kernel"}), Journals(), {"sync", {"normal"}}},
    .roles = {{"writer:1", "commits before and after"},
              {"writer:2", "tries to commit meanwhile, with a busy timeout of 100 ms"},
              {"watcher:1", "one subscriber, under the preload library"}},
    .faults = {"stop watcher:1 at=libc.lock.db when=after once"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-STOPPED"}},
    .evidence = "the ledger, the process in state T, and the locks that it holds then",
    .limits = "shm looks without a call to the C library, and holds no lock while it does.",
    .run = Run};

}  // namespace scenarios::wake
