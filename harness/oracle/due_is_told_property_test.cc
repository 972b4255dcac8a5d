// However many jobs fall due, told ones pass, one that is not told is found, and where the evidence
// is taken away nothing is claimed.
#include <gtest/gtest.h>

#include "harness/oracle/due_is_told.h"
#include "harness/oracle/property.h"
#include "harness/oracle/shop_builder.h"

namespace harness {
namespace {

// Each element is a round: by how much the clock had passed run_at when the worker asked.
Ops Told(const std::vector<uint8_t>& late_s) {
  ShopBuilder s;
  int64_t id = 0;
  for (const uint8_t late : late_s) {
    const int64_t run_at = 100 + 300 * ++id;
    s.Enqueue(id).Claim("worker:1", {});
    s.h.After(1).Tell(
        "runner", "due",
        Obj({{"queue", "q"}, {"id", id}, {"run_at", run_at}, {"now", run_at + late}}));
    s.h.After(1).Do("worker:1", "next_claim_at", Obj({{"queue", "q"}}), Obj({{"at", run_at}}));
    s.Claim("worker:1", {{id, 1, run_at + late}}).Ack("worker:1", id);
  }
  return s.h.ops();
}

Verdict Check(Outcome wanted, const Ops& ops) { return Require(wanted, CheckDueIsTold, ops); }

std::vector<uint8_t> Rounds() {
  return *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<uint8_t>>());
}

RC_GTEST_PROP(DueIsToldProperty, ToldOnesPass, (const Script& noise)) {
  const std::vector<uint8_t> rounds = Rounds();
  const Verdict v = Check(Outcome::kPass, WithNoise(Told(rounds), noise));
  RC_ASSERT(v.figures["judged"].Int() == static_cast<int64_t>(rounds.size()));
}

RC_GTEST_PROP(DueIsToldProperty, AnyOneThatIsNotToldIsFound, (uint32_t pick, bool nothing)) {
  Ops ops = Told(Rounds());
  std::vector<size_t> answers;
  for (size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].name == "next_claim_at" && ops[i].type == OpType::kOk) answers.push_back(i);
  }
  Op& answer = ops[answers[pick % answers.size()]];
  answer.value.Set("at", nothing ? 0 : answer.value["at"].Int() + 256);
  RC_ASSERT(Check(Outcome::kFail, ops).figures["untold"].Int() == 1);
}

RC_GTEST_PROP(DueIsToldProperty, WithoutEvidenceNothingIsSaid, ()) {
  for (const char* missing : {"due", "claim", "enqueue", "next_claim_at"}) {
    Ops ops = Told(Rounds());
    for (Op& op : ops) {
      if (op.name == "next_claim_at" && op.type == OpType::kOk) op.value.Set("at", 0);
    }
    std::erase_if(ops, [&](const Op& op) { return op.name == missing; });
    Check(Outcome::kUnknown, ops);
  }
}

}  // namespace
}  // namespace harness
