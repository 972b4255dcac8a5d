// Honest shops pass; a job that vanishes, comes back, or was never there is found.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/oracle/claim_none_lost.h"
#include "harness/oracle/property.h"
#include "harness/oracle/shop_story.h"

namespace harness {
namespace {

Verdict Check(Outcome wanted, const Ops& ops, Value params = Obj()) {
  return Require(wanted, CheckClaimNoneLost, ops, std::move(params));
}

struct Shop {
  explicit Shop(const Script& script, uint32_t pick = 0, int64_t left_over = 0)
      : story(script, left_over), ops(story.shop.h.ops()) {
    acked = story.acked[pick % story.acked.size()];
  }
  // The end of the ack that was done.
  Op& DoneAck() {
    for (Op& op : ops) {
      if (op.name == "ack" && op.value["done"].Int() == 1 && IdOf(op) == acked) return op;
    }
    RC_FAIL("no ack of an acked job");
  }
  int64_t IdOf(const Op& end) const {
    for (const Op& op : ops) {
      const bool its =
          op.type == OpType::kInvoke && op.process == end.process && op.call == end.call;
      if (its && op.name == end.name) return op.value["id"].Int();
    }
    return -1;
  }
  Op& Left() { return ops.back(); }
  void SetLeft(const char* list, std::vector<int64_t> ids) {
    Value out = Value::MakeArray();
    for (int64_t id : ids) out.Append(id);
    Left().value.Set(list, out);
  }

