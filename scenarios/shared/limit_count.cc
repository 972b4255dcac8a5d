#include "harness/oracle/limit_count.h"

#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::shared {
namespace {

constexpr int kProcesses = 4;
constexpr int64_t kTries = 25;
constexpr int64_t kLimit = 30;  // fewer than all of them try
constexpr int64_t kPerS = 3600;

void Run(Stage& stage) {
  NeedFunctions(stage, {"honker_bootstrap", "honker_rate_limit_try", "honker_rate_limit_sweep"});
  Actor& sweeper = stage.Start("sweeper:1");
  OpenForCalls(stage, sweeper);
  Value tries = Value::MakeObject({{"function", "honker_rate_limit_try"}});
  Value arguments = Value::MakeArray();
  for (int64_t i = 0; i < kTries; ++i)
    arguments.Append(Value::MakeArray().Append("mail").Append(kLimit).Append(kPerS));
  tries.Set("arguments", arguments);
  std::vector<Actor*> triers;
  for (int i = 1; i <= kProcesses; ++i) {
    triers.push_back(&stage.Start("trier:" + std::to_string(i)));
    OpenForCalls(stage, *triers.back());
  }
  std::vector<int64_t> calls;
  for (Actor* trier : triers) calls.push_back(trier->Begin("calls", tries));
  Value sweep = Value::MakeObject({{"function", "honker_rate_limit_sweep"}});
  sweep.Set("arguments", Value::MakeArray().Append(0));
  for (int i = 0; i < 5; ++i) sweeper.Do("call", sweep);
  for (size_t i = 0; i < triers.size(); ++i) triers[i]->End(calls[i]);
  // Whatever the sweeps above met: this one finds a window that is full and still active.
  sweeper.Do("call", sweep);
  tries.Set("arguments", Value::MakeArray().Append(arguments.items()[0]));
  triers.front()->Do("calls", tries);
}

}  // namespace

const Card limit_count{
    .name = "shared/limit_count",
    .claims = {"LIMIT-COUNT"},
    .situation =
        "Four processes try a limit of 30 an hour 25 times each at the same moment, while a fifth "
        "sweeps every window that is over; then it sweeps once more, and one of them tries again.",
    .expectation = "Thirty are granted, however often it is swept.",
    .axes = {Journals()},
    .roles = {{"trier:1..4", "try"}, {"sweeper:1", "sweeps"}},
    .faults = {"none"},
    .oracles = {{{"limit_count", harness::CheckLimitCount},
                 "LIMIT-COUNT",
                 Value::MakeObject({{"sweeps", true}})}},
    .evidence = "a full window, and a sweep between a grant and a denial",
    .limits =
        "One window: where the hour changes meanwhile, calls at that moment count for neither. "
        "Nobody dies.",
    .run = Run};

}  // namespace scenarios::shared
