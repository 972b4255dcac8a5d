#include "harness/oracle/subscribers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

constexpr char kW[] = "watcher:1";

// The history has to outlive what points into it.
struct Views {
  explicit Views(const HistoryBuilder& h) : history(h.Build()), subs(Subscribers(history)) {}
  History history;
  std::vector<Subscriber> subs;
};

TEST(Subscribers, ANumberThatIsUsedAgainIsAnotherLife) {
  HistoryBuilder h;
  h.Watch(kW, {0}).Wake(kW, 0, {{"1", 1}}).After(1).Unwatch(kW);
  h.After(1).Watch(kW, {0}).Wake(kW, 0, {{"1", 2}}).Wake(kW, 0, {{"1", 3}});
  const Views v(h);
  ASSERT_EQ(v.subs.size(), 2u);
  EXPECT_EQ(v.subs[0].wakes.size(), 1u);
  EXPECT_EQ(v.subs[0].ending, Ending::kUnwatched);
  EXPECT_EQ(v.subs[1].wakes.size(), 2u);
  EXPECT_EQ(v.subs[1].ending, Ending::kNone);
  EXPECT_NE(v.subs[0].watcher, v.subs[1].watcher);
}

TEST(Subscribers, AWakeBeforeTheReplyOfWatchIsItsOwn) {
  HistoryBuilder h;
  h.Process(kW)
      .Invoke("watch", Obj({{"backend", "shm"}}))
      .After(1)
      .Wake(kW, 0, {{"1", 1}})
      .After(1);
  h.Ok(Obj({{"outcome", "opened"}, {"subs", List({0})}}));
  EXPECT_EQ(Views(h).subs.at(0).wakes.size(), 1u);
}

TEST(Subscribers, UnwatchClosesThoseThatItLists) {
  HistoryBuilder h;
  h.Watch(kW, {0, 1, 2}).After(1).Do(kW, "unwatch", Obj({{"subs", List({0, 2})}}), Obj());
  const Views v(h);
  EXPECT_EQ(v.subs[0].ending, Ending::kUnwatched);
  EXPECT_EQ(v.subs[1].ending, Ending::kNone);
  EXPECT_EQ(v.subs[2].ending, Ending::kUnwatched);
}

TEST(Subscribers, NewsIsWhatNeitherTheOpeningNorAnEarlierWakeKnew) {
  HistoryBuilder h;
  h.Commit(1, 5).Watch(kW, {0});
  h.Wake(kW, 0, {{"1", 5}}).After(1).Wake(kW, 0, {{"1", 5}, {"2", 1}}).After(1);
  h.Wake(kW, 0, {{"1", 5}, {"2", 1}}).After(1).FailedWake(kW, 0).After(1).Wake(kW, 0, {{"1", 6}});
  const Views v(h);
  std::vector<bool> news;
  for (const Wake& wake : v.subs[0].wakes) news.push_back(wake.news);
  EXPECT_THAT(news, testing::ElementsAre(false, true, false, false, true));
}

TEST(Subscribers, ADeathIsTheEventOrTheFirstAnswerThatSaysSo) {
  HistoryBuilder h;
  h.Watch(kW, {0, 1}).At(10).Dead(kW, 0, -2).At(20);
  h.Ask(kW, "await_death", {{0, "dead"}, {1, "dead"}});
  const Views v(h);
  EXPECT_EQ(v.subs[0].dead_ns, 10'000'000);
  EXPECT_EQ(v.subs[0].dead_rc, -2);
  EXPECT_EQ(v.subs[1].dead_ns, 21'000'000);
  EXPECT_EQ(v.subs[1].ending, Ending::kDead);
}

TEST(Subscribers, ADeathIsExplainedByAFaultOnFilesDuringTheLifeOfItsWatcher) {
  const auto explained = [](const std::string& fault, bool before_watch) {
    HistoryBuilder h;
    const auto strike = [&] { h.After(1).Do("runner", "fault", Obj({{"fault", fault}}), Obj()); };
    if (before_watch) strike();
    h.After(1).Watch(kW, {0});
    if (!before_watch) strike();
    h.After(1).Dead(kW, 0);
    return Views(h).subs.at(0).end_explained;
  };
  EXPECT_TRUE(explained("swap db by=rename_over", false));
  EXPECT_FALSE(explained("swap db by=rename_over", true));
  EXPECT_FALSE(explained("gate writer:2 at=vfs.sync.wal", false));
}

TEST(Subscribers, HandlesOfOneWatcherShareItsDeath) {
  HistoryBuilder h;
  h.Watch(kW, {0}).Do("runner", "fault", Obj({{"fault", "swap db"}}), Obj());
  h.After(1).Watch(kW, {1}).Dead(kW, 1).After(1).Dead(kW, 0).After(1).Watch(kW, {2});
  h.Watch("watcher:2", {0}).Unwatch(kW).Watch(kW, {3});
  const Views v(h);
  EXPECT_TRUE(v.subs[1].end_explained);  // opened after the swap on a watcher that met it
  EXPECT_FALSE(v.subs[1].late);
  EXPECT_TRUE(v.subs[2].late);
  EXPECT_FALSE(v.subs[3].late);  // another process
  EXPECT_FALSE(v.subs[4].late);  // everything was closed before
}

TEST(Subscribers, AKilledProcessEndsAtTheSignalOneThatWasStoppedDoesNot) {
  HistoryBuilder h;
  h.Watch(kW, {0}).At(5).Tell("runner", "kill", Obj({{"process", kW}, {"signal", 19}}));
  h.At(10).Kill(kW).At(12).Died(kW, true);
  const Views v(h);
  EXPECT_EQ(v.subs[0].ending, Ending::kProcessDied);
  EXPECT_EQ(v.subs[0].ended_ns, 10'000'000);
  EXPECT_TRUE(v.subs[0].end_explained);

  HistoryBuilder crash;
  crash.Watch(kW, {0}).At(12).Died(kW, false, "signal 11");
  EXPECT_FALSE(Views(crash).subs[0].end_explained);
}

TEST(Subscribers, RefusedAndUnknownOnesAreNone) {
  HistoryBuilder h;
  h.Refused(kW, "no").Wake(kW, 7, {{"1", 1}}).Dead(kW, 7);
  h.Process(kW).Invoke("watch");  // pending for ever
  EXPECT_TRUE(Views(h).subs.empty());
}

}  // namespace
}  // namespace harness
