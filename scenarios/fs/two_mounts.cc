#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::fs {
namespace {

constexpr int kSpaced = 6;

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int seq = 1; seq <= kSpaced; ++seq) CommitAndAwait(writer, watcher, 1, seq);
}

}  // namespace

const Card two_mounts{
    .name = "fs/two_mounts",
    .claims = {"WAKE-SEEN"},
    .situation =
        "The writer is on one mount of a folder, the watcher on another, as on two machines with a "
        "network file system between them.",
    .expectation = "After each commit a wake comes whose re-read sees it.",
    .axes = {{"fs", {"two_mounts"}}, Backends(), Journals({"delete", "wal"})},
    .roles = {{"writer:1", "commits on one mount"},
              {"watcher:1", "watches and re-reads on the other"}},
    .faults = {"mount db fs=two_mounts"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-SEEN"}},
    .evidence =
        "a re-read that saw the commit, or the proof that the watcher looked and nothing came",
    .limits =
        "Each mount keeps for good what it knows of a file, where a network file system asks again "
        "after some seconds: what is lost here may come late there.",
    .run = Run};

}  // namespace scenarios::fs
