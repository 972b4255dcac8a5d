// honker_ack_batch, honker_retry, honker_fail and honker_heartbeat, rule by rule. The clock stands
// still.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/testing/fixed_clock.h"
#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::AskWithText;
using testing::Database;
using testing::FixedClockVfs;
using ::testing::HasSubstr;
using testing::Scratch;
using namespace std::string_literals;

class Completion : public ::testing::Test {
 protected:
  // Jobs 1 to 3 are held by w, 4 by another, 5 was held by w until a second ago, 6 is pending.
  Completion() {
    db_.Run(
        "SELECT honker_bootstrap(); INSERT INTO _honker_live (id, queue, payload, state, priority, "
        "run_at, worker_id, claim_expires_at, attempts, max_attempts, created_at) VALUES "
        "(1, 'q', 'one', 'processing', 7, 100, 'w', unixepoch() + 60, 1, 3, 90), "
        "(2, 'q', 'two', 'processing', 7, 100, 'w', unixepoch() + 60, 3, 3, 90), "
        "(3, 'q', 'three', 'processing', 7, 100, 'w', unixepoch() + 60, 1, 3, 90), "
        "(4, 'q', 'four', 'processing', 7, 100, 'other', unixepoch() + 60, 1, 3, 90), "
        "(5, 'q', 'five', 'processing', 7, 100, 'w', unixepoch() - 1, 1, 3, 90), "
        "(6, 'q', 'six', 'pending', 7, 100, NULL, NULL, 0, 3, 90)");
  }

