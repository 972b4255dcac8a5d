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

// verified polls where file events do not tell of every write, and says so; nobody else may.
[[noreturn]] void EndWithoutEvents(Stage& stage) {
  const std::string& fs = stage.Axis("fs");
  const bool told = fs.starts_with("fuse") || fs == "two_mounts";
  const std::string why = "the watcher asks for no file events here";
  if (stage.Axis("backend") == "verified" && told) stage.Skip(why);
  throw harness::CellEnd(harness::CellVerdict::kUnknown, why);
}

void Run(Stage& stage) {
  EventFaults faults(stage);
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.Start("watcher:1", faults.EnvironmentOf("watcher:1"));
  stage.Watch(watcher);
  if (stage.RecordBackendEvidence(watcher) == 0) EndWithoutEvents(stage);
  CommitAndAwait(writer, watcher, 1, 1);

  Actor& impatient = stage.Start("writer:2");
  impatient.Do("open", Value::MakeObject({{"path", stage.Db()}, {"busy_ms", kImpatientMs}}));
  faults.Set("stop watcher:1 at=libc.inotify.read when=after once");
  Commit(writer, 1, 2);
  AwaitStopped(watcher);
  stage.RecordLocks(watcher, "stopped after an event");
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

const Card stopped_after_an_event{
    .name = "wake/stopped_after_an_event",
    .claims = {"WAKE-STOPPED"},
    .situation =
        "The watcher's process is stopped right after it read a file event, before it did anything "
        "about it. A writer with little patience commits; then the watcher goes on.",
    .expectation =
        "What the writer met is in the history; afterwards the watcher sees what was committed.",
    .axes = {Backends({"kernel", "verified"}), Journals(), {"sync", {"normal"}}},
    .roles = {{"writer:1", "commits before, while the event is read, and after"},
              {"writer:2", "commits meanwhile, with a busy timeout of 100 ms"},
              {"watcher:1", "one subscriber, under the preload library"}},
    .faults = {"stop watcher:1 at=libc.inotify.read when=after once"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-STOPPED"}},
    .evidence = "the ledger, the process in state T, and the locks that it holds then",
    .limits = "Backends that read no events; in a look: wake/stopped_in_a_look.",
    .run = Run};

}  // namespace scenarios::wake
