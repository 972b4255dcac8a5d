// Honest listeners pass, whoever comes and goes; a notification that is doubled, swapped, dropped,
// undone, invented or of another channel is found wherever it is.
#include <gtest/gtest.h>

#include "harness/oracle/listener_story.h"
#include "harness/oracle/notify_listen.h"
#include "harness/oracle/property.h"

namespace harness {
namespace {

// Two listeners, of which the second comes and goes; what is due is given at once.
struct NotifyStory {
  explicit NotifyStory(const Script& script) {
    b.Listen("listener:1", 0, "ch");
    int64_t second = -1, next = 1;
    int n = 0;
    bool owed = false;  // a listener to whom nothing was due yet may not go
    const auto send = [&](const std::string& channel, bool rollback, OpType how) {
      const std::string payload = "n" + std::to_string(++n);
      const int64_t id = b.Notify(channel, payload, rollback, how);
      if (channel != "ch" || rollback || how != OpType::kOk) return;
      b.Given("listener:1", 0, id, payload);
      if (second >= 0) b.Given("listener:2", second, id, payload);
      owed = false;
      b.h.After(1);
    };
    for (uint8_t byte : script) {
      const uint8_t what = byte % 6;
      if (what == 0 && second < 0) {
        b.Listen("listener:2", second = next++, "ch");
        owed = true;
        b.h.After(1);
      } else if (what == 0 && !owed) {
        b.Unlisten("listener:2", second);
        second = -1;
      } else {
        send(what == 1 ? "other" : "ch", what == 2, what == 3 ? OpType::kInfo : OpType::kOk);
      }
    }
    // Three at the end, so that every damage finds a place.
    for (int i = 0; i < 3; ++i) send("ch", false, OpType::kOk);
    b.Notify("ch", "undone", true);
    b.Notify("other", "foreign");
    b.Ask("listener:1", "await_notified", 0, "quiet");
    if (second >= 0) b.Ask("listener:2", "await_notified", second, "quiet");
  }
  std::vector<size_t> Given() {
    std::vector<size_t> found;
    for (size_t i = 0; i < b.h.ops().size(); ++i) {
      if (b.h.ops()[i].name == "notified" && b.h.ops()[i].process == "listener:1")
        found.push_back(i);
    }
    return found;
  }
  ListenerBuilder b;
};

Verdict Check(Outcome wanted, const Ops& ops) { return Require(wanted, CheckNotifyListen, ops); }

RC_GTEST_PROP(NotifyListenProperty, HonestListenersPass,
              (const Script& script, const Script& noise)) {
  NotifyStory story(script);
  const int64_t factor = *rc::gen::inRange(1, 1000);
  Check(Outcome::kPass, WithNoise(Scaled(story.b.h.ops(), factor), noise));
}

RC_GTEST_PROP(NotifyListenProperty, ADoubleIsFound, (const Script& script, uint32_t pick)) {
  NotifyStory story(script);
  const std::vector<size_t> given = story.Given();
  Ops ops = story.b.h.ops();
  const Op again = ops[given[pick % given.size()]];
  ops.insert(ops.begin() + static_cast<ptrdiff_t>(given[pick % given.size()]), again);
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(NotifyListenProperty, ADroppedOneIsFound, (const Script& script, uint32_t pick)) {
  NotifyStory story(script);
  const std::vector<size_t> given = story.Given();
  Ops ops = story.b.h.ops();
  ops.erase(ops.begin() + static_cast<ptrdiff_t>(given[pick % given.size()]));
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(NotifyListenProperty, TwoInTheWrongOrderAreFound,
              (const Script& script, uint32_t pick)) {
  NotifyStory story(script);
  const std::vector<size_t> given = story.Given();
  Ops ops = story.b.h.ops();
  const size_t at = pick % (given.size() - 1);
  std::swap(ops[given[at]].value, ops[given[at + 1]].value);
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(NotifyListenProperty, WhatMayNotBeSeenIsFound, (const Script& script)) {
  NotifyStory story(script);
  Ops ops = story.b.h.ops();
  const std::string payload = *rc::gen::element<std::string>("undone", "foreign", "never sent");
  ops.push_back(Op{ops.back().t_ns + 1, OpType::kEvent, 0, "listener:1", "notified",
                   Obj({{"sub", 0}, {"id", 1'000'000}, {"channel", "ch"}, {"payload", payload}})});
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(NotifyListenProperty, WhatIsMissingWithoutProofIsUnknown, (const Script& script)) {
  NotifyStory story(script);
  Ops ops = story.b.h.ops();
  ops.erase(ops.begin() + static_cast<ptrdiff_t>(story.Given().back()));
  Change(
      ops, [](const Op& op) { return op.name == "await_notified" && op.type == OpType::kOk; },
      [](Op& op) { op.value = Obj(); });
  Check(Outcome::kUnknown, ops);
}

}  // namespace
}  // namespace harness
