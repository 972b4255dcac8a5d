#include "scenarios/swap/later_commits.h"

namespace scenarios::swap {
namespace {

constexpr int kCommits = 2;
// A file whose content was exchanged under SQLite may seem locked for good.
constexpr int64_t kNewcomerBusyMs = 500;

}  // namespace

void AwaitAndCommitAnew(Stage& stage, Actor& watcher) {
  watcher.Do("quiesce");
  Actor& newcomer = stage.Start("writer:9");
  const bool opened = newcomer
                          .Try("open", Value::MakeObject({{"path", stage.Db()},
                                                          {"journal", stage.Axis("journal")},
                                                          {"busy_ms", kNewcomerBusyMs},
                                                          {"create", true}}))
                          .ok();
  if (!opened || !newcomer.Try("setup").ok()) return;
  for (int seq = 1; seq <= kCommits; ++seq) {
    const bool committed =
        newcomer.Try("commit", Value::MakeObject({{"writer", kNewcomer}, {"seq", seq}})).ok();
    if (committed) watcher.Do("await", Marks(kNewcomer, seq));
  }
}

}  // namespace scenarios::swap
