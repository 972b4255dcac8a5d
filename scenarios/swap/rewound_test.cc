#include "scenarios/swap/rewound.h"

#include <gtest/gtest.h>
// gtest first: rapidcheck's header builds on it.
#include <rapidcheck/gtest.h>

#include "harness/oracle/history_builder.h"

namespace scenarios::swap {
namespace {

using harness::HistoryBuilder;
using harness::Obj;
using harness::Outcome;
using harness::Value;

constexpr char kL[] = "listener:1";

void Send(HistoryBuilder& h, const std::string& payload, int64_t id) {
  h.After(1).Do("notifier:1", "notify", Obj({{"channel", "news"}, {"payload", payload}}),
                Obj({{"id", id}}));
}
void Give(HistoryBuilder& h, const std::string& payload, int64_t id) {
  h.After(1).Tell(kL, "notified",
                  Obj({{"sub", 0}, {"id", id}, {"channel", "news"}, {"payload", payload}}));
}
// Listens, is given `before` notifications, the copy is restored, and one more is sent.
HistoryBuilder Restored(int64_t before, int64_t id_after) {
  HistoryBuilder h;
  h.Do(kL, "listen", Obj({{"channel", "news"}}), Obj({{"sub", 0}}));
  for (int64_t id = 1; id <= before; ++id) {
    Send(h, "p" + std::to_string(id), id);
    Give(h, "p" + std::to_string(id), id);
  }
  h.After(1).Do("runner", "fault", Obj({{"fault", "swap db by=backup_restore"}}), Obj());
  Send(h, "after", id_after);
  return h;
}
HistoryBuilder& Ask(HistoryBuilder& h, const std::string& result) {
  return h.After(1).Do(kL, "await_notified", Obj({{"sub", 0}, {"payload", "after"}}),
                       Obj({{"subs", harness::List({Obj({{"sub", 0}, {"result", result}})})}}));
}
Outcome Of(const HistoryBuilder& h) { return CheckRewound(h.Build(), {}).outcome; }

TEST(Rewound, ToldOrGivenIsFineAndSilenceIsNot) {
  HistoryBuilder silent = Restored(3, 2);
  EXPECT_EQ(Of(Ask(silent, "quiet")), Outcome::kFail);
  HistoryBuilder given = Restored(3, 2);
  Give(given, "after", 2);
  EXPECT_EQ(Of(Ask(given, "seen")), Outcome::kPass);
  HistoryBuilder told = Restored(3, 2);
  told.After(1).Tell(kL, "listen_ended", Obj({{"sub", 0}, {"error", "an older copy"}}));
  EXPECT_EQ(Of(Ask(told, "dead")), Outcome::kPass);
}

TEST(Rewound, WithoutEvidenceNothingIsKnown) {
  EXPECT_EQ(Of(HistoryBuilder()), Outcome::kUnknown);
  HistoryBuilder limit = Restored(3, 2);
  EXPECT_EQ(Of(Ask(limit, "limit")), Outcome::kUnknown);
  HistoryBuilder beyond = Restored(3, 4);
  EXPECT_EQ(Of(Ask(beyond, "quiet")), Outcome::kUnknown) << "the id is new: nothing is rewound";
  HistoryBuilder fresh = Restored(0, 1);
  EXPECT_EQ(Of(Ask(fresh, "quiet")), Outcome::kUnknown) << "it had gone nowhere";
}

RC_GTEST_PROP(RewoundProperty, SilenceAfterARestoreIsFoundAndWhatCameIsNot, (bool comes)) {
  const int64_t before = *rc::gen::inRange<int64_t>(1, 6);
  HistoryBuilder h = Restored(before, *rc::gen::inRange<int64_t>(1, before + 1));
  if (comes) Give(h, "after", 1);
  Ask(h, comes ? "seen" : "quiet");
  RC_ASSERT(Of(h) == (comes ? Outcome::kPass : Outcome::kFail));
}

}  // namespace
}  // namespace scenarios::swap
