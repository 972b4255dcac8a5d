#include "harness/oracle/listen_death.h"

#include <gtest/gtest.h>

#include "harness/oracle/listener_story.h"

namespace harness {
namespace {

constexpr const char* kL = "listener:1";

ListenerBuilder Swapped(int64_t after = 2) {
  ListenerBuilder b;
  b.h.Do(kL, "open", Obj({{"conn", "c"}}), Obj());
  b.Listen(kL, 0, "ch");
  b.Swap(1, after);
  return b;
}
ListenerBuilder Told() {
  ListenerBuilder b = Swapped();
  b.Ended(kL, 0, "the watcher died");
  return b;
}
Verdict Judge(const ListenerBuilder& b, bool later = false) {
  return CheckListenDeath(b.h.Build(), Expectation{Obj({{"later", later}})});
}

TEST(ListenDeath, AnEndWithASentencePasses) {
  EXPECT_EQ(Judge(Told()).outcome, Outcome::kPass);
  EXPECT_EQ(Judge(Told()).figures["ended"].Int(), 1);
}

TEST(ListenDeath, ProvedSilenceIsAHang) {
  ListenerBuilder b = Swapped();
  b.Ask(kL, "await_death", 0, "limit", 50);
  EXPECT_EQ(Judge(b).outcome, Outcome::kUnknown);
  b.Ask(kL, "await_death", 0, "quiet", 50);
  const Verdict v = Judge(b);
  EXPECT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["silent"].Int(), 1);
}

TEST(ListenDeath, AnEndWithoutASentenceFails) {
  ListenerBuilder b = Swapped();
  b.Ended(kL, 0, "");
  EXPECT_EQ(Judge(b).outcome, Outcome::kFail);
}

TEST(ListenDeath, AnEndBeforeTheReplacementFails) {
  ListenerBuilder b;
  b.Listen(kL, 0, "ch");
  b.Ended(kL, 0, "it died");
  b.h.After(1);
  b.Swap(1, 2);
  EXPECT_EQ(Judge(b).outcome, Outcome::kFail);
}

TEST(ListenDeath, WithoutAReplacementOrAListenerNothingIsSaid) {
  EXPECT_EQ(Judge(Swapped(1)).outcome, Outcome::kUnknown);
  ListenerBuilder nobody;
  nobody.Swap(1, 2);
  EXPECT_EQ(Judge(nobody).outcome, Outcome::kUnknown);
}

TEST(ListenDeath, LaterOnesAreToldToo) {
  EXPECT_EQ(Judge(Told(), true).outcome, Outcome::kUnknown);
  ListenerBuilder silent = Told();
  silent.h.After(1);
  silent.Listen(kL, 1, "ch");
  EXPECT_EQ(Judge(silent, true).outcome, Outcome::kUnknown);
  silent.Ask(kL, "await_death", 1, "quiet", 50);
  EXPECT_EQ(Judge(silent, true).outcome, Outcome::kFail);
  ListenerBuilder told = Told();
  told.h.After(1);
  told.Listen(kL, 1, "ch");
  told.Ended(kL, 1, "the watcher died");
  EXPECT_EQ(Judge(told, true).outcome, Outcome::kPass);
  ListenerBuilder refused = Told();
  refused.h.After(1);
  refused.h.Do(kL, "listen", Obj({{"channel", "ch"}, {"conn", "c"}}), Obj({{"message", "dead"}}), 1,
               OpType::kFail);
  EXPECT_EQ(Judge(refused, true).outcome, Outcome::kPass);
}

TEST(ListenDeath, OneOnAnewlyOpenedConnectionIsNotLater) {
  ListenerBuilder b = Told();
  b.h.After(1);
  b.h.Do(kL, "open", Obj({{"conn", "c"}}), Obj());
  b.Listen(kL, 1, "ch");
  b.Ask(kL, "await_death", 1, "quiet", 50);
  EXPECT_EQ(Judge(b, true).outcome, Outcome::kUnknown);
  EXPECT_EQ(Judge(b).outcome, Outcome::kPass);
}

}  // namespace
}  // namespace harness
