// Random windows of silence pass; a wake in any of them, and every missing piece of evidence, is
// found.
#include <gtest/gtest.h>

#include "harness/oracle/property.h"
#include "harness/oracle/wake_silence.h"

namespace harness {
namespace {

constexpr char kW[] = "watcher:1";

// Windows of three kinds with work inside or none, commits and wakes between them, two subscribers.
struct SilenceStory {
  explicit SilenceStory(const Script& script) {
    h.Watch(kW, {0, 1});
    for (uint8_t byte : script) Window(byte);
    Window(0);
    Commit();
  }

  void Window(uint8_t byte) {
    constexpr const char* kWhats[] = {"idle", "plain rollback", "checkpoint"};
    h.After(1);
    if (byte & 1) Commit();
    from_ns.push_back(h.now_ns());
    h.Process("runner").Invoke("window", Obj({{"what", kWhats[byte / 2 % 3]}})).After(1);
    if (byte & 8) h.Do("writer:1", "rollback", Obj({{"kind", "plain"}}), Obj());
    if (byte & 16) h.Commit(1, 999, 1, OpType::kFail);
    if (byte & 32) h.Do("reader:1", "exec", Obj({{"sql", "SELECT 1"}}), Obj());
    h.Quiesce(kW, {{0, "quiet"}, {1, "quiet"}}).After(1);
    to_ns.push_back(h.now_ns());
    h.Process("runner").Ok().After(1);
  }

  // Seen by both, and silence afterwards.
  void Commit() {
    ++seq;
    h.After(1).Commit(1, seq).WakeWith(kW, 0, Obj({{"1", seq}})).After(1);
    h.WakeWith(kW, 1, Obj({{"1", seq}})).After(1).Quiesce(kW, {{0, "quiet"}, {1, "quiet"}});
  }

  // A moment inside some window: not at its edges, where the neighbours' ops stand.
  int64_t Inside(uint32_t pick) const {
    const size_t i = pick % from_ns.size();
    return from_ns[i] + 1 + pick % (to_ns[i] - from_ns[i] - 1);
  }
  bool In(uint32_t pick, const Op& op) const {
    const size_t i = pick % from_ns.size();
    return op.t_ns >= from_ns[i] && op.t_ns <= to_ns[i];
  }

  HistoryBuilder h;
  std::vector<int64_t> from_ns;
  std::vector<int64_t> to_ns;
  int64_t seq = 0;
};

Verdict Check(Outcome wanted, const Ops& ops) { return Require(wanted, CheckWakeSilence, ops); }

RC_GTEST_PROP(WakeSilenceProperty, SilencePassesHoweverSlow,
              (const Script& script, const Script& noise)) {
  SilenceStory story(script);
  const int64_t factor = *rc::gen::inRange(1, 1000);
  const Verdict v = Check(Outcome::kPass, WithNoise(Scaled(story.h.ops(), factor), noise));
  RC_ASSERT(v.figures["windows"].Int() == static_cast<int64_t>(story.from_ns.size()));
}

RC_GTEST_PROP(WakeSilenceProperty, AWakeInsideIsSpurious, (const Script& script, uint32_t pick)) {
  SilenceStory story(script);
  const int64_t t_ns = story.Inside(pick);
  story.h.ops().push_back(Op{t_ns, OpType::kEvent, 0, kW, "wake",
                             Obj({{"sub", pick % 2}, {"begin", t_ns}, {"seen", Obj()}})});
  const Verdict v = Check(Outcome::kFail, story.h.ops());
  RC_ASSERT(v.figures["spurious"].Int() == 1);
}

RC_GTEST_PROP(WakeSilenceProperty, WithoutQuiesceNothingIsProved,
              (const Script& script, uint32_t pick, bool limit)) {
  SilenceStory story(script);
  Ops ops = story.h.ops();
  const auto hit = [&](const Op& op) { return op.name == "quiesce" && story.In(pick, op); };
  if (limit) {
    const Value said =
        List({Obj({{"sub", 0}, {"result", "limit"}}), Obj({{"sub", 1}, {"result", "quiet"}})});
    Change(ops, hit, [&](Op& op) { op.value = Obj({{"subs", said}}); });
  } else {
    std::erase_if(ops, hit);
  }
  Check(Outcome::kUnknown, ops);
}

RC_GTEST_PROP(WakeSilenceProperty, WorkAfterTheQuiesceUnprovesTheWindow,
              (const Script& script, uint32_t pick)) {
  SilenceStory story(script);
  const int64_t t_ns = story.to_ns[pick % story.to_ns.size()];
  story.h.ops().push_back(Op{t_ns - 2, OpType::kInvoke, 9999, "writer:9", "rollback", Obj()});
  story.h.ops().push_back(Op{t_ns - 1, OpType::kOk, 9999, "writer:9", "rollback", Obj()});
  Check(Outcome::kUnknown, story.h.ops());
}

RC_GTEST_PROP(WakeSilenceProperty, ACommitInsideSpoilsTheWindow,
              (const Script& script, uint32_t pick, bool in_doubt)) {
  SilenceStory story(script);
  const int64_t t_ns = story.Inside(pick);
  const Value mark = Obj({{"writer", 9}, {"seq", 1}});
  story.h.ops().push_back(Op{t_ns, OpType::kInvoke, 9999, "writer:9", "commit", mark});
  story.h.ops().push_back(
      Op{t_ns + 1, in_doubt ? OpType::kInfo : OpType::kOk, 9999, "writer:9", "commit", Obj()});
  Check(Outcome::kUnknown, story.h.ops());
}

RC_GTEST_PROP(WakeSilenceProperty, AWatcherThatNeverWokeAfterwardsProvesNothing,
              (const Script& script, bool one)) {
  SilenceStory story(script);
  const int64_t last_ns = story.to_ns.back();
  std::erase_if(story.h.ops(), [&](const Op& op) {
    return op.t_ns > last_ns && op.name == "wake" && (!one || op.value["sub"].Int() == 0);
  });
  Check(Outcome::kUnknown, story.h.ops());
}

}  // namespace
}  // namespace harness
