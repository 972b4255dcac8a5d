#include "harness/report/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/exit_codes.h"
#include "harness/oracle/history_builder.h"
#include "harness/report/atlas.h"

namespace harness {
namespace {

using testing::HasSubstr;
using testing::Not;

Card kCard{.name = "wake/one",
           .claims = {"WAKE-SEEN"},
           .situation = "s",
           .expectation = "e",
           .axes = {},
           .roles = {},
           .faults = {},
           .oracles = {},
           .evidence = "e",
           .limits = "l"};

CellResult Kept(int64_t wakes) {
  CellResult result{.cell = {&kCard, {{"backend", "polling"}, {"journal", "wal"}}, "", 1},
                    .verdict = CellVerdict::kKept,
                    .as_expected = true};
  Judgement j{
      .claim = "WAKE-SEEN", .oracle = "wake_seen", .verdict = CellVerdict::kKept, .detail = {}};
  j.as_expected = true;
  j.detail.figures = Obj({{"judged", 10}, {"lost", 0}, {"wakes", wakes}, {"spurious", 2}});
  result.judgements.push_back(j);
  return result;
}

TEST(Tables, ASquareSaysHowManyWakesThereWere) {
  const Value atlas = AtlasJson(Obj(), {Kept(12), Kept(13)}, true);
  EXPECT_THAT(AtlasMarkdown(atlas), HasSubstr("kept 2 lost 0/20 wakes 25 spurious 4"));
  EXPECT_THAT(AtlasMarkdown(atlas), Not(HasSubstr("Interrupted")));
}

TEST(Tables, ASquareSaysTheLargestGrowthAndTheLargestWal) {
  CellResult flat = Kept(0);
  flat.judgements[0].detail.figures = Obj({{"steps_growth", 1.0}, {"pages_growth", 2.25}});
  CellResult steep = flat;
  steep.judgements[0].detail.figures = Obj({{"steps_growth", 90.5}, {"pages_growth", 1.0}});
  EXPECT_THAT(AtlasMarkdown(AtlasJson(Obj(), {flat, steep, flat}, true)),
              HasSubstr("kept 3 steps x90.5 pages x2.2 |"));
  CellResult wal = flat;
  wal.judgements[0].detail.figures = Obj({{"wal_bytes", 4'128'272}});
  EXPECT_THAT(AtlasMarkdown(AtlasJson(Obj(), {wal}, true)), HasSubstr("kept WAL to 4.1 MB |"));
}

TEST(Tables, SubjectsStandSideBySideAndTheirDifferencesAreListed) {
  const auto of = [](const std::string& subject, CellVerdict verdict, const std::string& journal) {
    CellResult result = Kept(3);
    result.cell.subject = subject;
    result.cell.axes[1].second = journal;
    result.judgements[0].verdict = verdict;
    return result;
  };
  const Value run = Obj({{"subjects", List({Obj({{"name", "old"}}), Obj({{"name", "new"}})})}});
  const std::vector<CellResult> same = {of("old", CellVerdict::kKept, "wal"),
                                        of("new", CellVerdict::kKept, "wal")};
  EXPECT_THAT(AtlasMarkdown(AtlasJson(run, same, true)), HasSubstr("They do not."));
  std::vector<CellResult> differ = same;
  differ.push_back(of("old", CellVerdict::kKept, "delete"));
  differ.push_back(of("new", CellVerdict::kBroken, "delete"));
  const std::string text = AtlasMarkdown(AtlasJson(run, differ, true));
  EXPECT_THAT(text, HasSubstr("| WAKE-SEEN | kept 2 lost 0/20 wakes 6 spurious 4 | "
                              "broken 1/2, kept 1/2 lost 0/20 wakes 6 spurious 4 |"));
  EXPECT_THAT(text, HasSubstr("| WAKE-SEEN | wake/one backend=polling journal=delete | kept | "
                              "broken |"));
  EXPECT_THAT(text, Not(HasSubstr("journal=wal | kept | kept")));
}

TEST(Atlas, OfAnInterruptedRunSaysSo) {
  const Value whole = AtlasJson(Obj(), {Kept(12)}, true);
  EXPECT_TRUE(whole["complete"].Bool(false));
  EXPECT_EQ(whole["exit_code"].Int(-1), kExitAsExpected);
  const Value cut = AtlasJson(Obj(), {Kept(12)}, false);
  EXPECT_FALSE(cut["complete"].Bool(true));
  EXPECT_EQ(cut["exit_code"].Int(-1), kExitInterrupted);
  EXPECT_THAT(AtlasMarkdown(cut), HasSubstr("Interrupted"));
}

TEST(Atlas, AnErrorThatIsListedIsNotTheHarnesss) {
  CellResult error = Kept(12);
  error.verdict = error.judgements[0].verdict = CellVerdict::kError;
  EXPECT_EQ(AtlasJson(Obj(), {error}, true)["exit_code"].Int(-1), kExitAsExpected);
  error.as_expected = error.judgements[0].as_expected = false;
  EXPECT_EQ(AtlasJson(Obj(), {error}, true)["exit_code"].Int(-1), kExitSoftware);
}

}  // namespace
}  // namespace harness
