// honker_cancel, honker_get_job and honker_sweep_expired, rule by rule.
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

class Jobs : public ::testing::Test {
 protected:
  Jobs() { db_.Run("SELECT honker_bootstrap()"); }

  // A row of queue q: state, when its claim ends and when it expires, in seconds from now.
  void Add(const std::string& payload, const std::string& state, const std::string& claim_ends,
           const std::string& expires) {
    db_.Run(
        "INSERT INTO _honker_live (queue, payload, state, worker_id, claim_expires_at, "
        "attempts, expires_at) VALUES ('q', '" +
        payload + "', '" + state + "', iif('" + state +
        "' = 'pending', NULL, 'w'), unixepoch() + " + claim_ends + ", 1, unixepoch() + " + expires +
        ")");
  }
  std::string Live() {
    return db_.Ask(
        "SELECT ifnull(group_concat(payload, ' '), '') FROM (SELECT payload FROM _honker_live "
        "ORDER BY id)");
  }
  std::string Dead() {
    return db_.Ask(
        "SELECT ifnull(group_concat(payload, ' '), '') FROM (SELECT payload FROM _honker_dead "
        "ORDER BY id)");
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db"), Database::kLoaded, Database::kReadWrite, FixedClockVfs()};
};

TEST_F(Jobs, CancelDeletesWhoeverHoldsIt) {
  Add("pending", "pending", "NULL", "NULL");
  Add("held", "processing", "60", "NULL");
  Add("lapsed", "processing", "-60", "NULL");
  Add("elsewhere", "archived", "NULL", "NULL");
  EXPECT_EQ(db_.Ask("SELECT honker_cancel(1), honker_cancel(2), honker_cancel(3)"), "1|1|1");
  EXPECT_EQ(db_.Ask("SELECT honker_cancel(1), honker_cancel(4), honker_cancel(77)"), "0|0|0");
  EXPECT_EQ(Live(), "elsewhere");
  EXPECT_EQ(db_.Ask("SELECT honker_ack(2, 'w'), honker_retry(2, 'w', 0, 'e'), "
                    "honker_fail(2, 'w', 'e'), honker_heartbeat(2, 'w', 9), "
                    "honker_ack_batch('[2]', 'w')"),
            "0|0|0|0|0");
  EXPECT_EQ(Dead(), "");
}

TEST_F(Jobs, GetJobShowsTheRow) {
  Add("p", "pending", "NULL", "NULL");
  EXPECT_EQ(db_.Ask("SELECT honker_get_job(1)"),
            db_.Ask("SELECT json_object('id', id, 'queue', queue, 'payload', payload, 'state', "
                    "state, 'priority', priority, 'run_at', run_at, 'worker_id', worker_id, "
                    "'claim_expires_at', claim_expires_at, 'attempts', attempts, 'max_attempts', "
                    "max_attempts, 'created_at', created_at, 'expires_at', expires_at) "
                    "FROM _honker_live"));
  Add("p", "processing", "60", "90");
  EXPECT_EQ(db_.Ask("SELECT v ->> 'state', v ->> 'worker_id', v ->> 'claim_expires_at' - "
                    "unixepoch(), v ->> 'expires_at' - unixepoch() FROM (SELECT "
                    "honker_get_job(2) AS v)"),
            "processing|w|60|90");
  EXPECT_EQ(db_.Ask("SELECT typeof(v), length(v) FROM (SELECT honker_get_job(3) AS v)"), "text|0");
}

TEST_F(Jobs, GetJobIsForLiveRows) {
  db_.Run("INSERT INTO _honker_dead (id, queue, payload) VALUES (1, 'q', 'p')");
  EXPECT_EQ(db_.Ask("SELECT honker_get_job(1)"), "");
}

TEST_F(Jobs, GetJobCarriesEveryText) {
  for (const std::string& text : {""s, "a\0b\0"s, "\"\\/'\n\r\t\x01\x1f\x7f"s, "ö€😀\u2028"s}) {
    const std::string id =
        AskWithText(db_.db(), "SELECT honker_enqueue(?1, ?1, NULL, NULL, 0, 3, NULL)", {text});
    (void)AskWithText(db_.db(), "SELECT honker_claim_batch(?1, ?1, 5, 60)", {text});
    const std::string job = db_.Ask("SELECT honker_get_job(" + id + ")");
    EXPECT_EQ(AskWithText(db_.db(), "SELECT json_valid(?1)", {job}), "1") << job;
    if (text.find('\0') == std::string::npos) {
      EXPECT_EQ(AskWithText(db_.db(),
                            "SELECT ?1 ->> 'payload' = ?2, ?1 ->> 'queue' = ?2, ?1 ->> 'worker_id' "
                            "= ?2",
                            {job, text}),
                "1|1|1")
          << job;
    } else {
      EXPECT_THAT(job, HasSubstr(R"("payload":"a\u0000b\u0000")"));
    }
  }
}

TEST_F(Jobs, GetJobReportsWhatItCannotShow) {
  struct {
    const char* change;
    const char* problem;
  } const cases[] = {
      {"payload = x'ff'", "the job 1 is unreadable: its payload is a BLOB"},
      {"payload = CAST(x'c328' AS TEXT)", "its payload is TEXT that is not valid UTF-8"},
      {"worker_id = x'00'", "its worker_id is a BLOB"},
      {"priority = 0.5", "its priority is a REAL"},
      {"run_at = 'soon'", "its run_at is TEXT"},
      {"claim_expires_at = 'later'", "its claim_expires_at is TEXT"},
  };
  for (const auto& [change, problem] : cases) {
    db_.Run(
        "DELETE FROM _honker_live; INSERT INTO _honker_live (id, queue, payload) VALUES "
        "(1, 'q', 'p'); UPDATE _honker_live SET " +
        std::string(change));
    const std::string message = db_.Try("SELECT honker_get_job(1)");
    EXPECT_EQ(message.rfind("honker_get_job: ", 0), 0U) << message;
    EXPECT_THAT(message, HasSubstr(problem));
  }
}

TEST_F(Jobs, AJobThatIsTooLongAsJsonIsAnError) {
  db_.Run(
      "INSERT INTO _honker_live (queue, payload) VALUES "
      "('q', replace(hex(zeroblob(250)), '0', char(1)))");
  sqlite3_limit(db_.db(), SQLITE_LIMIT_LENGTH, 2500);
  EXPECT_THAT(db_.Try("SELECT honker_get_job(1)"),
              HasSubstr("honker_get_job: the job 1 is longer as JSON than SQLite allows"));
  EXPECT_EQ(db_.result_code(), SQLITE_TOOBIG);
}

TEST_F(Jobs, SweepTakesWhatHasExpiredAndIsInNobodysHands) {
  Add("waiting", "pending", "NULL", "-1");
  Add("lapsed", "processing", "-1", "-5");
  Add("held", "processing", "60", "-5");
  Add("good", "pending", "NULL", "60");
  Add("for ever", "pending", "NULL", "NULL");
  Add("lapsed, good", "processing", "-1", "60");
  db_.Run("INSERT INTO _honker_live (queue, payload, expires_at) VALUES ('other', 'x', 1)");
  EXPECT_EQ(db_.Ask("SELECT honker_sweep_expired('q')"), "2");
  EXPECT_EQ(Dead(), "waiting lapsed");
  EXPECT_EQ(Live(), "held good for ever lapsed, good x");
  EXPECT_EQ(db_.Ask("SELECT DISTINCT last_error, died_at - unixepoch(), attempts, queue "
                    "FROM _honker_dead"),
            "expired|0|1|q");
  EXPECT_EQ(db_.Ask("SELECT honker_ack(3, 'w')"), "1") << "a valid claim protects its job";
  EXPECT_EQ(db_.Ask("SELECT honker_sweep_expired('q')"), "0");
  EXPECT_THAT(db_.Ask("SELECT honker_claim_batch('q', 'v', 9, 60)"), HasSubstr("lapsed, good"));
}

TEST_F(Jobs, SweepIncludesTheSecondOfTheExpiryAndSparesThatOfTheClaim) {
  Add("expires now", "pending", "NULL", "0");
  Add("expires soon", "pending", "NULL", "1");
  Add("claimed until now", "processing", "0", "0");
  EXPECT_EQ(db_.Ask("SELECT honker_sweep_expired('q')"), "1");
  EXPECT_EQ(Live(), "expires soon claimed until now");
}

TEST_F(Jobs, SweepIsNotBlockedByADeadRowOrAnUnreadableOne) {
  db_.Run(
      "INSERT INTO _honker_live (id, queue, payload, expires_at) VALUES (1, 'q', 'again', 5), "
      "(2, 'q', x'ff00', 5), (3, 'q', 'odd', 'later'), (4, 'q', 'half', 5.5);"
      "INSERT INTO _honker_dead (id, queue, payload) VALUES (1, 'q', 'again')");
  EXPECT_EQ(db_.Ask("SELECT honker_sweep_expired('q')"), "3");
  EXPECT_EQ(db_.Ask("SELECT group_concat(id || last_error) FROM _honker_dead"),
            "1expired,2expired,4expired");
  EXPECT_EQ(Live(), "odd");
}

}  // namespace
}  // namespace honker