  std::string Ids() { return db_.Ask("SELECT group_concat(id, ' ') FROM _honker_live"); }
  std::string Live() { return db_.Ask("SELECT * FROM _honker_live ORDER BY id"); }
  std::string Dead() {
    return db_.Ask(
        "SELECT id, queue, payload, priority, run_at, attempts, max_attempts, last_error, "
        "created_at, died_at - unixepoch() FROM _honker_dead");
  }
  // The call answers 0 for whoever does not hold the job, and changes nothing. "%" is the id, "@"
  // the worker.
  void IsForTheValidHolderOnly(const std::string& call) {
    struct {
      const char* id;
      const char* worker;
      const char* why;
    } const cases[] = {{"4", "w", "another's"},    {"1", "W", "names are exact"},
                       {"5", "w", "late"},         {"5", "other", "nobody's"},
                       {"6", "w", "pending"},      {"7", "w", "unknown"},
                       {"-1", "w", "unknown"},     {"1", "", "the empty name"},
                       {"6", "", "nobody's name"}, {"9223372036854775807", "w", "unknown"}};
    const std::string before = Live();
    for (const auto& [id, worker, why] : cases) {
      std::string sql = "SELECT " + call;
      sql.replace(sql.find('%'), 1, id);
      sql.replace(sql.find('@'), 1, worker);
      EXPECT_EQ(db_.Ask(sql), "0") << sql << ": " << why;
    }
    EXPECT_EQ(Live(), before);
    EXPECT_EQ(Dead(), "");
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db"), Database::kLoaded, Database::kReadWrite, FixedClockVfs()};
};

TEST_F(Completion, AckBatchAcksItsOwnAndSkipsTheRest) {
  IsForTheValidHolderOnly("honker_ack_batch('[%]', '@')");
  EXPECT_EQ(db_.Ask("SELECT honker_ack_batch(' [4, 1, 5,\n77, 3, 1, 6] ', 'w')"), "2");
  EXPECT_EQ(Ids(), "2 4 5 6");
  EXPECT_EQ(db_.Ask("SELECT honker_ack_batch('[1, 2]', 'w')"), "1");
  EXPECT_EQ(db_.Ask("SELECT honker_ack_batch('[]', 'w')"), "0");
}

TEST_F(Completion, AckBatchRefusesWhatIsNoArrayOfIntegersAndDeletesNothing) {
  for (const char* ids : {"", "1", "{}", "null", "[1,", "[1] 2", "[1,2.0]", "[1,\"2\"]", "[1,null]",
                          "[1,[2]]", "[1,9223372036854775808]", "[1,02]"}) {
    const std::string problem = db_.Try("SELECT honker_ack_batch('" + std::string(ids) + "', 'w')");
    EXPECT_EQ(problem.rfind("honker_ack_batch: argument 1 (ids_json) must be a JSON array of "
                            "integers: ",
                            0),
              0U)
        << ids << ": " << problem;
  }
  EXPECT_THAT(AskWithText(db_.db(), "SELECT honker_ack_batch(?1, 'w')", {"[1]\0"s}),
              HasSubstr("byte 4"));
  EXPECT_EQ(Ids(), "1 2 3 4 5 6");
}

TEST_F(Completion, AckBatchTakesManyIds) {
  db_.Run(
      "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 5999) "
      "INSERT INTO _honker_live (id, queue, payload, state, worker_id, claim_expires_at) "
      "SELECT i, 'q', 'p', 'processing', 'w', unixepoch() + 60 FROM n");
  EXPECT_EQ(
      db_.Ask("SELECT honker_ack_batch((SELECT json_group_array(id) FROM _honker_live), 'w')"),
      "5003");
  EXPECT_EQ(Ids(), "4 5 6");
}

TEST_F(Completion, RetryGivesTheJobBack) {
  IsForTheValidHolderOnly("honker_retry(%, '@', 30, 'e')");
  EXPECT_EQ(db_.Ask("SELECT honker_retry(1, 'w', 30, 'again')"), "1");
  EXPECT_EQ(db_.Ask("SELECT payload, state, priority, run_at - unixepoch(), worker_id, "
                    "claim_expires_at, attempts, max_attempts, created_at, expires_at "
                    "FROM _honker_live WHERE id = 1"),
            "one|pending|7|30|NULL|NULL|1|3|90|NULL");
  EXPECT_EQ(db_.Ask("SELECT honker_retry(1, 'w', 0, 'twice')"), "0");
  EXPECT_EQ(db_.Ask("SELECT honker_retry(3, 'w', -5, 'at once')"), "1");
  EXPECT_EQ(db_.Ask("SELECT run_at - unixepoch() FROM _honker_live WHERE id = 3"), "-5");
  EXPECT_EQ(Dead(), "");
}

TEST_F(Completion, RetryAfterTheLastAttemptIsADeath) {
  db_.Run("INSERT INTO _honker_dead (id, queue, payload) VALUES (2, 'q', 'put back once')");
  EXPECT_EQ(db_.Ask("SELECT honker_retry(2, 'w', 30, 'it broke')"), "1");
  EXPECT_EQ(Ids(), "1 3 4 5 6");
  EXPECT_EQ(Dead(), "2|q|two|7|100|3|3|it broke|90|0");
}

TEST_F(Completion, FailIsADeathWhateverTheAttempts) {
  IsForTheValidHolderOnly("honker_fail(%, '@', 'e')");
  db_.Run("INSERT INTO _honker_dead (id, queue, payload) VALUES (1, 'q', 'put back once')");
  EXPECT_EQ(db_.Ask("SELECT honker_fail(1, 'w', '')"), "1");
  EXPECT_EQ(db_.Ask("SELECT honker_fail(1, 'w', 'twice')"), "0");
  EXPECT_EQ(db_.Ask("SELECT honker_fail(2, 'w', 'no')"), "1");
  EXPECT_EQ(Ids(), "3 4 5 6");
  EXPECT_EQ(Dead(), "1|q|one|7|100|1|3||90|0\n2|q|two|7|100|3|3|no|90|0");
}

TEST_F(Completion, HeartbeatMovesTheEndOfTheClaim) {
  IsForTheValidHolderOnly("honker_heartbeat(%, '@', 30)");
  EXPECT_EQ(db_.Ask("SELECT honker_heartbeat(1, 'w', 500)"), "1");
  EXPECT_EQ(db_.Ask("SELECT state, worker_id, attempts, claim_expires_at - unixepoch() "
                    "FROM _honker_live WHERE id = 1"),
            "processing|w|1|500");
  EXPECT_EQ(db_.Ask("SELECT honker_heartbeat(1, 'w', 5)"), "1");
  EXPECT_EQ(db_.Ask("SELECT claim_expires_at - unixepoch() FROM _honker_live WHERE id = 1"), "5");
}

TEST_F(Completion, AClaimIsValidInItsLastSecond) {
  for (const char* call : {"honker_ack_batch('[1]', 'w')", "honker_retry(1, 'w', 0, 'e')",
                           "honker_fail(1, 'w', 'e')", "honker_heartbeat(1, 'w', 9)"}) {
    for (const int late_s : {0, 1}) {
      db_.Run("BEGIN; UPDATE _honker_live SET claim_expires_at = unixepoch() - " +
              std::to_string(late_s));
      EXPECT_EQ(db_.AskInt("SELECT " + std::string(call)), 1 - late_s) << call;
      db_.Run("ROLLBACK");
    }
  }
}

TEST_F(Completion, MomentsOutside64BitsNameTheArgument) {
  const std::string before = Live();
  for (const char* id : {"1", "2", "77"}) {
    EXPECT_THAT(
        db_.Try("SELECT honker_retry(" + std::string(id) + ", 'w', 9223372036854775807, 'e')"),
        HasSubstr("honker_retry: argument 3 (delay_s) is out of range"));
    EXPECT_THAT(
        db_.Try("SELECT honker_heartbeat(" + std::string(id) + ", 'w', 9223372036854775807)"),
        HasSubstr("honker_heartbeat: argument 3 (extend_s) is out of range"));
  }
  EXPECT_EQ(Live(), before);
}

// Whatever it holds, the holder can get rid of it.
TEST_F(Completion, UnreadablePayloadsAreMovedAsTheyAre) {
  db_.Run("UPDATE _honker_live SET payload = x'ff00'");
  EXPECT_EQ(db_.Ask("SELECT honker_retry(1, 'w', 0, 'e'), honker_retry(2, 'w', 0, 'e'), "
                    "honker_fail(3, 'w', 'e')"),
            "1|1|1");
  EXPECT_EQ(db_.Ask("SELECT group_concat(id || typeof(payload) || hex(payload)) FROM _honker_dead"),
            "2blobFF00,3blobFF00");
}

TEST_F(Completion, AnyTextSurvivesAsWorkerAndError) {
  for (const std::string& text : {""s, "a\0b\0"s, "\"\\/'\n\x01\x7f"s, "ö€😀"s}) {
    db_.Run("DELETE FROM _honker_live; DELETE FROM _honker_dead");
    for (int i = 0; i < 2; ++i) {
      (void)AskWithText(db_.db(),
                        "INSERT INTO _honker_live (queue, payload, state, worker_id, "
                        "claim_expires_at) VALUES ('q', 'p', 'processing', ?1, unixepoch() + 9)",
                        {text});
    }
    const std::string ids = db_.Ask("SELECT min(id) FROM _honker_live");
    EXPECT_EQ(AskWithText(db_.db(), "SELECT honker_heartbeat(" + ids + ", ?1, 5)", {text}), "1");
    EXPECT_EQ(AskWithText(db_.db(), "SELECT honker_fail(" + ids + ", ?1, ?1)", {text}), "1");
    EXPECT_EQ(AskWithText(db_.db(), "SELECT last_error = ?1 FROM _honker_dead", {text}), "1");
    EXPECT_EQ(AskWithText(db_.db(),
                          "SELECT honker_ack_batch((SELECT json_group_array(id) FROM "
                          "_honker_live), ?1)",
                          {text}),
              "1");
  }
}

TEST_F(Completion, LastInsertRowidIsTheApplications) {
  db_.Run("CREATE TABLE orders(id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (42)");
  EXPECT_EQ(db_.Ask("SELECT honker_fail(1, 'w', 'e'), honker_retry(2, 'w', 0, 'e')"), "1|1");
  EXPECT_EQ(db_.Ask("SELECT last_insert_rowid()"), "42");
}

}  // namespace
}  // namespace honker
