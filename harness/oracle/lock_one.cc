#include "harness/oracle/lock_one.h"

#include <algorithm>
#include <map>

#include "harness/oracle/function_calls.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

// What is known of one owner's hold on one lock.
struct Hold {
  const FunctionCall* grant = nullptr;  // the last; null where it never had one
  int64_t until_least = 0;              // it certainly holds before that second
  int64_t until_most = 0;               // and certainly not from that one on
  size_t release_begun = SIZE_MAX;      // of the first release after the grant
  size_t release_ended = SIZE_MAX;      // which certainly took effect
  bool in_doubt = false;                // a call of its own may have changed anything
};

class Lock {
 public:
  // Begin and Judge come in the order of the ops.
  void Begin(const FunctionCall& c) {
    Hold& own = holds_[c.Text(1)];
    if (!c.call.ok()) {
      own.in_doubt = true;
    } else if (c.function != "honker_lock_release") {
      being_granted_ += c.Says(1) ? 1 : 0;
    } else if (c.Says(1)) {
      own.release_begun = std::min(own.release_begun, c.call.invoke_index);
    }
  }

  // At the end of a call. A sentence, where it contradicts what is known.
  std::string Judge(const FunctionCall& c, const FunctionCall** against) {
    const std::string& owner = c.Text(1);
    Hold& own = holds_[owner];
    *against = own.grant;
    const bool yes = c.Says(1);
    if (c.function == "honker_lock_release") return Release(c, own, yes);
    const bool renew = c.function == "honker_lock_renew";
    being_granted_ -= yes ? 1 : 0;
    if (!yes) {
      if (CertainlyHolds(own, c)) return owner + " is refused a lock that it holds";
      if (renew || being_granted_ > 0) return "";
      for (const auto& [other, hold] : holds_) {
        if (MayHold(hold, c)) return "";
      }
      return owner + " is refused a lock that nobody holds";
    }
    if (renew && !MayHold(own, c)) return owner + " renews a lock that it does not hold";
    for (const auto& [other, hold] : holds_) {
      if (other == owner || !Excludes(hold, c)) continue;
      *against = hold.grant;
      return owner + " is granted a lock that " + other + " holds";
    }
    Grant(c, own, renew);
    return "";
  }

  // Whether somebody else's time ran out, without a release, before this grant.
  bool Freed(const FunctionCall& grant) const {
    return std::ranges::any_of(holds_, [&](const auto& entry) {
      const Hold& hold = entry.second;
      return entry.first != grant.Text(1) && hold.grant != nullptr &&
             hold.release_begun == SIZE_MAX && hold.until_most <= grant.to_s;
    });
  }

 private:
  // From the grant's end to the call's: the call was certainly made while it held.
  static bool CertainlyHolds(const Hold& hold, const FunctionCall& c) {
    return hold.grant != nullptr && !hold.in_doubt &&
           hold.grant->call.end_index < c.call.invoke_index && hold.release_begun == SIZE_MAX &&
           c.to_s < hold.until_least;
  }

  // The call, a grant to somebody else, cannot have been made before the hold nor after it.
  static bool Excludes(const Hold& hold, const FunctionCall& c) {
    if (hold.grant == nullptr || hold.in_doubt) return false;
    const bool not_after = hold.release_begun == SIZE_MAX && c.to_s < hold.until_least;
    const bool overlap = c.call.invoke_index < hold.grant->call.end_index;
    const bool not_before = !overlap || hold.grant->to_s < c.from_s + c.Int(2);
    return not_after && not_before;
  }

  static bool MayHold(const Hold& hold, const FunctionCall& c) {
    if (hold.in_doubt) return true;
    if (hold.grant == nullptr) return false;
    return hold.release_ended > c.call.invoke_index && c.from_s < hold.until_most;
  }

  static void Grant(const FunctionCall& c, Hold& own, bool renew) {
    if (!renew && CertainlyHolds(own, c)) return;  // it moves nothing
    const bool kept = !renew && MayHold(own, c);
    const int64_t least = c.from_s + c.Int(2), most = c.to_s + c.Int(2);
    own.until_least = kept ? std::min(own.until_least, least) : least;
    own.until_most = kept ? std::max(own.until_most, most) : most;
    own.grant = &c;
    own.release_begun = own.release_ended = SIZE_MAX;
  }

  static std::string Release(const FunctionCall& c, Hold& own, bool yes) {
    const std::string& owner = c.Text(1);
    if (yes && !MayHold(own, c)) return owner + " releases a lock that it does not hold";
    if (!yes && CertainlyHolds(own, c)) return owner + " cannot release the lock that it holds";
    if (yes) {
      own.release_ended = c.call.end_index;
      own.in_doubt = false;
    }
    return "";
  }

  std::map<std::string, Hold> holds_;  // by owner
  int64_t being_granted_ = 0;          // calls under way that will be
};

}  // namespace

Verdict CheckLockOne(const History& history, const Expectation&) {
  const std::vector<FunctionCall> calls = FunctionCalls(history, "honker_lock_");
  struct Moment {
    size_t op;
    const FunctionCall* call;
    bool begins;
  };
  std::vector<Moment> moments;
  for (const FunctionCall& c : calls) {
    moments.push_back({c.call.invoke_index, &c, true});
    if (!c.call.in_doubt()) moments.push_back({c.call.end_index, &c, false});
  }
  std::ranges::sort(moments, {}, &Moment::op);

  int64_t grants = 0, refusals = 0, overlapping = 0, freed = 0;
  const auto figures = [&] {
    return Value::MakeObject({{"grants", grants},
                              {"refusals", refusals},
                              {"overlapping", overlapping},
                              {"freed", freed}});
  };
  std::map<std::string, Lock> locks;
  std::map<std::string, size_t> latest;  // the end of the last acquire of each lock
  for (const auto& [op, call, begins] : moments) {
    const FunctionCall& c = *call;
    if (c.call.failed()) {
      const std::string message = PlainText(c.call.end->value["message"]);
      return Fail(std::string(c.function) + " fails: " + message,
                  {{c.call.end_index, "it fails: " + message}}, figures());
    }
    Lock& lock = locks[c.Text(0)];
    if (begins) {
      lock.Begin(c);
      continue;
    }
    const bool acquires = c.function == "honker_lock_acquire";
    const bool frees = acquires && c.Says(1) && lock.Freed(c);
    const FunctionCall* against = nullptr;
    const std::string wrong = lock.Judge(c, &against);
    if (!wrong.empty()) {
      std::vector<ProofStep> proof;
      if (against != nullptr) {
        proof.push_back({against->call.end_index, against->Text(1) + " was granted it at " +
                                                      std::to_string(against->from_s) +
                                                      " or later, for " +
                                                      Count(against->Int(2), "second")});
      }
      proof.push_back({c.call.end_index, wrong + ", at " + std::to_string(c.to_s)});
      return Fail(wrong, std::move(proof), figures());
    }
    if (!acquires) continue;
    ++(c.Says(1) ? grants : refusals);
    freed += frees ? 1 : 0;
    const auto [it, first] = latest.try_emplace(c.Text(0), c.call.end_index);
    overlapping += !first && c.call.invoke_index < it->second ? 1 : 0;
    it->second = c.call.end_index;
  }
  if (refusals == 0) return Unknown("nobody was refused a lock", figures());
  if (freed == 0) return Unknown("no lock became free by the time of its holder", figures());
  return Pass(Count(grants, "grant") + ", and never two holders", figures());
}

}  // namespace harness
