#include "faults/trigger.h"

#include <gtest/gtest.h>

#include <vector>

namespace faults {
namespace {

Trigger Make(const std::string& text, const Dice& dice = {}) {
  const auto fault = ParseFault(text);
  EXPECT_TRUE(fault.ok()) << fault.Message();
  return {fault.value(), dice};
}

// Which of `calls` calls are struck.
std::vector<int> Struck(Trigger trigger, int calls, const std::string& site = "a.b") {
  std::vector<int> struck;
  for (int i = 1; i <= calls; ++i) {
    if (trigger.Count(site, "") != 0) struck.push_back(i);
  }
  return struck;
}

TEST(Trigger, NthOnceAndAlways) {
  EXPECT_EQ(Struck(Make("io_error * at=a.b once"), 5), (std::vector<int>{1}));
  EXPECT_EQ(Struck(Make("io_error * at=a.b nth=3 once"), 5), (std::vector<int>{3}));
  EXPECT_EQ(Struck(Make("io_error * at=a.b nth=3 always"), 5), (std::vector<int>{3, 4, 5}));
  EXPECT_EQ(Struck(Make("gate * at=a.b"), 5), (std::vector<int>{1}))
      << "once where nothing is said";
  EXPECT_EQ(Struck(Make("io_error * at=a.b nth=6 always"), 5), (std::vector<int>{}));
}

TEST(Trigger, ConcernsBySiteAndPath) {
  const Trigger trigger = Make("io_error * at=vfs.*.wal path=*/app.db-wal once");
  EXPECT_TRUE(trigger.Concerns("vfs.sync.wal", "/x/app.db-wal"));
  EXPECT_FALSE(trigger.Concerns("vfs.sync.db", "/x/app.db-wal"));
  EXPECT_FALSE(trigger.Concerns("vfs.sync.wal", "/x/other.db-wal"));
  EXPECT_FALSE(trigger.Concerns("vfs.sync.wal", ""));
}

TEST(Trigger, OnlyWhatFitsTheDetailIsCounted) {
  Trigger trigger = Make("io_error * at=a detail=0+* nth=2 once");
  EXPECT_EQ(trigger.Count("a", "0+32"), 0);
  EXPECT_EQ(trigger.Count("a", "32+32"), 0);
  EXPECT_EQ(trigger.Count("a", "0+32"), 2);
}

TEST(Trigger, ChanceDependsOnSeedProcessSiteAndOccurrenceAlone) {
  const std::string text = "io_error * at=* p=0.3 always";
  const auto base = Struck(Make(text, {1, "writer:1"}), 200);
  EXPECT_EQ(Struck(Make(text, {1, "writer:1"}), 200), base);
  EXPECT_NE(Struck(Make(text, {2, "writer:1"}), 200), base);
  EXPECT_NE(Struck(Make(text, {1, "writer:2"}), 200), base);
  EXPECT_NE(Struck(Make(text, {1, "writer:1"}), 200, "a.c"), base);
  // Calls of another site in between change nothing.
  Trigger mixed = Make(text, {1, "writer:1"});
  std::vector<int> struck;
  for (int i = 1; i <= 200; ++i) {
    (void)mixed.Count("other", "");
    if (mixed.Count("a.b", "") != 0) struck.push_back(i);
  }
  EXPECT_EQ(struck, base);
}

TEST(Trigger, ChanceIsAsOftenAsItSays) {
  EXPECT_EQ(Struck(Make("io_error * at=* p=0 always"), 1000).size(), 0u);
  EXPECT_EQ(Struck(Make("io_error * at=* p=1 always"), 1000).size(), 1000u);
  // Always the same numbers, so this cannot fail by chance; four deviations of the mean are 1,100.
  const size_t struck = Struck(Make("io_error * at=* p=0.25 always", {7, "w"}), 100'000).size();
  EXPECT_NEAR(static_cast<double>(struck), 25'000, 550);
  EXPECT_EQ(Struck(Make("io_error * at=* p=0.25 once", {7, "w"}), 1000).size(), 1u);
}

}  // namespace
}  // namespace faults
