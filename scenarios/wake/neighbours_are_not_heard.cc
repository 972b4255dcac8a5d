#include "harness/oracle/wake_silence.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kRounds = 5;

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  Actor& neighbour = stage.Start("neighbour:1");
  stage.Window("other databases and files in the folder", watcher, [&] {
    for (int i = 0; i < kRounds; ++i) {
      // Names that begin as the watched one does are the likely ones to be taken for it.
      for (const char* name : {"other.db", "app.db2", "app.db-backup"}) {
        neighbour.Do("open", Value::MakeObject({{"path", stage.File(name)},
                                                {"journal", stage.Axis("journal")},
                                                {"create", true}}));
        neighbour.Do("exec", Value::MakeObject({{"sql", "CREATE TABLE IF NOT EXISTS t(x)"}}));
        neighbour.Do("exec", Value::MakeObject({{"sql", "INSERT INTO t VALUES(1)"}}));
        neighbour.Do("close");
      }
    }
  });
  CommitAndAwait(writer, watcher, 1, 2);
}

}  // namespace

const Card neighbours_are_not_heard{
    .name = "wake/neighbours_are_not_heard",
    .claims = {"WAKE-NEIGHBOUR"},
    .situation =
        "Other databases in the same folder are made, written and closed, some with names that "
        "begin alike.",
    .expectation = "polling and shm are silent, kernel is counted; the next commit is seen by all.",
    .axes = {Backends(), Journals()},
    .roles = {{"neighbour:1", "writes other databases"},
              {"writer:1", "commits the sentinel"},
              {"watcher:1", "one subscriber"}},
    .faults = {"none"},
    .oracles = {{{"wake_silence", harness::CheckWakeSilence}, "WAKE-NEIGHBOUR"}},
    .evidence =
        "a quiesce inside the window that ended quiet, and a sentinel commit after it that was "
        "seen",
    .limits = "Three neighbours, not thousands.",
    .run = Run};

}  // namespace scenarios::wake
