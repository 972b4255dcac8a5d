#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/swap/noticed.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  if (stage.Axis("how") == "removed") {
    FileFault(stage, "remove shm");
  } else {
    FileFault(stage, "replace shm");
  }
  // A newcomer takes the new -shm (and makes it where there is none): it and the old ones have no
  // shared memory in common any more.
  Actor& newcomer = stage.StartWriter("writer:2");
  CommitAndAwait(newcomer, watcher, 2, 1);
}

}  // namespace

const Card shm_recreated{
    .name = "swap/shm_recreated",
    .claims = {"SWAP-SHM"},
    .situation =
        "The -shm file is removed, or replaced by a copy, under an open watcher; then a new "
        "process opens the "
        "database and commits.",
    .expectation = "The shm watcher notices: it dies, or it sees the commit. Never silence.",
    .axes = {Backends(), Journals({"wal"}), {"how", {"removed", "replaced"}}},
    .roles = {{"writer:1", "has the old -shm mapped"},
              {"writer:2", "makes the new one, and commits"},
              {"watcher:1", "one subscriber"}},
    .faults = {"remove shm", "replace shm"},
    .oracles = {{{"noticed", CheckNoticed}, "SWAP-SHM"}},
    .evidence = "a commit after the fault, and the end of the wait for it",
    .limits = "A truncated -shm is not tried here. The other backends are counted.",
    .run = Run};

}  // namespace scenarios::swap
