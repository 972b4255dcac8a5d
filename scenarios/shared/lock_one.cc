#include "harness/oracle/lock_one.h"

#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::shared {
namespace {

constexpr int kRacers = 4;
constexpr int64_t kRounds = 10;
constexpr int64_t kLongS = 3600;
constexpr int64_t kShortS = 2;

class Holder {
 public:
  Holder(Stage& stage, const std::string& process) : actor_(stage.Start(process)) {
    OpenForCalls(stage, actor_);
  }

  Actor& actor() { return actor_; }
  // The last second at which the call can have been made.
  int64_t Acquire(const std::string& lock, int64_t ttl_s) {
    return Do("honker_lock_acquire", {lock, actor_.process(), ttl_s});
  }
  int64_t Renew(const std::string& lock, int64_t ttl_s) {
    return Do("honker_lock_renew", {lock, actor_.process(), ttl_s});
  }
  void Release(const std::string& lock) { Do("honker_lock_release", {lock, actor_.process()}); }

 private:
  int64_t Do(const std::string& function, Value::Array arguments) {
    return actor_
        .Do("call", Value::MakeObject(
                        {{"function", function}, {"arguments", Value(std::move(arguments))}}))["to"]
        .Int();
  }

  Actor& actor_;
};

// All of them try each lock at the same moment: behind a write lock that is given up when the first
// has begun.
void Race(Stage& stage, std::vector<Holder>& holders) {
  Actor& gate = stage.StartWriter("gate:1");
  gate.Do("exec", Value::MakeObject({{"sql", "BEGIN EXCLUSIVE"}}));
  std::vector<int64_t> calls;
  for (Holder& holder : holders) {
    Value arguments = Value::MakeArray();
    for (int64_t i = 0; i < kRounds; ++i) {
      arguments.Append(Value::MakeArray()
                           .Append("race " + std::to_string(i))
                           .Append(holder.actor().process())
                           .Append(kLongS));
    }
    calls.push_back(holder.actor().Begin(
        "calls",
        Value::MakeObject({{"function", "honker_lock_acquire"}, {"arguments", arguments}})));
  }
  for (Holder& holder : holders) stage.AwaitBegun(holder.actor(), "calls");
  gate.Do("exec", Value::MakeObject({{"sql", "ROLLBACK"}}));
  for (size_t i = 0; i < holders.size(); ++i) holders[i].actor().End(calls[i]);
}

void Run(Stage& stage) {
  NeedFunctions(stage, {"honker_bootstrap", "honker_lock_acquire", "honker_lock_renew",
                        "honker_lock_release"});
  std::vector<Holder> holders;
  for (int i = 1; i <= kRacers; ++i) holders.emplace_back(stage, "owner:" + std::to_string(i));
  Race(stage, holders);

  Holder &first = holders[0], &second = holders[1], &third = holders[2];
  first.Acquire("job", kLongS);
  second.Acquire("job", kLongS);
  second.Renew("job", kLongS);
  second.Release("job");
  first.Renew("job", kLongS);
  first.Release("job");
  second.Acquire("job", kLongS);
  first.Renew("job", kLongS);

  // A holder that dies, and one that only comes too late.
  const int64_t gone = third.Acquire("dies", kShortS) + kShortS;
  const int64_t late = first.Acquire("late", kShortS) + kShortS;
  stage.Kill(third.actor());
  second.Acquire("dies", kLongS);
  second.Acquire("late", kLongS);
  AwaitSecond(second.actor(), std::max(gone, late));
  second.Acquire("dies", kLongS);
  first.Renew("late", kLongS);
  first.Release("late");
  second.Acquire("late", kLongS);
  first.Acquire("late", kLongS);
}

}  // namespace

const Card lock_one{
    .name = "shared/lock_one",
    .claims = {"LOCK-ONE"},
    .situation =
        "Four processes try to get ten locks at the same moment; then, one step at a time, locks "
        "are taken, refused, renewed and released; one holder is killed, another comes back when "
        "its two seconds are over by the database's clock.",
    .expectation =
        "Never two holders; who does not hold neither renews nor releases; a lock frees when it is "
        "released or its time is over.",
    .axes = {Journals()},
    .roles = {{"owner:1..4", "take locks"}, {"gate:1", "holds the write lock before the race"}},
    .faults = {"kill owner:3 while it holds a lock"},
    .oracles = {{{"lock_one", harness::CheckLockOne}, "LOCK-ONE"}},
    .evidence =
        "a refusal, and a lock that was given to another when its holder's time was over; the "
        "clock is read with each call",
    .limits = "On SQL: keeping a lock by renewing it in time is the API's.",
    .run = Run};

}  // namespace scenarios::shared
