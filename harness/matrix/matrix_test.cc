#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/matrix/claim.h"
#include "harness/matrix/expected.h"
#include "harness/matrix/selection.h"
#include "harness/matrix/verdict.h"

namespace harness {
namespace {

const Card kCard{.name = "wake/one",
                 .claims = {"WAKE-SEEN"},
                 .situation = "s",
                 .expectation = "e",
                 .axes = {Backends(), Journals(), SyncLevels()},
                 .roles = {{"writer:1", "writes"}},
                 .faults = {"none"},
                 .oracles = {},
                 .evidence = "e",
                 .limits = "l"};
const Card kOther{.name = "swap/two",
                  .claims = {"SWAP-DEATH"},
                  .situation = "s",
                  .expectation = "e",
                  .axes = {Backends({"kernel"})},
                  .roles = {{"writer:1", "writes"}},
                  .faults = {"none"},
                  .oracles = {},
                  .evidence = "e",
                  .limits = "l"};
const std::vector<const Card*> kCards{&kCard, &kOther};

size_t Count(const Selection& selection) {
  const auto cells = Select(kCards, selection);
  EXPECT_TRUE(cells.ok()) << (cells.ok() ? "" : cells.error());
  return cells.ok() ? cells.value().size() : 0;
}

TEST(Selection, TakesTheProductOfTheAxes) { EXPECT_EQ(Count({}), 3U * 4 * 3 + 1); }

TEST(Selection, QuickTakesOneSynchronousLevel) {
  Selection quick;
  quick.quick = true;
  EXPECT_EQ(Count(quick), 3U * 4 + 1);
  quick.axes["sync"] = {"full", "off"};
  EXPECT_EQ(Count(quick), 3U * 4 * 2 + 1) << "what is asked for outweighs quick";
}

TEST(Selection, FullTakesWhatNoOtherRunDoes) {
  Card card = kOther;
  card.axes.push_back({.name = "rows", .values = {"10"}, .full = {"1000", "100000"}});
  Card slow = kOther;
  slow.name = "swap/slow";
  slow.axes.push_back({.name = "tool", .values = {}, .full = {"litestream"}});
  const std::vector<const Card*> cards{&card, &slow};
  const auto count = [&](const Selection& selection) {
    return Select(cards, selection).value().size();
  };
  Selection selection;
  EXPECT_EQ(count(selection), 1U) << "neither the long values nor a card that has no others";
  selection.axes["rows"] = {"1000"};
  EXPECT_EQ(count(selection), 1U) << "what is asked for is taken all the same";
  selection.axes.clear();
  selection.full = true;
  EXPECT_EQ(count(selection), 3U + 1);
}

TEST(Selection, AnOpenAxisTakesAnyValueThatIsNamed) {
  Card card = kOther;
  card.axes.push_back({.name = "nth", .values = {"all"}, .open = true});
  const std::vector<const Card*> cards{&card};
  Selection selection;
  EXPECT_EQ(Select(cards, selection).value()[0].Get("nth"), "all");
  selection.axes["nth"] = {"17"};
  const std::vector<Cell> cells = Select(cards, selection).value();
  ASSERT_EQ(cells.size(), 1U);
  EXPECT_EQ(cells[0].Get("nth"), "17");
}

TEST(Selection, FiltersByScenarioGroupAndClaim) {
  for (const char* filter : {"swap/two", "swap", "swap/*", "SWAP-DEATH"}) {
    Selection s;
    s.filters = {filter};
    EXPECT_EQ(Count(s), 1U) << filter;
  }
}

TEST(Selection, NamesTheNearestForWhatIsUnknown) {
  Selection scenario;
  scenario.filters = {"wake/onne"};
  Selection value;
  value.axes["backend"] = {"pollling"};
  Selection axis;
  axis.axes["snyc"] = {"off"};
  for (const auto& [selection, nearest] :
       {std::pair{scenario, "wake/one"}, {value, "polling"}, {axis, "sync"}}) {
    const auto cells = Select(kCards, selection);
    ASSERT_FALSE(cells.ok());
    EXPECT_NE(cells.error().find(nearest), std::string::npos) << cells.error();
  }
}

TEST(Selection, ShardsCoverEverythingOnce) {
  size_t sum = 0;
  for (int i = 1; i <= 5; ++i) {
    Selection s;
    s.shard = i;
    s.shards = 5;
    sum += Count(s);
  }
  EXPECT_EQ(sum, Count({}));
}

TEST(Selection, RepeatsTakeSeedsOfTheirOwn) {
  Selection s;
  s.filters = {"swap"};
  s.repeat = 3;
  s.seed = 70;
  const auto cells = Select(kCards, s);
  ASSERT_EQ(cells.value().size(), 3U);
  EXPECT_EQ(cells.value()[2].seed, 72U);
  EXPECT_NE(cells.value()[0].RandomSeed(), cells.value()[2].RandomSeed());
}

TEST(Selection, ABackendThatTheSubjectOffersJoinsCardsThatTakeAll) {
  Selection s;
  s.more_backends = {"verified"};
  s.axes["backend"] = {"verified"};
  s.axes["sync"] = {"off"};
  EXPECT_EQ(Count(s), 4U) << "the card that picks kernel alone stays as it is";
}

TEST(Selection, ABackendThatACardPicksIsLeftOutWhereTheSubjectLacksIt) {
  Card picks = kOther;
  picks.axes = {Backends({"kernel", "verified"})};
  const std::vector<const Card*> cards{&picks};
  Selection s;
  EXPECT_EQ(Select(cards, s).value().size(), 1U);
  s.more_backends = {"verified"};
  EXPECT_EQ(Select(cards, s).value().size(), 2U);
}

TEST(Selection, AFileSystemThatIsAskedForIsAnAxisOfEveryCard) {
  Card own = kOther;
  own.name = "fs/own";
  own.axes.push_back({.name = "fs", .values = {"btrfs", "tmpfs"}});
  const std::vector<const Card*> cards{&kOther, &own};
  Selection s;
  EXPECT_EQ(Select(cards, s).value().size(), 1U + 2);
  EXPECT_EQ(Select(cards, s).value()[0].Get("fs"), "");
  s.axes["fs"] = {"xfs", "tmpfs"};
  const auto cells = Select(cards, s);
  ASSERT_EQ(cells.value().size(), 2U + 1) << "a card that has it takes those that it has";
  EXPECT_EQ(cells.value()[0].Place(), "swap/two backend=kernel fs=xfs");
  EXPECT_EQ(cells.value()[2].Get("fs"), "tmpfs");
  s.axes["fs"] = {"btfrs"};
  EXPECT_NE(Select(cards, s).error().find("the nearest is \"btrfs\""), std::string::npos);
}

TEST(Cell, NameIsOneLineAndFolderHasNoSlash) {
  const Cell cell{&kCard, {{"backend", "kernel"}, {"journal", "wal"}}, "3.40.1", 71};
  EXPECT_EQ(cell.Name(), "wake/one backend=kernel journal=wal sqlite=3.40.1 seed=71");
  EXPECT_EQ(cell.Folder().find('/'), std::string::npos);
  EXPECT_EQ(cell.Get("nothing"), "");
}

TEST(Promise, ShmOutsideWalIsARefusalWhateverTheClaim) {
  const Claim claim{"X", ClaimKind::kDoc, "polling", "all", "t"};
  const auto at = [](const char* backend, const char* journal) {
    return Cell{&kCard, {{"backend", backend}, {"journal", journal}}, "", 1};
  };
  EXPECT_EQ(PromiseFor(claim, at("shm", "delete")), Promise::kRefusal);
  EXPECT_EQ(PromiseFor(claim, at("shm", "wal")), Promise::kNotDocumented);
  const Claim refuse{kRefusalClaim, ClaimKind::kDoc, "all", "all", "t"};
  EXPECT_EQ(PromiseFor(refuse, at("shm", "delete")), Promise::kMade) << "this is the promise";
  EXPECT_EQ(PromiseFor(claim, at("polling", "wal")), Promise::kMade);
}

TEST(Verdicts, FailOutweighsUnknownOutweighsPass) {
  using enum CellVerdict;
  EXPECT_EQ(Fold(Outcome::kFail, Promise::kMade), kBroken);
  EXPECT_EQ(Fold(Outcome::kUnknown, Promise::kMade), kUnknown);
  EXPECT_EQ(Fold(Outcome::kPass, Promise::kMade), kKept);
  EXPECT_EQ(Fold(Outcome::kFail, Promise::kNotDocumented), kCounted);
  EXPECT_EQ(Fold(Outcome::kPass, Promise::kRefusal), kCounted) << "never kept: it had to decline";
  EXPECT_EQ(Stronger(kKept, kBroken), kBroken);
  EXPECT_EQ(Stronger(kUnknown, kKept), kUnknown);
  EXPECT_EQ(Stronger(kBroken, kError), kError);
  EXPECT_EQ(Stronger(kCounted, kKept), kKept);
}

TEST(Expected, TheFirstEntryThatTellsOfTheVerdictOrElseTheFirst) {
  const Cell cell{&kCard, {{"backend", "kernel"}, {"journal", "wal"}}, "", 1};
  const auto entry = [](const char* place, CellVerdict verdict) {
    return Divergence{place, "A", verdict, When::kSometimes, "truth", "reason"};
  };
  const std::vector<Divergence> list{entry("wake/* backend=kernel", CellVerdict::kBroken),
                                     entry("wake/one", CellVerdict::kUnknown),
                                     entry("wake/one backend=shm", CellVerdict::kError)};
  EXPECT_EQ(FindDivergence(list, cell, "A", CellVerdict::kBroken), &list[0]);
  EXPECT_EQ(FindDivergence(list, cell, "A", CellVerdict::kUnknown), &list[1]);
  EXPECT_EQ(FindDivergence(list, cell, "A", CellVerdict::kError), &list[0]) << "another backend's";
  EXPECT_EQ(FindDivergence(list, cell, "A", CellVerdict::kKept), &list[0]);
  EXPECT_EQ(FindDivergence(list, cell, "B", CellVerdict::kBroken), nullptr);
}

TEST(Verdicts, NamesRoundTrip) {
  for (const char* name :
       {"kept", "broken", "unknown", "error", "refused", "absent", "skipped", "counted"}) {
    const auto verdict = ParseCellVerdict(name);
    ASSERT_TRUE(verdict.ok());
    EXPECT_EQ(ToString(verdict.value()), name);
  }
  EXPECT_FALSE(ParseCellVerdict("fine").ok());
}

TEST(Expected, MatchesScenarioGroupAndAxes) {
  const Cell cell{&kCard, {{"backend", "kernel"}, {"journal", "wal"}}, "", 1};
  EXPECT_TRUE(Matches("wake/one", cell));
  EXPECT_TRUE(Matches("wake/* backend=kernel", cell));
  EXPECT_FALSE(Matches("wake/one backend=shm", cell));
  EXPECT_FALSE(Matches("wake/on", cell));
  EXPECT_FALSE(Matches("wake/one sync=off", cell)) << "an axis that the cell lacks does not match";
}

TEST(Expected, FileErrorsNameTheEntry) {
  const std::string path = testing::TempDir() + "/expect.json";
  const auto read = [&](const std::string& text) {
    std::ofstream(path) << text;
    return ReadExpectations(path);
  };
  const std::string good =
      R"({"cell":"wake/one","claim":"WAKE-SEEN","verdict":"broken","when":"always","truth":"t","reason":"r"})";
  ASSERT_TRUE(read("[" + good + "]").ok());
  EXPECT_FALSE(read("{}").ok());
  EXPECT_FALSE(read("not json").ok());
  EXPECT_FALSE(ReadExpectations(path + ".missing").ok());
  const auto bad = read("[" + good + R"(,{"cell":"x","verdict":"fine"}])");
  ASSERT_FALSE(bad.ok());
  EXPECT_NE(bad.error().find("entry 2"), std::string::npos) << bad.error();
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace harness
