// Honest shops pass however many of their workers die; a second claim, a claim or ack of what is
// done, and a wrong count of attempts are found wherever they are put.
#include <gtest/gtest.h>

#include "harness/oracle/claim_one.h"
#include "harness/oracle/property.h"
#include "harness/oracle/shop_story.h"

namespace harness {
namespace {

Verdict Check(Outcome wanted, const Ops& ops) { return Require(wanted, CheckClaimOne, ops); }

// Positions of the claims that handed out a job.
std::vector<size_t> Handed(const Ops& ops) {
  std::vector<size_t> found;
  for (size_t i = 0; i < ops.size(); ++i) {
    const bool ok = ops[i].name == "claim" && ops[i].type == OpType::kOk;
    if (ok && !ops[i].value["jobs"].items().empty()) found.push_back(i);
  }
  return found;
}
std::vector<size_t> Done(const Ops& ops) {
  std::vector<size_t> found;
  for (size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].name == "ack" && ops[i].value["done"].Int() == 1) found.push_back(i);
  }
  return found;
}

void AddCall(Ops& ops, int64_t t_ns, const std::string& name, Value asked, Value said) {
  ops.push_back(Op{t_ns, OpType::kInvoke, 777, "intruder:1", name, std::move(asked)});
  ops.push_back(Op{t_ns + 1, OpType::kOk, 777, "intruder:1", name, std::move(said)});
}
void AddClaim(Ops& ops, int64_t t_ns, int64_t id, int64_t attempts, int64_t at_s) {
  AddCall(ops, t_ns, "claim", Obj({{"queue", "q"}, {"worker", "intruder:1"}, {"lease_s", 1}}),
          Obj({{"jobs", List({ShopBuilder::Job({id, attempts, at_s}, 1)})}}));
}

RC_GTEST_PROP(ClaimOneProperty, HonestShopsPass, (const Script& script, const Script& noise)) {
  ShopStory story(script);
  const int64_t factor = *rc::gen::inRange(1, 1000);
  Check(Outcome::kPass, WithNoise(Scaled(story.shop.h.ops(), factor), noise));
}

RC_GTEST_PROP(ClaimOneProperty, ClaimsInDoubtAreHeldAgainstNobody,
              (const Script& script, uint32_t pick, bool pending)) {
  ShopStory story(script);
  Ops ops = story.shop.h.ops();
  const int64_t t_ns = ops[pick % ops.size()].t_ns;
  const Value asked = Obj({{"queue", "q"}, {"worker", "intruder:1"}});
  ops.push_back(Op{t_ns, OpType::kInvoke, 777, "intruder:1", "claim", asked});
  if (!pending) ops.push_back(Op{t_ns + 1, OpType::kInfo, 777, "intruder:1", "claim", Obj()});
  Check(Outcome::kPass, ops);
}

RC_GTEST_PROP(ClaimOneProperty, ASecondClaimWhileOneHoldsIsFound,
              (const Script& script, uint32_t pick, bool same_second)) {
  ShopStory story(script);
  Ops ops = story.shop.h.ops();
  const std::vector<size_t> handed = Handed(ops);
  const Op holder = ops[handed[pick % handed.size()]];
  const Value job = holder.value["jobs"].items()[0];
  const int64_t expires_s = job["claim_expires_at"].Int();
  AddClaim(ops, holder.t_ns, job["id"].Int(), job["attempts"].Int() + 1,
           same_second ? expires_s - 1 : expires_s);
  const Verdict v = Check(Outcome::kFail, ops);
  RC_ASSERT(v.figures["overlaps"].Int() >= 1);
}

RC_GTEST_PROP(ClaimOneProperty, AClaimOfWhatIsDoneIsFound, (const Script& script, uint32_t pick)) {
  ShopStory story(script);
  Ops ops = story.shop.h.ops();
  const int64_t id = story.acked[pick % story.acked.size()];
  AddClaim(ops, ops.back().t_ns + 1, id, 1000, 1'000'000);
  const Verdict v = Check(Outcome::kFail, ops);
  RC_ASSERT(v.figures["after_ack"].Int() == 1);
}

RC_GTEST_PROP(ClaimOneProperty, ASecondAckIsFound, (const Script& script, uint32_t pick)) {
  ShopStory story(script);
  Ops ops = story.shop.h.ops();
  const int64_t id = story.acked[pick % story.acked.size()];
  AddCall(ops, ops[pick % ops.size()].t_ns, "ack", Obj({{"id", id}, {"worker", "intruder:1"}}),
          Obj({{"done", 1}}));
  const Verdict v = Check(Outcome::kFail, ops);
  RC_ASSERT(v.figures["double_acks"].Int() == 1);
}

RC_GTEST_PROP(ClaimOneProperty, AttemptsThatDoNotCountAreFound,
              (const Script& script, uint32_t pick, bool more)) {
  ShopStory story(script);
  Ops ops = story.shop.h.ops();
  const std::vector<size_t> handed = Handed(ops);
  Op& op = ops[handed[pick % handed.size()]];
  Value::Array jobs = op.value["jobs"].items();
  // More than all claims in doubt together could explain, or none at all.
  jobs[0].Set("attempts", more ? jobs[0]["attempts"].Int() + static_cast<int64_t>(ops.size()) : 0);
  op.value.Set("jobs", Value(jobs));
  const Verdict v = Check(Outcome::kFail, ops);
  RC_ASSERT(v.figures["attempt_errors"].Int() >= 1);
}

RC_GTEST_PROP(ClaimOneProperty, WithoutClaimsThereIsNoEvidence, (const Script& script)) {
  ShopStory story(script);
  std::erase_if(story.shop.h.ops(), [](const Op& op) { return op.name == "claim"; });
  RC_ASSERT(Done(story.shop.h.ops()).size() == story.acked.size());
  Check(Outcome::kUnknown, story.shop.h.ops());
}

}  // namespace
}  // namespace harness
