#include "harness/oracle/notify_listen.h"

#include <gtest/gtest.h>

#include "harness/oracle/listener_story.h"

namespace harness {
namespace {

constexpr const char* kL = "listener:1";

// a is history, b and c are due, x is undone, o is another channel's.
ListenerBuilder Good() {
  ListenerBuilder b;
  b.Notify("ch", "a");
  b.Listen(kL, 0, "ch");
  const int64_t first = b.Notify("ch", "b");
  b.Given(kL, 0, first, "b");
  b.Notify("ch", "x", true);
  b.Notify("other", "o");
  const int64_t second = b.Notify("ch", "c");
  b.Given(kL, 0, second, "c");
  b.Ask(kL, "await_notified", 0, "seen");
  return b;
}

Verdict Judge(const ListenerBuilder& b, Value params = Obj()) {
  return CheckNotifyListen(b.h.Build(), Expectation{std::move(params)});
}

void ExpectFail(const ListenerBuilder& b, const std::string& part) {
  const Verdict v = Judge(b);
  EXPECT_EQ(v.outcome, Outcome::kFail) << v.reason;
  EXPECT_NE(v.reason.find(part), std::string::npos) << v.reason;
  EXPECT_FALSE(v.proof.empty());
}

TEST(NotifyListen, EachOnceInOrderPasses) {
  const Verdict v = Judge(Good());
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["due"].Int(), 2);
  EXPECT_EQ(v.figures["given"].Int(), 2);
  EXPECT_EQ(v.figures["rolled_back"].Int(), 1);
  EXPECT_EQ(v.figures["earlier"].Int(), 1);
}

TEST(NotifyListen, WithoutEnoughRolledBackNothingIsShown) {
  EXPECT_EQ(Judge(Good(), Obj({{"min_rolled_back", 1}})).outcome, Outcome::kPass);
  EXPECT_EQ(Judge(Good(), Obj({{"min_rolled_back", 2}})).outcome, Outcome::kUnknown);
}

TEST(NotifyListen, TwiceIsFound) {
  ListenerBuilder b = Good();
  b.Given(kL, 0, 99, "c");
  ExpectFail(b, "twice");
}

TEST(NotifyListen, WhatWasOverBeforeItSubscribedIsNotItsOwn) {
  ListenerBuilder b = Good();
  b.Given(kL, 0, 99, "a");
  ExpectFail(b, "before it subscribed");
}

TEST(NotifyListen, WhatRolledBackOrFailedIsNeverSeen) {
  ListenerBuilder b = Good();
  b.Given(kL, 0, 99, "x");
  ExpectFail(b, "not committed");
  ListenerBuilder failed = Good();
  failed.Notify("ch", "f", false, OpType::kFail);
  failed.Given(kL, 0, 99, "f");
  ExpectFail(failed, "not committed");
}

TEST(NotifyListen, AnotherChannelsIsFound) {
  ListenerBuilder b = Good();
  b.Given(kL, 0, 99, "o");
  ExpectFail(b, "another channel");
}

TEST(NotifyListen, WhatNobodySentIsFound) {
  ListenerBuilder b = Good();
  b.Given(kL, 0, 99, "z");
  ExpectFail(b, "nobody sent");
}

TEST(NotifyListen, OutOfOrderIsFound) {
  ListenerBuilder b;
  b.Listen(kL, 0, "ch");
  b.Notify("ch", "a");
  b.Notify("ch", "b");
  b.Given(kL, 0, 2, "b");
  b.Given(kL, 0, 3, "a");
  ExpectFail(b, "out of order");
}

TEST(NotifyListen, AnIdThatDoesNotGrowIsFound) {
  ListenerBuilder b = Good();
  b.Notify("ch", "d");
  b.Given(kL, 0, 1, "d");
  ExpectFail(b, "beyond the last");
}

TEST(NotifyListen, OneThatWasPassedOverIsLost) {
  ListenerBuilder b;
  b.Listen(kL, 0, "ch");
  b.Notify("ch", "a");
  b.Notify("ch", "b");
  b.Given(kL, 0, 2, "b");
  ExpectFail(b, "never given \"a\"");
}

TEST(NotifyListen, OneMissingIsLostOnlyWhereSilenceIsProved) {
  ListenerBuilder b = Good();
  b.Notify("ch", "d");
  EXPECT_EQ(Judge(b).outcome, Outcome::kUnknown);
  b.Ask(kL, "await_notified", 0, "limit");
  EXPECT_EQ(Judge(b).outcome, Outcome::kUnknown);
  b.Ask(kL, "await_notified", 0, "quiet");
  ExpectFail(b, "never given \"d\"");
}

TEST(NotifyListen, WhatComesAfterUnlistenIsNotDue) {
  ListenerBuilder b = Good();
  b.Unlisten(kL, 0);
  b.Notify("ch", "d");
  b.Listen(kL, 1, "ch");
  const int64_t e = b.Notify("ch", "e");
  b.Given(kL, 1, e, "e");
  EXPECT_EQ(Judge(b).outcome, Outcome::kPass) << Judge(b).reason;
  b.Given(kL, 1, 99, "d");
  ExpectFail(b, "before it subscribed");
}

TEST(NotifyListen, OneInDoubtMayComeOrNot) {
  ListenerBuilder b = Good();
  b.Notify("ch", "d", false, OpType::kInfo);
  EXPECT_EQ(Judge(b).outcome, Outcome::kPass);
  b.Given(kL, 0, 50, "d");
  EXPECT_EQ(Judge(b).outcome, Outcome::kPass);
}

TEST(NotifyListen, WithoutEvidenceNothingIsSaid) {
  EXPECT_EQ(Judge({}).outcome, Outcome::kUnknown);
  ListenerBuilder idle = Good();
  idle.Listen(kL, 1, "ch");
  EXPECT_EQ(Judge(idle).outcome, Outcome::kPass);
  EXPECT_EQ(Judge(idle, Obj({{"min_judged", 2}})).outcome, Outcome::kUnknown);
  ListenerBuilder alike = Good();
  alike.Notify("ch", "c");
  EXPECT_EQ(Judge(alike).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
