#include "harness/oracle/swap_death.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

constexpr char kW[] = "watcher:1";
constexpr char kSentence[] =
    "honker: database file replaced: expected (dev=1, ino=10), found (dev=1, ino=11) at \"/x\". "
    "The "
    "watcher cannot recover; close the Database and reopen with honker.open().";

Verdict Check(const HistoryBuilder& h, Value params = Obj()) {
  return CheckSwapDeath(h.Build(), Expectation{std::move(params)});
}

HistoryBuilder& Swap(HistoryBuilder& h, int64_t before = 10, int64_t after = 11) {
  return h.Do("runner", "fault", Obj({{"fault", "swap db by=rename_over"}}),
              Obj({{"before", Obj({{"dev", 1}, {"ino", before}})},
                   {"after", Obj({{"dev", 1}, {"ino", after}})}}));
}

// Two subscribers, a swap; both are told, the process says it and ends.
HistoryBuilder Told() {
  HistoryBuilder h;
  h.Watch(kW, {0, 1});
  Swap(h.At(10)).After(90).Dead(kW, 0).Dead(kW, 1);
  h.Ask(kW, "await_death", {{0, "dead"}, {1, "dead"}});
  return h;
}
HistoryBuilder& End(HistoryBuilder& h) {
  return h.After(1).Died(kW, true, "exit 0").Stderr(kW, kSentence);
}

TEST(SwapDeath, PassesWhereEverySubscriberIsTold) {
  HistoryBuilder h = Told();
  const Verdict v = Check(End(h));
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["died"].Int(), 2);
  EXPECT_EQ(v.figures["detection_max_ms"].Number(), 90.0);
}

TEST(SwapDeath, ASilentHangFails) {
  HistoryBuilder h;
  h.Watch(kW, {0, 1});
  Swap(h.At(10)).After(90).Dead(kW, 0);
  h.Ask(kW, "await_death", {{0, "dead"}, {1, "quiet"}}, 10'000);
  const Verdict v = Check(End(h));
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["silent"].Int(), 1);
  EXPECT_THAT(v.reason, HasSubstr("silence"));
  EXPECT_THAT(v.proof.front().sentence, HasSubstr("subscriber 1"));
  EXPECT_THAT(v.proof.back().sentence, HasSubstr("nobody told it"));
}

TEST(SwapDeath, LimitOrNoQuestionDecidesNothing) {
  HistoryBuilder limit;
  limit.Watch(kW, {0});
  Swap(limit.At(10)).Ask(kW, "await_death", {{0, "limit"}});
  EXPECT_EQ(Check(End(limit)).outcome, Outcome::kUnknown);

  HistoryBuilder unasked;
  unasked.Watch(kW, {0});
  EXPECT_EQ(Check(End(Swap(unasked.At(10)))).outcome, Outcome::kUnknown);

  HistoryBuilder asked_before;  // its silence says nothing about a swap to come
  asked_before.Watch(kW, {0}).Ask(kW, "await_death", {{0, "quiet"}});
  EXPECT_EQ(Check(End(Swap(asked_before))).outcome, Outcome::kUnknown);
}

TEST(SwapDeath, ADeathBeforeAnyFaultIsFalse) {
  HistoryBuilder h;
  h.Watch(kW, {0}).At(5).Dead(kW, 0);
  Swap(h.At(10));
  const Verdict v = Check(End(h));
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["false_deaths"].Int(), 1);
}

TEST(SwapDeath, AReusedInodeIsMeasuredOnly) {
  for (const bool told : {false, true}) {
    HistoryBuilder h;
    h.Watch(kW, {0});
    Swap(h.At(10), 10, 10).After(90);
    if (told) h.Dead(kW, 0);
    h.Ask(kW, "await_death", {{0, told ? "dead" : "quiet"}});
    const Verdict v = Check(End(h));
    EXPECT_EQ(v.outcome, Outcome::kUnknown);
    EXPECT_THAT(v.reason, HasSubstr("reused"));
    EXPECT_EQ(v.figures["reused_died"].Int(), told ? 1 : 0);
    if (!told) {
      EXPECT_EQ(Check(h, Obj({{"require_change", false}})).outcome, Outcome::kFail);
    }
  }
}

TEST(SwapDeath, SwappedAwayAndBackIsMeasuredToo) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  Swap(Swap(h, 10, 11), 11, 10).Ask(kW, "await_death", {{0, "quiet"}});
  EXPECT_THAT(Check(End(h)).reason, HasSubstr("reused"));
}

