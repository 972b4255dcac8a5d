#include "harness/oracle/aftermath.h"
#include "scenarios/index.h"
#include "scenarios/swap/later_commits.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  const std::string& how = stage.Axis("how");
  Actor& writer = stage.StartWriter("writer:1");
  // `blind`: re-reading through a truncated mapping would kill the process by SQLite's own hand.
  Actor& watcher = stage.StartWatcher("watcher:1", Value::MakeObject({{"blind", true}}));
  Commit(writer, 1, 1);
  watcher.Do("quiesce");
  if (how == "cut_to_nothing") FileFault(stage, "truncate shm to=0");
  if (how == "cut_to_a_page") FileFault(stage, "truncate shm to=4096");
  if (how == "removed") FileFault(stage, "remove shm");
  if (how == "replaced") FileFault(stage, "replace shm");
  AwaitAndCommitAnew(stage, watcher);
  // It closes its connections while the writer keeps the database open, and then listens again.
  watcher.Do("unwatch");
  stage.Kill(writer);
}

}  // namespace

const Card shm_bus{
    .name = "swap/shm_bus",
    .claims = {"SHM-BUS"},
    .situation =
        "Under a watcher the -shm file is cut to nothing or to a page, removed, or replaced by a "
        "copy; the application reads nothing meanwhile. Then a new process opens the database, "
        "which makes -shm whole again or makes another one, and commits; then the watcher closes.",
    .expectation =
        "The process of the watcher lives on. The watcher hears the commits, or has died and said "
        "so: never a connection that is lost without a word.",
    .axes = {Backends(),
             Journals({"wal"}),
             {"how", {"cut_to_nothing", "cut_to_a_page", "removed", "replaced"}}},
    .roles = {{"writer:1", "has the old -shm mapped; it touches it no more"},
              {"watcher:1", "one subscriber, which re-reads nothing"},
              {"writer:9", "opens the database anew, and commits"}},
    .faults = {"truncate shm to=0", "truncate shm to=4096", "remove shm", "replace shm"},
    .oracles = {{{"aftermath", harness::CheckAftermath},
                 "SHM-BUS",
                 Value::MakeObject({{"may_die", true}})}},
    .evidence = "the fault; commits after it, and the end of the wait for each",
    .limits =
        "A cut in the moment between a look at the file's length and the read that follows it "
        "kills "
        "any process that has it mapped, SQLite's own readers too.",
    .run = Run};

}  // namespace scenarios::swap
