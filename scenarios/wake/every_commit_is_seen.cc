#include "harness/oracle/overtrigger.h"
#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kSpaced = 12;
constexpr int kBursts = 4;
constexpr int kBurstLength = 50;
constexpr int kWriters = 3;

void Spaced(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int seq = 1; seq <= kSpaced; ++seq) CommitAndAwait(writer, watcher, 1, seq);
}

void Bursts(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int burst = 0; burst < kBursts; ++burst) {
    writer.Do("burst",
              Value::MakeObject(
                  {{"writer", 1}, {"from", burst * kBurstLength + 1}, {"count", kBurstLength}}));
    watcher.Do("await", Marks(1, (burst + 1) * kBurstLength));
  }
}

void SeveralWriters(Stage& stage) {
  Actor& first = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  std::vector<std::pair<Actor*, int64_t>> busy;
  const auto burst = [](int writer) {
    return Value::MakeObject(
        {{"writer", writer}, {"from", 1}, {"count", kBurstLength}, {"gap_us", 500}});
  };
  std::vector<Actor*> writers{&first};
  for (int w = 2; w <= kWriters; ++w)
    writers.push_back(&stage.StartWriter("writer:" + std::to_string(w)));
  for (int w = 1; w <= kWriters; ++w)
    busy.emplace_back(writers[w - 1], writers[w - 1]->Begin("burst", burst(w)));
  Value marks = Value::MakeObject();
  for (int w = 1; w <= kWriters; ++w) {
    busy[w - 1].first->End(busy[w - 1].second);
    marks.Set(std::to_string(w), kBurstLength);
  }
  watcher.Do("await", Value::MakeObject({{"marks", marks}}));
}

void Run(Stage& stage) {
  if (stage.Axis("pace") == "spaced") return Spaced(stage);
  if (stage.Axis("pace") == "bursts") return Bursts(stage);
  SeveralWriters(stage);
}

}  // namespace

const Card every_commit_is_seen{
    .name = "wake/every_commit_is_seen",
    .claims = {"WAKE-SEEN", "WAKE-MODES", "WAKE-LATENCY", "WAKE-OVERTRIGGER"},
    .situation =
        "Writers commit: one at a time, in bursts without a pause, or three of them at once. The "
        "consumer "
        "re-reads the database at once on each wake, as the documentation tells applications to "
        "do.",
    .expectation =
        "After each commit a wake comes whose re-read sees it, or a later one of the burst.",
    .axes = {Backends(),
             Journals({"delete", "truncate", "persist", "wal"}, {"memory", "off"}),
             SyncLevels(),
             {"pace", {"spaced", "bursts", "writers"}}},
    .roles = {{"writer:1..3", "commits marks"},
              {"watcher:1", "waits, and re-reads on each wake with a busy timeout of 60 s"}},
    .faults = {"none"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-SEEN"},
                {{"wake_seen", harness::CheckWakeSeen}, "WAKE-MODES"},
                {{"wake_seen", harness::CheckWakeSeen}, "WAKE-LATENCY"},
                {{"overtrigger", harness::CheckOvertrigger}, "WAKE-OVERTRIGGER"}},
    .evidence =
        "a re-read that saw the commit, or the proof that the watcher looked and nothing came",
    .limits = "No event is dropped and no process dies; latency is a figure and decides nothing.",
    .run = Run};

}  // namespace scenarios::wake