  ShopStory story;
  Ops ops;
  int64_t acked = 0;
};

RC_GTEST_PROP(ClaimNoneLostProperty, HonestShopsPass, (const Script& script, const Script& noise)) {
  Shop shop(script, 0, *rc::gen::inRange(0, 4));
  const int64_t factor = *rc::gen::inRange(1, 1000);
  const Verdict v = Check(Outcome::kPass, WithNoise(Scaled(shop.ops, factor), noise));
  // What is left of enqueues in doubt is no job of ours.
  RC_ASSERT(v.figures["left"].Int() <= static_cast<int64_t>(shop.story.live.size()));
  RC_ASSERT(v.figures["left"].Int() + v.figures["enqueues_in_doubt"].Int() >=
            static_cast<int64_t>(shop.story.live.size()));
}

RC_GTEST_PROP(ClaimNoneLostProperty, AnAckThatWasNotDoneMeansALoss,
              (const Script& script, uint32_t pick, bool failed)) {
  Shop shop(script, pick);
  Op& ack = shop.DoneAck();
  if (failed) ack.type = OpType::kFail;
  ack.value = failed ? Obj({{"code", 5}}) : Obj({{"done", 0}});
  // A job that an enqueue in doubt brought is nobody's to lose, nor one with another ack in doubt.
  const History history = History::FromOps(shop.ops);
  const Verdict v = CheckClaimNoneLost(history, {});
  RC_ASSERT(v.figures["lost"].Int() <= 1);
  RC_ASSERT((v.figures["lost"].Int() == 1) == (v.outcome == Outcome::kFail));
  bool firm = false;
  for (const Call& call : history.Calls("enqueue")) {
    firm |= call.ok() && call.end->value["id"].Int() == shop.acked;
  }
  for (const Call& call : history.Calls("ack")) {
    firm &= !(call.in_doubt() && call.invoke->value["id"].Int() == shop.acked);
  }
  RC_ASSERT((v.figures["lost"].Int() == 1) == firm);
}

RC_GTEST_PROP(ClaimNoneLostProperty, AnAckInDoubtLosesNothing,
              (const Script& script, uint32_t pick)) {
  Shop shop(script, pick);
  Op& ack = shop.DoneAck();
  ack.type = OpType::kInfo;
  ack.value = Obj();
  RC_ASSERT(CheckClaimNoneLost(History::FromOps(shop.ops), {}).figures["lost"].Int() == 0);
}

RC_GTEST_PROP(ClaimNoneLostProperty, AJobMissingFromWhatIsLeftIsLost, (const Script& script)) {
  Shop shop(script, 0, 3);
  RC_ASSERT(shop.story.live.size() >= 3u);
  // The last one was enqueued for certain, and never acked.
  std::vector<int64_t> live = shop.story.live;
  live.pop_back();
  shop.SetLeft("live", live);
  const Verdict v = Check(Outcome::kFail, shop.ops);
  RC_ASSERT(v.figures["lost"].Int() == 1);
}

RC_GTEST_PROP(ClaimNoneLostProperty, AJobThatIsLeftTwiceIsFound, (const Script& script)) {
  Shop shop(script, 0, 3);
  shop.SetLeft("dead", {shop.story.live.back()});
  RC_ASSERT(Check(Outcome::kFail, shop.ops).figures["duplicated"].Int() == 1);
}

RC_GTEST_PROP(ClaimNoneLostProperty, AnAckedJobThatIsLeftIsFound,
              (const Script& script, bool dead)) {
  Shop shop(script);
  // The story's own last job: enqueued for certain.
  const int64_t last = *std::ranges::max_element(shop.story.acked);
  std::vector<int64_t> ids = dead ? std::vector<int64_t>() : shop.story.live;
  ids.push_back(last);
  shop.SetLeft(dead ? "dead" : "live", ids);
  RC_ASSERT(Check(Outcome::kFail, shop.ops).figures["duplicated"].Int() == 1);
}

RC_GTEST_PROP(ClaimNoneLostProperty, AGhostIsFound,
              (const Script& script, uint32_t pick, bool claimed)) {
  Shop shop(script);
  std::vector<Op> ghosts;
  for (const Op& op : shop.ops) {
    if (op.name == "enqueue" && op.value["rollback"].Bool() && op.type == OpType::kOk)
      ghosts.push_back(op);
  }
  const Op ghost = ghosts[pick % ghosts.size()];
  const int64_t id = ghost.value["id"].Int();
  if (claimed) {
    const Value asked = Obj({{"queue", "q"}, {"worker", "w"}, {"lease_s", 1}});
    const Value said = Obj({{"jobs", List({ShopBuilder::Job({id, 1, 1000}, 1)})}});
    shop.ops.push_back(Op{ghost.t_ns + 1, OpType::kInvoke, 777, "w", "claim", asked});
    shop.ops.push_back(Op{ghost.t_ns + 2, OpType::kOk, 777, "w", "claim", said});
  } else {
    // More unknown ids than enqueues in doubt could have given.
    std::vector<int64_t> ids = shop.story.live;
    ids.push_back(id);
    for (int64_t i = 0; i < static_cast<int64_t>(script.size()); ++i) ids.push_back(1'000'000 + i);
    shop.SetLeft("live", ids);
  }
  RC_ASSERT(Check(Outcome::kFail, shop.ops).figures["ghosts"].Int() >= 1);
}

RC_GTEST_PROP(ClaimNoneLostProperty, WhatIsLeftFailsWhereAllHaveToBeAcked, (const Script& script)) {
  Shop shop(script, 0, 2);
  Check(Outcome::kFail, shop.ops, Obj({{"all_acked", true}}));
}

RC_GTEST_PROP(ClaimNoneLostProperty, WithoutTheEndThereIsNoEvidence,
              (const Script& script, bool late)) {
  Shop shop(script);
  if (late) {
    const int64_t t_ns = shop.Left().t_ns;
    shop.ops.push_back(Op{t_ns, OpType::kInvoke, 777, "producer:2", "enqueue",
                          Obj({{"queue", "q"}, {"key", "late"}})});
    shop.ops.push_back(Op{t_ns + 1, OpType::kOk, 777, "producer:2", "enqueue", Obj({{"id", 999}})});
  } else {
    std::erase_if(shop.ops, [](const Op& op) { return op.name == "jobs_left"; });
  }
  Check(Outcome::kUnknown, shop.ops);
}

}  // namespace
}  // namespace harness
