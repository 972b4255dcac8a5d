#include "scenarios/swap/noticed.h"

#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace scenarios::swap {
namespace {

using harness::HistoryBuilder;
using harness::Obj;
using harness::Outcome;

HistoryBuilder AfterFault(const std::string& result) {
  HistoryBuilder h;
  h.After(1).Watch("watcher:1", {0});
  h.After(1).Do("runner", "fault", Obj({{"fault", "mode db journal=wal"}}), Obj());
  if (!result.empty()) h.After(1).Ask("watcher:1", "await", {{0, result}});
  return h;
}

HistoryBuilder& Mode(HistoryBuilder& h, const std::string& wanted, const std::string& in_force) {
  return h.Tell("runner", "mode", Obj({{"wanted", wanted}, {"in_force", in_force}}));
}

Outcome Of(const HistoryBuilder& h) { return CheckNoticed(h.Build(), {}).outcome; }

TEST(Noticed, SeenOrDeadAreFineAndSilenceIsNot) {
  EXPECT_EQ(Of(AfterFault("seen")), Outcome::kPass);
  EXPECT_EQ(Of(AfterFault("dead")), Outcome::kPass);
  EXPECT_EQ(Of(AfterFault("quiet")), Outcome::kFail);
  EXPECT_EQ(Of(AfterFault("limit")), Outcome::kUnknown);
  EXPECT_EQ(Of(AfterFault("")), Outcome::kUnknown);
  EXPECT_EQ(Of(HistoryBuilder()), Outcome::kUnknown);
}

TEST(Noticed, WhatCameBeforeTheFaultDoesNotCount) {
  HistoryBuilder h;
  h.After(1).Ask("watcher:1", "await", {{0, "quiet"}});
  h.After(1).Do("runner", "fault", Obj({{"fault", "mode db journal=wal"}}), Obj());
  EXPECT_EQ(Of(h), Outcome::kUnknown);
}

TEST(ModeNoticed, IntoWalTheModeHasToChange) {
  HistoryBuilder changed = AfterFault("seen");
  const harness::Verdict verdict = CheckModeNoticed(Mode(changed, "wal", "wal").Build(), {});
  EXPECT_EQ(verdict.outcome, Outcome::kPass);
  EXPECT_EQ(verdict.figures["changed"].Int(), 1);
  HistoryBuilder unchanged = AfterFault("seen");
  EXPECT_EQ(CheckModeNoticed(Mode(unchanged, "wal", "delete").Build(), {}).outcome,
            Outcome::kUnknown);
  EXPECT_EQ(CheckModeNoticed(AfterFault("seen").Build(), {}).outcome, Outcome::kUnknown);
}

TEST(ModeNoticed, TheWayOutMayBeRefused) {
  HistoryBuilder h = AfterFault("seen");
  const harness::Verdict verdict = CheckModeNoticed(Mode(h, "delete", "wal").Build(), {});
  EXPECT_EQ(verdict.outcome, Outcome::kPass);
  EXPECT_EQ(verdict.figures["changed"].Int(-1), 0);
}

TEST(ModeNoticed, SilenceStaysAFailure) {
  for (const char* in_force : {"wal", "delete"}) {
    HistoryBuilder h = AfterFault("quiet");
    EXPECT_EQ(CheckModeNoticed(Mode(h, "wal", in_force).Build(), {}).outcome, Outcome::kFail);
  }
}

}  // namespace
}  // namespace scenarios::swap