TEST(SwapDeath, TheMessageNamesBothIdentities) {
  HistoryBuilder silent = Told();
  silent.After(1).Died(kW, true, "exit 0");
  EXPECT_THAT(Check(silent).reason, HasSubstr("stderr"));
  EXPECT_EQ(Check(silent, Obj({{"message", false}})).outcome, Outcome::kPass);

  HistoryBuilder other = Told();
  other.After(1).Died(kW, true, "exit 0");
  other.Stderr(kW,
               "honker: database file replaced: expected (dev=1, ino=10), found (dev=1, ino=12)");
  EXPECT_EQ(Check(other).outcome, Outcome::kFail);

  HistoryBuilder former = Told();
  former.After(1).Died(kW, true, "exit 0");
  former.Stderr(kW,
                "honker: database file replaced: expected (dev=1, ino=9), found (dev=1, ino=11)");
  EXPECT_EQ(Check(former).outcome, Outcome::kFail);

  HistoryBuilder swapped = Told();
  swapped.After(1).Died(kW, true, "exit 0");
  swapped.Stderr(kW,
                 "honker: database file replaced: expected (dev=1, ino=11), found (dev=1, ino=10)");
  EXPECT_EQ(Check(swapped).outcome, Outcome::kFail);

  EXPECT_THAT(Check(Told()).reason, HasSubstr("not collected"));
}

TEST(SwapDeath, AFileThatIsGoneNeedsOnlyTheExpectedIdentity) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.Do("runner", "fault", Obj({{"fault", "swap db by=unlink"}}),
       Obj({{"before", Obj({{"dev", 1}, {"ino", 10}})}, {"after", Value()}}));
  h.Dead(kW, 0).After(1).Died(kW, true, "exit 0");
  h.Stderr(kW, "honker: database file replaced: expected (dev=1, ino=10), found nothing at \"/x\"");
  EXPECT_EQ(Check(h).outcome, Outcome::kPass);
}

TEST(SwapDeath, OtherCodesAndResurrectionsFail) {
  HistoryBuilder code;
  code.Watch(kW, {0});
  Swap(code).Dead(kW, 0, -2);
  EXPECT_THAT(Check(End(code)).reason, HasSubstr("another code"));

  HistoryBuilder alive = Told();
  alive.After(1).Ask(kW, "await_death", {{0, "quiet"}, {1, "dead"}});
  EXPECT_THAT(Check(End(alive)).reason, HasSubstr("said to live"));
}

TEST(SwapDeath, SubscribersThatLeftBeforeAreNotJudged) {
  HistoryBuilder h;
  h.Watch(kW, {0}).Unwatch(kW);
  EXPECT_THAT(Check(End(Swap(h))).reason, HasSubstr("no subscriber listened"));
  EXPECT_THAT(Check(HistoryBuilder()).reason, HasSubstr("no file swap"));
}

TEST(SwapDeath, EachLifeIsJudgedByItsOwnSwap) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  Swap(h.At(10)).Dead(kW, 0).After(1).Unwatch(kW).After(1).Watch(kW, {0});
  Swap(h.After(10), 11, 12).Ask(kW, "await_death", {{0, "quiet"}});
  const Verdict v = Check(End(h));
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["died"].Int(), 1);
  EXPECT_EQ(v.figures["silent"].Int(), 1);
}

TEST(SwapLater, RefusedWithTheSentenceOrOpenedAndDead) {
  const Value later = Obj({{"later", true}});
  HistoryBuilder h = Told();
  h.After(1).Refused(kW, kSentence).After(1).Watch(kW, {2}).Dead(kW, 2);
  h.After(1).Watch(kW, {3}).Ask(kW, "await_death", {{2, "dead"}, {3, "dead"}});
  const Verdict v = Check(End(h), later);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["later_asks"].Int(), 3);

  HistoryBuilder nobody = Told();
  EXPECT_THAT(Check(End(nobody), later).reason, HasSubstr("nobody asked"));
}

TEST(SwapLater, AnyOtherAnswerFails) {
  const Value later = Obj({{"later", true}});
  HistoryBuilder refused = Told();
  refused.After(1).Refused(kW, "no");
  EXPECT_THAT(Check(End(refused), later).reason, HasSubstr("without the death sentence"));

  HistoryBuilder hangs = Told();
  hangs.After(1).Watch(kW, {2}).Ask(kW, "await_death", {{2, "quiet"}});
  EXPECT_THAT(Check(End(hangs), later).reason, HasSubstr("told nothing of the death"));

  HistoryBuilder undecided = Told();
  undecided.After(1).Watch(kW, {2}).Ask(kW, "await_death", {{2, "limit"}});
  EXPECT_EQ(Check(End(undecided), later).outcome, Outcome::kUnknown);
}

TEST(SwapLater, AWatchAfterTheLastHandleClosedIsAFreshOne) {
  HistoryBuilder h = Told();
  h.After(1).Unwatch(kW).Watch(kW, {2});
  EXPECT_THAT(Check(End(h), Obj({{"later", true}})).reason, HasSubstr("nobody asked"));
}

}  // namespace
}  // namespace harness
