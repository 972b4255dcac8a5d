#include "faults/clock.h"
#include "harness/oracle/wake_seen.h"
#include "harness/oracle/wake_silence.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kMinutesBetweenCommits = 30;
constexpr int64_t kHourS = 3600;

int64_t SecondOf(Actor& actor) {
  const Value answer = actor.Do("exec", Value::MakeObject({{"sql", "SELECT unixepoch()"}}));
  return answer["rows"].items()[0].items()[0].Int();
}

Actor& StartByClock(Stage& stage, const std::string& process, const std::string& clock) {
  Actor& actor = stage.Start(process, {{"FAULT_VFS", ""}, {"FAULT_CLOCK", clock}});
  actor.Do("load",
           Value::MakeObject({{"library", stage.environment().tools + "/libfault_vfs.so"}}));
  return actor;
}

void Run(Stage& stage) {
  const std::string page = stage.File("clock");
  auto clock = faults::Clock::Create(page);
  if (!clock.ok()) throw harness::CellEnd(harness::CellVerdict::kError, clock.Message());
  Actor& writer = StartByClock(stage, "writer:1", page);
  writer.Do("open",
            Value::MakeObject(
                {{"path", stage.Db()}, {"journal", stage.Axis("journal")}, {"create", true}}));
  writer.Do("setup");
  Actor& watcher = StartByClock(stage, "watcher:1", page);
  stage.Watch(watcher);
  CommitAndAwait(writer, watcher, 1, 1);
  const int64_t began = SecondOf(writer);
  int seq = 1;
  for (int64_t passed = 0; passed < kHourS;) {
    stage.Window("minutes pass", watcher, [&] {
      for (int i = 0; i < kMinutesBetweenCommits; ++i, passed += 60) {
        stage.Fault("clock_step * by_s=60", [&] {
          clock.value().StepMs(60'000);
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
