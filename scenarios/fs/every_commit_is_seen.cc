#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::fs {
namespace {

constexpr int kSpaced = 4;
constexpr int kBurst = 20;

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int seq = 1; seq <= kSpaced; ++seq) CommitAndAwait(writer, watcher, 1, seq);
  writer.Do("burst", Value::MakeObject({{"writer", 1}, {"from", kSpaced + 1}, {"count", kBurst}}));
  watcher.Do("await", Marks(1, kSpaced + kBurst));
}

}  // namespace

const Card every_commit_is_seen{
    .name = "fs/every_commit_is_seen",
    .claims = {"WAKE-SEEN"},
    .situation = "A writer and a watcher on another file system: single commits, then a burst.",
    .expectation = "After each commit a wake comes whose re-read sees it.",
    .axes = {{.name = "fs",
              .values = {"overlay", "xfs", "fuse"},
              .quick = {"overlay"},
              .full = {"tmpfs", "ext4", "btrfs"}},
             Backends(),
             Journals({"delete", "wal"})},
    .roles = {{"writer:1", "commits marks"}, {"watcher:1", "waits, and re-reads on each wake"}},
    .faults = {"mount db fs=btrfs"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-SEEN"}},
    .evidence =
        "a re-read that saw the commit, or the proof that the watcher looked and nothing came",
    .limits = "The light form: `honker-harness run wake --fs NAME` runs the whole group there.",
    .run = Run};

}  // namespace scenarios::fs
