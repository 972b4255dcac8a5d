// The stream of file events by itself: what each kind does to it, when it gives what, and that each
// firing that may hold an event is said to be over exactly once.
#include "faults/libc/events.h"

#include <gtest/gtest.h>
#include <sys/inotify.h>

#include <cstring>
#include <memory>

namespace faults::libc {
namespace {

std::string Event(int wd) {
  inotify_event event{};
  event.wd = wd;
  event.mask = IN_MODIFY;
  return {reinterpret_cast<const char*>(&event), sizeof event};
}

Firing Of(Act act, int64_t for_ms = 10) {
  const auto fault = std::make_shared<const Fault>(
      Fault{.kind = "x_events", .target = "*", .params = {{"for_ms", std::to_string(for_ms)}}});
  return {fault, act, "libc.inotify.read", 1};
}

// The watch descriptors of what there is at that moment; -1 is an overflow.
std::vector<int> Given(EventStream& stream, int64_t now_ms) {
  alignas(inotify_event) char buffer[1024];
  const ssize_t got = stream.Give(buffer, sizeof buffer, now_ms);
  std::vector<int> wds;
  for (ssize_t at = 0; at < got; at += static_cast<ssize_t>(sizeof(inotify_event))) {
    inotify_event event;
    std::memcpy(&event, buffer + at, sizeof event);
    wds.push_back(event.wd);
  }
  return wds;
}

size_t Notes(EventStream& stream, const std::string& what) {
  size_t count = 0;
  for (const EventNote& note : stream.TakeNotes()) count += note.event == what ? 1 : 0;
  return count;
}

using Wds = std::vector<int>;

TEST(EventStream, PassesOnWhatNothingFiresFor) {
  EventStream stream;
  stream.Take(Event(1), {}, 0);
  stream.Take(Event(2), {}, 0);
  EXPECT_EQ(Given(stream, 0), (Wds{1, 2}));
  EXPECT_EQ(Given(stream, 0), Wds{});
  EXPECT_TRUE(stream.TakeNotes().empty());
  EXPECT_FALSE(stream.NextDueMs().has_value());
}

TEST(EventStream, DelayedEventsKeepTheirOrder) {
  EventStream stream;
  stream.Take(Event(1), {Of(Act::kHold)}, 0);
  stream.Take(Event(2), {}, 1);
  EXPECT_EQ(Given(stream, 9), Wds{});
  EXPECT_EQ(stream.NextDueMs(), 10);
  EXPECT_EQ(Given(stream, 10), (Wds{1, 2}));
  EXPECT_EQ(Notes(stream, "released"), 1u);
}

TEST(EventStream, EqualEventsBecomeOneWhileOneIsHeld) {
  EventStream stream;
  for (int i = 0; i < 3; ++i) stream.Take(Event(1), {Of(Act::kCoalesce)}, i);
  stream.Take(Event(2), {Of(Act::kCoalesce)}, 3);
  EXPECT_EQ(Given(stream, 20), (Wds{1, 2}));
  stream.Take(Event(1), {}, 21);
  EXPECT_EQ(Given(stream, 21), Wds{1}) << "what comes afterwards is another one";
  size_t coalesced = 0;
  size_t released = 0;
  for (const EventNote& note : stream.TakeNotes()) {
    coalesced += std::string(note.event) == "coalesced" ? 1 : 0;
    released += std::string(note.event) == "released" ? 1 : 0;
  }
  EXPECT_EQ(coalesced, 2u);
  EXPECT_EQ(released, 4u) << "as many as fired";
}

TEST(EventStream, EveryEventReorderedGoesInPairs) {
  EventStream stream;
  for (int wd = 1; wd <= 4; ++wd) stream.Take(Event(wd), {Of(Act::kReorder)}, 0);
  EXPECT_EQ(Given(stream, 0), (Wds{2, 1, 4, 3}));
  EXPECT_EQ(Notes(stream, "released"), 4u) << "as many as fired";
}

TEST(EventStream, AReorderedEventThatNothingFollowsGoesInTheEnd) {
  EventStream stream;
  stream.Take(Event(1), {Of(Act::kReorder)}, 0);
  EXPECT_EQ(Given(stream, 9), Wds{});
  EXPECT_EQ(stream.NextDueMs(), 10);
  EXPECT_EQ(Given(stream, 10), Wds{1});
}

TEST(EventStream, OverflowsBecomeOneAndDroppedOnesHoldNothing) {
  EventStream stream;
  stream.Take(Event(1), {Of(Act::kOverflow)}, 0);
  stream.Take(Event(2), {Of(Act::kHold), Of(Act::kOverflow)}, 0);
  stream.Take(Event(3), {Of(Act::kHold), Of(Act::kDrop)}, 0);
  EXPECT_EQ(Given(stream, 0), Wds{-1});
  EXPECT_EQ(Notes(stream, "released"), 2u);
}

TEST(EventStream, GivesWholeEventsAndSaysWhereNoneFits) {
  EventStream stream;
  stream.Take(Event(1), {Of(Act::kDouble)}, 0);
  char small[sizeof(inotify_event) - 1];
  EXPECT_EQ(stream.Give(small, sizeof small, 0), -1);
  char room[2 * sizeof(inotify_event) - 1];
  EXPECT_EQ(stream.Give(room, sizeof room, 0), static_cast<ssize_t>(sizeof(inotify_event)));
  EXPECT_EQ(stream.NextDueMs(), 0) << "the rest waits already";
  EXPECT_EQ(Given(stream, 0), Wds{1});
}

}  // namespace
}  // namespace faults::libc
