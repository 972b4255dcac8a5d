#include "harness/oracle/no_harm.h"
#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kForks = 3;

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Commit(writer, 1, 1);
  // The parent is an application as well, with a read transaction of its own. What it holds is
  // looked at before there is a watcher: a look's lock comes and goes.
  Actor& watcher = stage.Start("watcher:1");
  watcher.Do("open", Value::MakeObject({{"path", stage.Db()}, {"conn", "app"}}));
  const auto in_app = [&](const std::string& sql) {
    watcher.Do("exec", Value::MakeObject({{"sql", sql}, {"conn", "app"}}));
  };
  in_app("BEGIN");
  in_app("SELECT * FROM harness_marks");
  stage.RecordLocks(watcher, "before");
  stage.Watch(watcher);
  watcher.Do("quiesce");
  for (int i = 0; i < kForks; ++i) {
    const Value forked = watcher.Do("fork", Value::MakeObject({{"child", stage.Axis("child")}}));
    stage.Record("forked", forked);
  }
  stage.RecordLocks(watcher, "after");
  in_app("COMMIT");
  for (int seq = 2; seq <= 5; ++seq) CommitAndAwait(writer, watcher, 1, seq);
  watcher.Do("unwatch");
}

}  // namespace

const Card fork{
    .name = "wake/fork",
    .claims = {"WAKE-FORK"},
    .situation =
        "A process that watches forks without exec, as Python's multiprocessing does; the child "
        "exits, runs the program's exit handlers, waits on the handles, closes them, or stays.",
    .expectation =
        "The parent is neither corrupted nor hung: it keeps its locks, sees every commit and "
        "closes "
        "its handles in the end.",
    .axes = {Backends(),
             {"journal", {"delete", "wal"}},
             {"sync", {"normal"}},
             {"child", {"exit", "wait", "close"}, {}, {"handlers", "stay"}}},
    .roles = {{"writer:1", "commits, stepped"},
              {"watcher:1", "one subscriber, and an application with a lock; forks three times"}},
    .faults = {"none"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-FORK"},
                {{"no_harm", harness::CheckNoHarm}, "WAKE-FORK"}},
    .evidence = "children that came to their end, locks before and after, commits seen afterwards",
    .limits =
        "What becomes of the child is recorded and not judged: fork without exec is documented as "
        "not supported. The child touches no SQLite connection.",
    .run = Run};

}  // namespace scenarios::wake
