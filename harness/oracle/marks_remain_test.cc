#include "harness/oracle/marks_remain.h"

#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

void Audit(HistoryBuilder& h, std::vector<Value> marks, const std::string& check = "ok") {
  h.After(1).Do("auditor:1", "exec", Obj({{"sql", "PRAGMA integrity_check"}}),
                Obj({{"rows", List({List({check})})}}));
  h.After(1).Do("auditor:1", "exec", Obj({{"sql", "SELECT writer, seq FROM harness_marks"}}),
                Obj({{"rows", List(std::move(marks))}}));
}

Verdict Check(const HistoryBuilder& h, Value params = Obj()) {
  return CheckMarksRemain(h.Build(), Expectation{std::move(params)});
}

HistoryBuilder TwoWriters() {
  HistoryBuilder h;
  for (int seq = 1; seq <= 3; ++seq) h.After(1).Commit(1, seq).After(1).Commit(2, seq);
  return h;
}

TEST(MarksRemain, AllThereIsAPass) {
  HistoryBuilder h = TwoWriters();
  Audit(h, {List({1, 3}), List({2, 3})});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["acked"].Int(), 6);
}

TEST(MarksRemain, AnOlderOrMissingMarkIsLost) {
  HistoryBuilder older = TwoWriters();
  Audit(older, {List({1, 1}), List({2, 3})});
  const Verdict v = Check(older);
  EXPECT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["lost"].Int(), 2);
  ASSERT_EQ(v.proof.size(), 2U);
  HistoryBuilder missing = TwoWriters();
  Audit(missing, {List({1, 3})});
  EXPECT_EQ(Check(missing).figures["lost"].Int(), 3);
}

TEST(MarksRemain, WhatFailedMustNotBeThereAndWhatIsInDoubtMay) {
  for (const auto& [how, mark, wanted] : {std::tuple{OpType::kFail, 4, Outcome::kFail},
                                          {OpType::kFail, 3, Outcome::kPass},
                                          {OpType::kInfo, 4, Outcome::kPass},
                                          {OpType::kInfo, 3, Outcome::kPass},
                                          {OpType::kInfo, 5, Outcome::kFail}}) {
    HistoryBuilder h = TwoWriters();
    h.After(1).Commit(1, 4, 1, how);
    Audit(h, {List({1, mark}), List({2, 3})});
    EXPECT_EQ(Check(h).outcome, wanted) << ToString(how) << " " << mark;
  }
}

TEST(MarksRemain, DamageIsAFailure) {
  HistoryBuilder h = TwoWriters();
  Audit(h, {List({1, 3}), List({2, 3})}, "*** in database main ***");
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
  HistoryBuilder unreadable = TwoWriters();
  Audit(unreadable, {});
  unreadable.ops().back().type = OpType::kFail;
  EXPECT_EQ(Check(unreadable).outcome, Outcome::kFail);
}

TEST(MarksRemain, EvidenceIsAskedFor) {
  EXPECT_EQ(Check(TwoWriters()).outcome, Outcome::kUnknown) << "nobody looked";
  HistoryBuilder none;
  Audit(none, {});
  EXPECT_EQ(Check(none).outcome, Outcome::kUnknown) << "nothing was acknowledged";

  HistoryBuilder full = TwoWriters();
  Audit(full, {List({1, 3}), List({2, 3})});
  EXPECT_EQ(Check(full, Obj({{"error", 13}})).outcome, Outcome::kUnknown) << "it was never full";
  HistoryBuilder met = TwoWriters();
  met.After(1).Do("writer:1", "commit", Obj({{"writer", 1}, {"seq", 4}}), Obj({{"code", 13}}), 1,
                  OpType::kFail);
  Audit(met, {List({1, 3}), List({2, 3})});
  EXPECT_EQ(Check(met, Obj({{"error", 13}})).outcome, Outcome::kPass);
}

TEST(MarksRemain, ARefusalCountsWhereItIsAskedFor) {
  HistoryBuilder h;
  h.Do("writer:1", "setup", Obj(),
       Obj({{"code", 5386}, {"name", "SQLITE_IOERR"}, {"message", "disk I/O error"}}), 1,
       OpType::kFail);
  EXPECT_EQ(Check(h).outcome, Outcome::kUnknown);
  const Verdict v = Check(h, Obj({{"refused", true}}));
  EXPECT_EQ(v.outcome, Outcome::kPass);
  EXPECT_EQ(v.reason, "refused: SQLITE_IOERR: disk I/O error");
}

}  // namespace
}  // namespace harness
