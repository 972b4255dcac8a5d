#include "scenarios/fs/alive.h"

#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace scenarios::fs {
namespace {

using harness::HistoryBuilder;
using harness::Obj;
using harness::Outcome;

void Identity(HistoryBuilder& h, const char* when, int64_t ino, bool copied_up = true) {
  h.After(1).Tell("runner", "identity",
                  Obj({{"when", when}, {"dev", 1}, {"ino", ino}, {"copied_up", copied_up}}));
}

HistoryBuilder Story(int64_t before, int64_t after, const std::string& result,
                     bool copied_up = true) {
  HistoryBuilder h;
  Identity(h, "below", before, false);
  h.After(1).Watch("watcher:1", {0});
  Identity(h, "watched", before, false);
  Identity(h, "written", after, copied_up);
  if (!result.empty()) h.After(1).Ask("watcher:1", "await", {{0, result}});
  return h;
}

TEST(Alive, AChangeThatNobodyDiesOfIsAPass) {
  const harness::Verdict v = CheckAlive(Story(1, 2, "seen").Build(), {});
  EXPECT_EQ(v.outcome, Outcome::kPass);
  EXPECT_EQ(v.figures["after_watch"].Int(), 1);
}

TEST(Alive, DeathAndSilenceAreFound) {
  EXPECT_EQ(CheckAlive(Story(1, 2, "quiet").Build(), {}).outcome, Outcome::kFail);
  HistoryBuilder died = Story(1, 2, "dead");
  died.After(1).Tell("watcher:1", "dead", Obj({{"sub", 0}, {"rc", -1}}));
  EXPECT_EQ(CheckAlive(died.Build(), {}).outcome, Outcome::kFail);
}

TEST(Alive, AnIdentityThatStaysIsAPassToo) {
  EXPECT_EQ(CheckAlive(Story(1, 1, "seen").Build(), {}).figures["changes"].Int(), 0);
  EXPECT_EQ(CheckAlive(Story(1, 1, "seen").Build(), {}).outcome, Outcome::kPass);
}

TEST(Alive, WithoutACopyOrAnAnswerNothingIsKnown) {
  EXPECT_EQ(CheckAlive(Story(1, 2, "seen", false).Build(), {}).outcome, Outcome::kUnknown);
  EXPECT_EQ(CheckAlive(Story(1, 2, "").Build(), {}).outcome, Outcome::kUnknown);
  EXPECT_EQ(CheckAlive(Story(1, 2, "limit").Build(), {}).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace scenarios::fs
