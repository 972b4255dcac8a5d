// Locks of a model that keeps its promise pass, whatever is tried in whatever order; every answer
// that is turned round is found, as far as it contradicts the promise.
#include <gtest/gtest.h>

#include "harness/oracle/call_builder.h"
#include "harness/oracle/lock_one.h"
#include "harness/oracle/property.h"

namespace harness {
namespace {

const std::vector<std::string>& Owners() {
  static const std::vector<std::string> kOwners = {"a", "b", "c"};
  return kOwners;
}

// One lock, as SPEC.md has it.
struct Model {
  std::string holder;
  int64_t expires_s = 0;

  int64_t Answer(const std::string& function, const std::string& owner, int64_t ttl, int64_t now) {
    const bool held = !holder.empty() && expires_s > now;
    if (function == "honker_lock_acquire") {
      if (!held) {
        holder = owner;
        expires_s = now + ttl;
      }
      return holder == owner ? 1 : 0;
    }
    if (!held || holder != owner) return 0;
    if (function == "honker_lock_renew") {
      expires_s = now + ttl;
    } else {
      holder.clear();
    }
    return 1;
  }
};

// A script of bytes; at the end one is refused, and one gets a lock whose time is over.
CallBuilder Story(const Script& script) {
  CallBuilder b;
  Model model;
  const auto call = [&](const std::string& function, const std::string& owner, int64_t ttl) {
    std::vector<Value> arguments{"l", owner};
    if (function != "honker_lock_release") arguments.emplace_back(ttl);
    b.Call(owner, function, arguments, model.Answer(function, owner, ttl, b.now_s));
  };
  for (const uint8_t byte : script) {
    static const char* const kFunctions[] = {"honker_lock_acquire", "honker_lock_acquire",
                                             "honker_lock_renew", "honker_lock_release"};
    call(kFunctions[byte % 4], Owners()[byte / 4 % 3], 1 + byte / 16 % 8);
    b.now_s += byte / 128 * 3;
  }
  b.now_s += 100;
  call("honker_lock_acquire", "a", 5);
  call("honker_lock_acquire", "b", 5);
  b.now_s += 5;
  call("honker_lock_acquire", "b", 5);
  return b;
}
Ops Told(const Script& script) { return Story(script).h.ops(); }

Verdict Check(Outcome wanted, const Ops& ops) { return Require(wanted, CheckLockOne, ops); }

RC_GTEST_PROP(LockOneProperty, AModelThatKeepsItsPromisePasses,
              (const Script& script, const Script& noise)) {
  Check(Outcome::kPass, WithNoise(Scaled(Told(script), 3), noise));
}

// The clock stands still during each call, so every answer is decided: the other one is wrong, but
// for a renew that is refused, after which the lock is as it was.
RC_GTEST_PROP(LockOneProperty, AnAnswerThatIsTurnedRoundIsFound,
              (const Script& script, uint32_t pick)) {
  Ops ops = Told(script);
  Op& end = ops[pick % (ops.size() / 2) * 2 + 1];
  end.value.Set("answer", 1 - end.value["answer"].Int());
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(LockOneProperty, OfSeveralAtOnceNeverTwoAreGranted, (uint8_t pick)) {
  CallBuilder b = Story({});
  for (const std::string& owner : Owners())
    b.Begin(owner, "honker_lock_acquire", {"race", owner, 60});
  const size_t winner = pick % 3;
  const bool two = pick % 2 == 1;
  for (size_t i = 0; i < 3; ++i)
    b.End(Owners()[i], i == winner || (two && i == (winner + 1) % 3) ? 1 : 0);
  Check(two ? Outcome::kFail : Outcome::kPass, b.h.ops());
}

RC_GTEST_PROP(LockOneProperty, ACallThatFailsIsFound, (const Script& script, uint32_t pick)) {
  Ops ops = Told(script);
  Op& end = ops[pick % (ops.size() / 2) * 2 + 1];
  end.type = OpType::kFail;
  end.value = Obj({{"code", 5}, {"message", "database is locked"}});
  Check(Outcome::kFail, ops);
}

}  // namespace
}  // namespace harness
