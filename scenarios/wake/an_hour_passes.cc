#include "harness/oracle/wake_seen.h"
#include "harness/oracle/wake_silence.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kMinutesBetweenCommits = 30;
constexpr int64_t kHourS = 3600;

void Run(Stage& stage) {
  const std::string page = stage.Aside("clock");
  faults::Clock clock = MakeClock(page);
  const std::map<std::string, std::string> by_clock = {{"FAULT_CLOCK", page}};
  Actor& writer = StartShimmed(stage, "writer:1", "", by_clock);
  writer.Do("open",
            Value::MakeObject(
                {{"path", stage.Db()}, {"journal", stage.Axis("journal")}, {"create", true}}));
  writer.Do("setup");
  Actor& watcher = StartShimmed(stage, "watcher:1", "", by_clock);
  stage.Watch(watcher);
  CommitAndAwait(writer, watcher, 1, 1);
  const int64_t began = SecondOf(writer);
  int seq = 1;
  for (int64_t passed = 0; passed < kHourS;) {
    stage.Window("minutes pass", watcher, [&] {
      for (int i = 0; i < kMinutesBetweenCommits; ++i, passed += 60) {
        stage.Fault("clock_step * by_s=60", [&] {
          clock.StepMs(60'000);
          return std::string();
        });
      }
    });
    CommitAndAwait(writer, watcher, 1, ++seq);
  }
  const int64_t passed = SecondOf(writer) - began;
  if (passed < kHourS) {
    throw harness::CellEnd(
        harness::CellVerdict::kUnknown,
        "by the database's own clock only " + std::to_string(passed) + " s have passed");
  }
}

}  // namespace

const Card an_hour_passes{
    .name = "wake/an_hour_passes",
    .claims = {"WAKE-QUIET", "WAKE-SEEN"},
    .situation =
        "One hour of virtual time: the wall clock of the database goes on by a minute sixty times, "
        "and every half hour there is a commit.",
    .expectation = "Passing time wakes nobody, and each commit is seen.",
    .axes = {Backends(), {"journal", {"delete", "wal"}}},
    .roles = {{"writer:1", "commits, and says what time it is"}, {"watcher:1", "one subscriber"}},
    .faults = {"clock_step * by_s=60"},
    .oracles = {{{"wake_silence", harness::CheckWakeSilence}, "WAKE-QUIET"},
                {{"wake_seen", harness::CheckWakeSeen}, "WAKE-SEEN"}},
    .evidence = "unixepoch() on the writer's connection, an hour later in the end",
    .limits =
        "The wall clock, which a shim VFS moves in both processes. Time-outs and sleeps are "
        "another clock, and go on as they do.",
    .run = Run};

}  // namespace scenarios::wake
