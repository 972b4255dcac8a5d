// An actor that does what no program may do loses its locks, and the cell says so: in the op in
// which it did, with the call; in every journal mode, of the database and of -shm; and without the
// call where nothing of the program's saw it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "harness/oracle/locks_kept.h"
#include "scenarios/catalogue.h"
#include "scenarios/steps.h"

namespace scenarios {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

void LoseALock(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& other = stage.StartWriter("writer:2");
  const auto exec = [&](const char* sql) { writer.Do("exec", Value::MakeObject({{"sql", sql}})); };
  exec("BEGIN IMMEDIATE");
  writer.Do("open_close_file", Value::MakeObject({{"path", stage.Db() + stage.Axis("file")},
                                                  {"raw", stage.Axis("call") == "raw"}}));
  exec("ROLLBACK");
  Commit(other, 2, 1);
}

const Card kLoser{.name = "test/lose_a_lock",
                  .claims = {"LOCKS-KEPT"},
                  .situation = "a writer opens and closes a file of the database",
                  .expectation = "found",
                  .axes = {Journals(), {"file", {"", "-shm"}}, {"call", {"close", "raw"}}},
                  .roles = {{"writer:1", "loses"}},
                  .faults = {"none"},
                  .oracles = {{{"locks_kept", harness::CheckLocksKept}, "LOCKS-KEPT"}},
                  .evidence = "a loss",
                  .limits = "a test",
                  .run = LoseALock};

struct Loss {
  const char* journal;
  const char* file;
  const char* call;
};
void PrintTo(const Loss& loss, std::ostream* out) {
  *out << loss.journal << loss.file << " " << loss.call;
}

class LockLoss : public testing::TestWithParam<Loss> {};

TEST_P(LockLoss, IsFoundInItsStep) {
  const auto& [journal, file, call] = GetParam();
  harness::Environment environment{
      .actor = ACTOR_PROGRAM, .tools = TOOLS_FOLDER, .subject = {}, .sqlite = {}};
  const std::string folder = fs::current_path().string() + "/lock-loss-" + std::to_string(getpid());
  environment.sqlite =
      std::move(harness::ProbeSqlite(environment.actor, "", folder + "/cache")).value();
  const harness::Cell cell{
      &kLoser, {{"journal", journal}, {"file", file}, {"call", call}}, "any", 1};
  harness::Guardian no_guardian;  // never started: a test that is killed takes its actors along
  const harness::CellResult result = harness::RunCell(
      cell, environment, TheCatalogue(), {}, {folder, folder + "/scratch", false}, "", no_guardian);
  fs::remove_all(folder);
  EXPECT_EQ(result.verdict, harness::CellVerdict::kBroken) << result.reason;
  EXPECT_THAT(result.reason, testing::StartsWith("writer:1 lost a "));
  EXPECT_THAT(result.reason, HasSubstr(std::string("lock on app.db") + file + ", bytes "));
  EXPECT_THAT(result.reason, HasSubstr(" (open_close_file)"));
  if (std::string(call) == "close") {
    EXPECT_THAT(result.reason, HasSubstr(" in op #"));
    EXPECT_THAT(result.reason, HasSubstr(", by close("));
    EXPECT_THAT(result.reason, HasSubstr("called from honker-actor+0x"));
    EXPECT_THAT(result.reason, HasSubstr("in thread honker-actor"));
  } else {
    EXPECT_THAT(result.reason, Not(HasSubstr(", by ")));
  }
}

INSTANTIATE_TEST_SUITE_P(Each, LockLoss,
                         testing::Values(Loss{"delete", "", "close"}, Loss{"delete", "", "raw"},
                                         Loss{"truncate", "", "close"}, Loss{"truncate", "", "raw"},
                                         Loss{"persist", "", "close"}, Loss{"persist", "", "raw"},
                                         Loss{"wal", "", "close"}, Loss{"wal", "", "raw"},
                                         Loss{"wal", "-shm", "close"}, Loss{"wal", "-shm", "raw"}),
                         [](const auto& info) {
                           return std::string(info.param.journal) +
                                  (*info.param.file ? "_shm_" : "_db_") + info.param.call;
                         });

}  // namespace
}  // namespace scenarios
