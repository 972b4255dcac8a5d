// The canaries: each watcher or queue that is broken on purpose must be caught, by the oracle that
// is meant to catch it; and the same cells are kept when no bug is switched on. A harness that
// passes what is broken is worse than none.
#include <gtest/gtest.h>

#include "scenarios/harness_program.h"

namespace scenarios {
namespace {

struct PlantedBug {
  const char* name;  // of the site mutant/<name> in core/
  std::vector<std::string> cells;
  const char* claim;
  const char* oracle;
};

const PlantedBug kBugs[] = {
    {"miss_wake",
     {"wake/every_commit_is_seen", "--backend", "polling", "--journal", "wal", "--axis",
      "sync=normal", "--axis", "pace=spaced"},
     "WAKE-SEEN",
     "wake_seen"},
    {"wake_on_rollback",
     {"wake/rollback_is_silent", "--backend", "polling", "--journal", "wal", "--axis",
      "rollback=spilled"},
     "WAKE-ROLLBACK",
     "wake_silence"},
    {"never_die",
     {"swap/replaced_file_kills", "--backend", "polling", "--journal", "delete", "--axis",
      "by=rename_over", "--axis", "sidecars=remove", "--axis", "holder=yes"},
     "SWAP-DEATH",
     "swap_death"},
    {"close_shm",
     {"wake/watching_is_harmless", "--backend", "shm", "--journal", "wal"},
     "WAKE-HARMLESS",
     "no_harm"},
    {"double_wake",
     {"wake/one_wake_per_commit", "--backend", "polling", "--journal", "wal"},
     "WAKE-ONCE",
     "wake_once"},
    {"late_baseline",
     {"wake/baseline_is_taken", "--backend", "polling", "--journal", "wal"},
     "WAKE-BASELINE",
     "wake_seen"},
    {"change_alone",
     {"wake/wal_index_rebuilt", "--backend", "shm", "--axis", "how=torn"},
     "WAKE-EPOCH",
     "wake_seen"},
    {"mute_trouble",
     {"wake/errors_are_told", "--backend", "polling", "--journal", "delete", "--axis",
      "what=io_error"},
     "WAKE-ERROR",
     "trouble_told"},
    {"trust_seen_counter",
     {"wake/held_at_the_commit_point", "--backend", "verified", "--journal", "delete"},
     "WAKE-BUSY",
     "wake_seen"},
    {"look_once",
     {"wake/held_before_visible", "--backend", "verified", "--journal", "wal"},
     "WAKE-SEEN",
     "wake_seen"},
    {"double_claim",
     {"claim/exactly_once", "--backend", "polling", "--journal", "wal"},
     "CLAIM-ONE",
     "claim_one"},
    {"lose_on_claim",
     {"claim/exactly_once", "--backend", "polling", "--journal", "wal"},
     "CLAIM-NONE-LOST",
     "claim_none_lost"},
    {"sort_on_claim",
     {"claim/flat", "--axis", "rows=due", "--axis", "number=10000"},
     "CLAIM-FLAT",
     "flat_work"},
    {"next_claim_future_only", {"claim/due_between_calls"}, "CLAIM-WAKE", "due_is_told"},
    {"tick_in_steps", {"sched/each_boundary_once", "--journal", "wal"}, "SCHED-ONCE", "fired_once"},
    {"any_zone", {"sched/one_zone", "--axis", "other=ticks"}, "SCHED-ZONE", "rule_kept"},
    {"unfinished_insert",
     {"claim/wal_bounded", "--axis", "work=notify", "--axis", "stepped=once", "--axis",
      "calls=2000"},
     "WAL-BOUNDED",
     "wal_bounded"},
    {"bootstrap_says_one",
     {"open/clear_error", "--axis", "place=write_locked.loading", "--journal", "wal"},
     "OPEN-CLEAR",
     "clear_error"},
    {"pause_on_migrate",
     {"open/migrate", "--axis", "layout=no_pause", "--axis", "processes=2", "--journal", "wal"},
     "OPEN-MIGRATE",
     "rule_kept"},
    {"renew_expired", {"shared/lock_one", "--journal", "wal"}, "LOCK-ONE", "lock_one"},
    {"sweep_active", {"shared/limit_count", "--journal", "wal"}, "LIMIT-COUNT", "limit_count"},
    {"result_after_ttl", {"shared/result_ttl", "--journal", "wal"}, "RESULT-TTL", "result_ttl"},
    {"first_offset_stays",
     {"stream/readers_miss_nothing", "--journal", "wal"},
     "STREAM-OFFSET",
     "offset_kept"},
    {"offset_from_block",
     {"stream/readers_miss_nothing", "--journal", "wal"},
     "STREAM-ORDER",
     "stream_order"},
};

void PrintTo(const PlantedBug& bug, std::ostream* out) { *out << bug.name; }

class PlantedBugs : public testing::TestWithParam<PlantedBug> {};

TEST_P(PlantedBugs, AreCaughtAndOnlyThen) {
  const PlantedBug& bug = GetParam();
  HarnessProgram program;
  std::vector<std::string> words{"run"};
  words.insert(words.end(), bug.cells.begin(), bug.cells.end());
  words.insert(words.end(), {"--subject", MUTANT_LIBRARY, "--seed", "5"});

  const ProgramResult sound = program.Run(words);
  EXPECT_EQ(sound.exit_code, 0) << "without the bug:\n" << sound.output << sound.errors;

  const ProgramResult broken = program.Run(words, {{"HONKER_MUTANT", bug.name}});
  EXPECT_EQ(broken.exit_code, 1) << "with the bug:\n" << broken.output << broken.errors;
  bool caught = false;
  const harness::Value atlas = program.Atlas();
  for (const harness::Value& cell : atlas["cells"].items()) {
    for (const harness::Value& j : cell["judgements"].items()) {
      caught |= j["claim"].Text() == bug.claim && j["verdict"].Text() == "broken" &&
                j["oracle"].Text().find(bug.oracle) != std::string::npos &&
                !j["proof"].items().empty();
    }
  }
  EXPECT_TRUE(caught) << bug.oracle << " has no proof:\n" << broken.output;
}

// The points inside the library (core/sites.def) are worth their name only where a bug that lives
// between two of them shows.
TEST(KilledAtASite, HalfATickIsCaughtAndAWholeOneKept) {
  HarnessProgram program;
  const std::vector<std::string> words = {"run",       "fault/killed_at_a_site",
                                          "--axis",    "site=tick.enqueued",
                                          "--journal", "wal",
                                          "--subject", MUTANT_LIBRARY,
                                          "--seed",    "5"};
  const ProgramResult sound = program.Run(words);
  EXPECT_EQ(sound.exit_code, 0) << sound.output << sound.errors;
  const ProgramResult broken = program.Run(words, {{"HONKER_MUTANT", "tick_in_steps"}});
  EXPECT_EQ(broken.exit_code, 1) << broken.output << broken.errors;
  EXPECT_NE(broken.output.find("SCHED-ONCE: "), std::string::npos) << broken.output;
}

TEST(KilledAtASite, EachPointOfAFunctionIsReached) {
  HarnessProgram program;
  std::vector<std::string> words = {
      "run", "fault/killed_at_a_site", "--journal", "delete,wal", "--subject", MUTANT_LIBRARY};
  for (const char* site : {"claim.selected", "claim.marked", "claim.committed", "tick.enqueued",
                           "tick.committed", "publish.committed"}) {
    words.insert(words.end(), {"--axis", std::string("site=") + site});
  }
  const ProgramResult run = program.Run(words);
  EXPECT_EQ(run.exit_code, 0) << run.output << run.errors;
  EXPECT_NE(run.output.find("12 cells: 12 kept"), std::string::npos) << run.output;
}

TEST(KilledAtASite, IsAbsentWhereTheSubjectHasNoPoints) {
  HarnessProgram program;
  const ProgramResult run =
      program.Run({"run", "fault/killed_at_a_site", "--axis", "site=claim.marked"});
  EXPECT_EQ(run.exit_code, 2) << run.output << run.errors;
  EXPECT_NE(run.output.find("2 cells: 2 absent"), std::string::npos) << run.output;
  const std::string reason =
      program.Atlas()["cells"].items().front()["judgements"].items().front()["reason"].Text();
  EXPECT_NE(reason.find("claim.marked"), std::string::npos) << reason;
}

INSTANTIATE_TEST_SUITE_P(Each, PlantedBugs, testing::ValuesIn(kBugs),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace scenarios
