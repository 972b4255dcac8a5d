// The verified backend's rules (settle.h, change_counter.h) against every kind of trouble with file
// events: dropped, late, told twice, out of order, drowned in events of other files, or lost in an
// overflow. Time is virtual: a watcher's loop, with a cost for each step, runs over a model of the
// database. What must hold whatever becomes of the events: each commit is followed by a wake within
// the safety distance, none comes without a commit or before it, and looks are few.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "core/watcher/change_counter.h"
#include "core/watcher/hot_journal.h"
#include "core/watcher/model_database.h"
#include "core/watcher/settle.h"

namespace honker {
namespace {

using model::Database;
using model::FileEvent;
using model::Transaction;
using model::Us;

constexpr Us kSafetyUs = 100'000;
constexpr Us kStepUs = 1;  // what each step of a look takes
// A wake-up, a look and the identity check: far more than the model's steps take.
constexpr Us kSlackUs = 200;

struct Story {
  Database::Kind kind = Database::kFile;
  std::vector<Transaction> transactions;
  std::vector<FileEvent> events;  // by the time at which they are told
  Us end = 0;
};

struct Wake {
  Us at;
  int commits;  // visible then
};

struct Watched {
  std::vector<Wake> wakes;
  int looks = 0;
};

Settle::Time At(Us us) { return Settle::Time(std::chrono::microseconds(us)); }
Us From(Settle::Time time) {
  if (time == Settle::Time::max()) return INT64_MAX;
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

// SharedWatcher::Watch() and Verified::Check(), in virtual time.
Watched WatchIt(const Story& story) {
  Watched watched;
  Database database(story.kind, story.transactions);
  ChangeCounter counter;
  HotJournal hot_journal;
  Settle settle;
  // The clock of a machine is far from zero when a watcher starts.
  constexpr Us kStart = 0;
  database.SetTime(kStart);
  RC_ASSERT(counter.TakeBaseline(database).value());
  size_t next_event = 0;
  Us next_identity = kStart + kSafetyUs;
  for (Us now = kStart; now < story.end;) {
    const Attention attention = settle.attention();
    const bool listens = now >= From(attention.events_from);
    const Us moment = From(attention.moment);
    Us until = std::min(moment, next_identity);
    if (!listens) until = std::min(until, From(attention.events_from));
    bool readable = false;
    if (listens && next_event < story.events.size() && story.events[next_event].told <= until) {
      until = story.events[next_event].told;
      readable = true;
    }
    if (until >= story.end) break;
    now = std::max(now, until) + kStepUs;
    if (readable || now >= moment || now >= next_identity) {
      ++watched.looks;
      const Us looked = now;
      for (; next_event < story.events.size() && story.events[next_event].told <= now; ++next_event)
        settle.Event(At(looked), story.events[next_event].ours);
      database.SetTime(now += kStepUs);
      bool at_work = database.WriterAtWork();
      database.SetTime(now += kStepUs);
      const DatabaseStamp seen = database.Peek();
      database.SetTime(now += kStepUs);
      const Look look = hot_journal.Judge(counter.Check(seen, database), At(now));
      if (story.kind == Database::kLog) at_work = at_work || database.WriterAtWork();
      if (look.kind == Look::kChanged) watched.wakes.push_back({now, database.Commits()});
      settle.Looked(At(looked),
                    look.kind == Look::kChanged ? Settle::kCommit
                    : look.kind == Look::kBusy  ? Settle::kUnclear
                                                : Settle::kNothing,
                    at_work);
    }
    if (now >= next_identity) next_identity = now + kSafetyUs;
  }
  return watched;
}

// What becomes of the events of one transaction.
enum Fate { kTold, kDropped, kLate, kTwice, kOverflow };

Story MakeStory(Database::Kind kind, const std::vector<Fate>& fates) {
  Story story;
  story.kind = kind;
  Us now = 1000;
  const int count = *rc::gen::inRange(1, 30);
  for (int i = 0; i < count; ++i) {
    Transaction t;
    t.begin = now += *rc::gen::element<Us>(15, 40, 300, 2'000, 30'000, 250'000);
    t.counter = t.begin + *rc::gen::element<Us>(2, 50, 900, 5'000);
    t.end = t.counter + *rc::gen::element<Us>(3, 60, 1'500, 20'000, 150'000);
    t.ending = *rc::gen::weightedElement<Transaction::End>(
        {{6, Transaction::kCommitted}, {2, Transaction::kRolledBack}, {1, Transaction::kKilled}});
    story.transactions.push_back(t);
    now = t.end;
    // In WAL nothing tells of the moment at which a commit becomes visible.
    std::vector<Us> moments = {t.begin, t.counter};
    if (kind == Database::kFile && t.ending != Transaction::kKilled) moments.push_back(t.end - 1);
    for (const Us moment : moments) {
      const Fate fate = *rc::gen::elementOf(fates);
      if (fate == kDropped) continue;
      // An overflow is one event in place of many, when the queue is read at last.
      const Us late = fate == kLate       ? *rc::gen::element<Us>(10, 700, 40'000)
                      : fate == kOverflow ? 5'000
                                          : 0;
      story.events.push_back({moment + late, true});
      if (fate == kTwice) story.events.push_back({moment + late + 5, true});
    }
  }
  // A neighbour's files, in numbers.
  if (*rc::gen::arbitrary<bool>()) {
    const Us every = *rc::gen::element<Us>(20, 500, 7'000);
    for (Us at = 500; at < std::min<Us>(now, 300'000); at += every) {
      story.events.push_back({at, false});
    }
  }
  std::ranges::sort(story.events, {}, &FileEvent::told);
  story.end = now + 3 * kSafetyUs;
  return story;
}

// From when on nobody is in the way for that long: a lock may hide a commit.
Us FreeFor(const Story& story, Us from, Us length) {
  if (story.kind == Database::kLog) return from;
  for (size_t i = 0; i < story.transactions.size(); ++i) {
    const Transaction& t = story.transactions[i];
    if (t.end <= from && t.ending != Transaction::kKilled) continue;
    if (t.end <= from && i + 1 < story.transactions.size() &&
        story.transactions[i + 1].begin <= from) {
      continue;
    }
    // A hot journal, too, is in the way until the next writer has taken it back.
    if (t.begin < from + length) from = std::max(from, t.end);
    const bool hot = t.ending == Transaction::kKilled && t.end <= from;
    if (hot && i + 1 == story.transactions.size()) return INT64_MAX;
    if (hot) from = std::max(from, story.transactions[i + 1].end);
  }
  return from;
}

// Each commit is shown by a wake that is no earlier, and at most `bound` after it could be seen.
void AssertEachIsSeen(const Story& story, const Watched& watched, Us bound) {
  int commits = 0;
  for (const Transaction& t : story.transactions) {
    if (t.ending != Transaction::kCommitted) continue;
    ++commits;
    const Us free = FreeFor(story, t.end, bound);
    if (free == INT64_MAX) continue;
    const auto wake = std::ranges::find_if(
        watched.wakes, [&](const Wake& w) { return w.commits >= commits && w.at >= t.end; });
    RC_ASSERT(wake != watched.wakes.end());
    RC_ASSERT(wake->at <= free + bound + kSlackUs);
  }
}

void AssertNoneIsVain(const Watched& watched) {
  int shown = 0;
  for (const Wake& wake : watched.wakes) {
    RC_ASSERT(wake.commits > shown);
    shown = wake.commits;
  }
}

const std::vector<Fate> kAnyFate = {kTold, kTold, kDropped, kLate, kTwice, kOverflow};

RC_GTEST_PROP(Verified, WhateverBecomesOfTheEventsEachCommitIsSeenInAFile, ()) {
  const Story story = MakeStory(Database::kFile, kAnyFate);
  const Watched watched = WatchIt(story);
  AssertEachIsSeen(story, watched, kSafetyUs);
  AssertNoneIsVain(watched);
}

RC_GTEST_PROP(Verified, WhateverBecomesOfTheEventsEachCommitIsSeenInALog, ()) {
  const Story story = MakeStory(Database::kLog, kAnyFate);
  const Watched watched = WatchIt(story);
  AssertEachIsSeen(story, watched, kSafetyUs);
  AssertNoneIsVain(watched);
}

RC_GTEST_PROP(Verified, WithEveryEventDroppedEachCommitIsSeenAtTheSafetyLook, (bool log)) {
  const Story story = MakeStory(log ? Database::kLog : Database::kFile, {kDropped});
  const Watched watched = WatchIt(story);
  AssertEachIsSeen(story, watched, kSafetyUs);
  AssertNoneIsVain(watched);
}

// The promise of settle.h: an eighth of what the commit took, and a millisecond at most.
RC_GTEST_PROP(Verified, WhereEventsComeACommitIsSeenWithinAMillisecond, (bool log)) {
  const Story story = MakeStory(log ? Database::kLog : Database::kFile, {kTold, kTwice});
  const Watched watched = WatchIt(story);
  AssertEachIsSeen(story, watched, 1'000);
  AssertNoneIsVain(watched);
}

// A look calls for a look only while somebody writes: a thousand a second at most then, but for the
// first of a series, and ten a second otherwise.
RC_GTEST_PROP(Verified, LooksAreFew, (bool log)) {
  const Story story = MakeStory(log ? Database::kLog : Database::kFile, kAnyFate);
  const Watched watched = WatchIt(story);
  constexpr Us kFirstOfASeries = 40;
  Us looks = story.end / kSafetyUs + 1;
  // A journal that was left is believed after 100 ms.
  constexpr Us kHotUs = 200'000;
  for (const Transaction& t : story.transactions) {
    looks += (t.end - t.begin) / 1000 + 1;
    if (t.ending == Transaction::kKilled) looks += kHotUs / 1000;
  }
  looks += static_cast<Us>(story.events.size()) * kFirstOfASeries;
  RC_ASSERT(watched.looks <= looks);
}

TEST(Settle, AnIdleOneIsLeftAlone) {
  Story story;
  story.end = 1'000'000;
  EXPECT_LE(WatchIt(story).looks, 10);
}

// What a fruitless event costs: one look.
TEST(Settle, AnEventWithoutAWriterIsOneLook) {
  Story story;
  story.end = 90'000;
  story.events = {{5'000, true}};
  EXPECT_EQ(WatchIt(story).looks, 1);
}

// A flood of events that leads to nothing, ours or not, is listened to once a millisecond.
TEST(Settle, AFloodIsListenedToLessOften) {
  for (const bool ours : {true, false}) {
    Story story;
    story.end = 90'000;
    for (Us at = 1'000; at < 80'000; at += 10) story.events.push_back({at, ours});
    EXPECT_LE(WatchIt(story).looks, 120) << ours;
  }
}

// One writer killed with the counter moved, the next uses the same value: the baseline is what was
// confirmed, not what was seen.
TEST(ChangeCounter, AValueThatIsUsedAgainIsSeen) {
  Story story;
  story.transactions = {
      {.begin = 1'000, .counter = 2'000, .end = 30'000, .ending = Transaction::kKilled},
      {.begin = 200'000, .counter = 200'100, .end = 200'200}};
  story.end = 600'000;
  story.events = {{1'000, true}, {2'000, true}};
  const Watched watched = WatchIt(story);
  ASSERT_EQ(watched.wakes.size(), 1U);
  EXPECT_EQ(watched.wakes[0].commits, 1);
}

}  // namespace
}  // namespace honker
