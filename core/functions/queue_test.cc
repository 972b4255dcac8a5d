// honker_enqueue, honker_claim_batch, honker_ack and honker_queue_next_claim_at, rule by rule.
// Times are set in the rows, never waited for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::AskWithText;
using testing::Database;
using ::testing::HasSubstr;
using testing::Scratch;
using namespace std::string_literals;

class Queue : public ::testing::Test {
 protected:
  Queue() { db_.Run("SELECT honker_bootstrap()"); }

  void Enqueue(const std::string& payload, const std::string& rest = "NULL, NULL, 0, 3, NULL") {
    db_.Run("SELECT honker_enqueue('q', '" + payload + "', " + rest + ")");
  }
  std::string Claim(int n = 10, const std::string& worker = "w") {
    return db_.Ask("SELECT honker_claim_batch('q', '" + worker + "', " + std::to_string(n) +
                   ", 60)");
  }
  // The payloads of a claim, in the order of the array.
  std::string Order(int n = 10) {
    return db_.Ask("SELECT group_concat(value ->> 'payload', ' ') FROM json_each('" + Claim(n) +
                   "')");
  }
  std::string Next() {
    const std::string next = db_.Ask("SELECT honker_queue_next_claim_at('q')");
    return next == "0" ? "none" : db_.Ask("SELECT " + next + " - unixepoch()");
  }
  int64_t Count(const std::string& table) { return db_.AskInt("SELECT count(*) FROM " + table); }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db")};
};

TEST_F(Queue, EnqueueStoresWhatWasSaid) {
  EXPECT_EQ(db_.Ask("SELECT honker_enqueue('q', 'p', 500, NULL, 7, 2, 90)"), "1");
  EXPECT_EQ(
      db_.Ask(
          "SELECT queue, payload, state, priority, run_at, worker_id, claim_expires_at, attempts, "
          "max_attempts, created_at - unixepoch(), expires_at - unixepoch() FROM _honker_live"),
      "q|p|pending|7|500|NULL|NULL|0|2|0|90");
  EXPECT_EQ(db_.Ask("SELECT honker_enqueue('q', 'p', 500, 30, 0, 3, NULL)"), "2");
  EXPECT_EQ(db_.Ask("SELECT run_at - unixepoch(), expires_at FROM _honker_live WHERE id = 2"),
            "30|NULL");
  EXPECT_EQ(db_.Ask("SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL)"), "3");
  EXPECT_EQ(db_.Ask("SELECT run_at - unixepoch() FROM _honker_live WHERE id = 3"), "0");
  EXPECT_EQ(Count("_honker_notifications"), 0);
}

TEST_F(Queue, LastInsertRowidIsTheApplications) {
  db_.Run("CREATE TABLE orders(id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (42)");
  Enqueue("p");
  db_.Run("SELECT notify('c', 'p')");
  (void)Claim();
  EXPECT_EQ(db_.Ask("SELECT last_insert_rowid()"), "42");
}

TEST_F(Queue, ClaimFillsTheArrayAndTheRow) {
  Enqueue("p");
  const std::string claimed = Claim(1, "me");
  EXPECT_EQ(
      db_.Ask("SELECT json_object('id', id, 'queue', queue, 'payload', payload, 'worker_id', "
              "worker_id, "
              "'attempts', attempts, 'claim_expires_at', claim_expires_at) FROM _honker_live"),
      claimed.substr(1, claimed.size() - 2));
  EXPECT_EQ(
      db_.Ask(
          "SELECT state, worker_id, attempts, claim_expires_at - unixepoch() FROM _honker_live"),
      "processing|me|1|60");
  EXPECT_EQ(Claim(), "[]");
}

TEST_F(Queue, OrderIsPriorityThenRunAtThenId) {
  db_.Run(
      "INSERT INTO _honker_live (queue, payload, priority, run_at) VALUES ('q','c',1,20), "
      "('q','d',1,20),"
      "('q','b',1,10), ('q','f',-5,1), ('q','a',9,500), ('q','e',0,500), ('other','x',99,0)");
  EXPECT_EQ(Order(3), "a b c");
  EXPECT_EQ(Order(), "d e f");
}

TEST_F(Queue, DelayedAndHeldJobsStayAndExpiredOnesDie) {
  Enqueue("later", "NULL, 100, 9, 3, NULL");
  Enqueue("expired", "NULL, NULL, 9, 3, 0");
  Enqueue("due");
  db_.Run(
      "INSERT INTO _honker_live (queue, payload, state, worker_id, claim_expires_at, attempts) "
      "VALUES "
      "('q', 'held', 'processing', 'other', unixepoch() + 50, 1), "
      "('q', 'lapsed', 'processing', 'other', unixepoch() - 1, 1)");
  EXPECT_EQ(Order(), "due lapsed");
  EXPECT_EQ(db_.Ask("SELECT worker_id, attempts FROM _honker_live WHERE payload = 'lapsed'"),
            "w|2");
  EXPECT_EQ(db_.Ask("SELECT worker_id, attempts FROM _honker_live WHERE payload = 'held'"),
            "other|1");
  // Otherwise each claim would have to walk over them again.
  EXPECT_EQ(db_.Ask("SELECT payload, last_error, attempts FROM _honker_dead"), "expired|expired|0");
  EXPECT_EQ(Count("_honker_live"), 4);
}

TEST_F(Queue, AClaimIsValidInItsLastSecond) {
  db_.Run(
      "INSERT INTO _honker_live (queue, payload, state, worker_id, claim_expires_at, attempts) "
      "VALUES "
      "('q', 'held', 'processing', 'other', unixepoch() + 3600, 1)");
  // The clock cannot be held still, so the boundary is asked of the moment after the lease.
  EXPECT_EQ(Claim(), "[]");
  db_.Run("UPDATE _honker_live SET claim_expires_at = unixepoch() - 1");
  EXPECT_THAT(Claim(), HasSubstr("held"));
}

TEST_F(Queue, ExhaustedJobsDieAndKeepWhatTheyWere) {
  db_.Run(
      "INSERT INTO _honker_live (id, queue, payload, state, worker_id, claim_expires_at, attempts, "
      "max_attempts, priority, run_at, created_at) VALUES "
      "(5, 'q', 'spent', 'processing', 'other', unixepoch() - 1, 3, 3, 4, 100, 90),"
      "(6, 'q', 'never', 'pending', NULL, NULL, 0, 0, 0, 100, 90),"
      "(7, 'q', 'good', 'pending', NULL, NULL, 2, 3, 0, 100, 90)");
  // A dead letter of the same id, left by somebody who put the job back.
  db_.Run(
      "INSERT INTO _honker_dead (id, queue, payload, last_error) VALUES (5, 'q', 'spent', 'first "
      "death')");
  EXPECT_EQ(Order(), "good");
  EXPECT_EQ(
      db_.Ask("SELECT id, queue, payload, priority, run_at, attempts, max_attempts, last_error, "
              "created_at, died_at - unixepoch() FROM _honker_dead ORDER BY id"),
      "5|q|spent|4|100|3|3|max attempts exceeded|90|0\n6|q|never|0|100|0|0|max attempts "
      "exceeded|90|0");
  EXPECT_EQ(Count("_honker_live"), 1);
}

TEST_F(Queue, RejectsWhatMakesNoSense) {
  EXPECT_THAT(db_.Try("SELECT honker_claim_batch('q', 'w', -1, 60)"),
              HasSubstr("argument 3 (n) must not be"));
  EXPECT_THAT(db_.Try("SELECT honker_claim_batch('q', 'w', 1, 0)"),
              HasSubstr("argument 4 (timeout_s) must be greater than 0"));
  EXPECT_THAT(db_.Try("SELECT honker_claim_batch('q', 'w', 1, -1)"),
              HasSubstr("argument 4 (timeout_s)"));
  Enqueue("p");
  EXPECT_EQ(Claim(0), "[]");
  EXPECT_EQ(db_.Ask("SELECT honker_claim_batch('q', 'w', 9223372036854775807, 60) <> '[]'"), "1");
}

TEST_F(Queue, AckIsForTheValidHolderOnly) {
  Enqueue("p");
  EXPECT_EQ(db_.Ask("SELECT honker_ack(1, 'w')"), "0") << "pending";
  (void)Claim();
  EXPECT_EQ(db_.Ask("SELECT honker_ack(1, 'x')"), "0");
  EXPECT_EQ(db_.Ask("SELECT honker_ack(2, 'w')"), "0");
  db_.Run("UPDATE _honker_live SET claim_expires_at = unixepoch() - 1");
  EXPECT_EQ(db_.Ask("SELECT honker_ack(1, 'w')"), "0") << "late";
  EXPECT_EQ(Count("_honker_live"), 1);
  (void)Claim();
  EXPECT_EQ(db_.Ask("SELECT honker_ack(1, 'w')"), "1");
  EXPECT_EQ(Count("_honker_live"), 0);
  EXPECT_EQ(db_.Ask("SELECT honker_ack(1, 'w')"), "0");
}

TEST_F(Queue, AnyTextSurvives) {
  const std::string names[] = {""s, "a\0b\0"s, "\"\\/'\n\r\t\x01\x1f\x7f"s, "ö€😀\u2028"s};
  for (const std::string& text : names) {
    EXPECT_NE(
        AskWithText(db_.db(), "SELECT honker_enqueue(?1, ?1, NULL, NULL, 0, 3, NULL)", {text}), "");
    const std::string jobs =
        AskWithText(db_.db(), "SELECT honker_claim_batch(?1, ?1, 5, 60)", {text});
    // SQLite's JSON cannot show a NUL byte; json_valid can judge the escape.
    EXPECT_EQ(AskWithText(db_.db(), "SELECT json_valid(?1), json_array_length(?1)", {jobs}), "1|1")
        << jobs;
    if (text.find('\0') == std::string::npos) {
      EXPECT_EQ(AskWithText(db_.db(),
                            "SELECT ?1 ->> '$[0].payload' = ?2 AND ?1 ->> '$[0].queue' = ?2 AND "
                            "?1 ->> '$[0].worker_id' = ?2",
                            {jobs, text}),
                "1")
          << jobs;
    } else {
      EXPECT_THAT(jobs, HasSubstr(R"("payload":"a\u0000b\u0000")"));
    }
    EXPECT_EQ(AskWithText(db_.db(), "SELECT honker_ack(max(id), ?1) FROM _honker_live", {text}),
              "1");
  }
}

// SQLite converts between the encodings; what comes back is what went in.
TEST_F(Queue, AnyTextSurvivesInUtf16Databases) {
  for (const char* encoding : {"UTF-16le", "UTF-16be"}) {
    Database db(scratch_.Path(encoding), Database::kPlain);
    db.Run(std::string("PRAGMA encoding = '") + encoding + "'");
    ASSERT_EQ(testing::LoadExtension(db.db()), "");
    db.Run("SELECT honker_bootstrap()");
    const std::string text = "a\0\"ö€😀"s;
    (void)AskWithText(db.db(), "SELECT honker_enqueue(?1, ?1, NULL, NULL, 0, 3, NULL)", {text});
    EXPECT_THAT(AskWithText(db.db(), "SELECT honker_claim_batch(?1, ?1, 5, 60)", {text}),
                HasSubstr(R"("payload":"a\u0000\"ö€😀","worker_id":"a\u0000\"ö€😀")"));
    EXPECT_EQ(AskWithText(db.db(), "SELECT honker_ack(1, ?1)", {text}), "1");
  }
}

// In autocommit the checkpoint that SQLite promises happens, also where the caller steps once and
// resets (better-sqlite3's .get()).
TEST_F(Queue, TheWalStaysSmall) {
  db_.Run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 20");
  for (int i = 0; i < 300; ++i) {
    for (const char* call :
         {"SELECT honker_enqueue('q', hex(zeroblob(2000)), NULL, NULL, 0, 3, NULL)",
          "SELECT honker_claim_batch('q', 'w', 1, 60)", "SELECT notify('c', 'p')"}) {
      sqlite3_stmt* statement = nullptr;
      ASSERT_EQ(sqlite3_prepare_v2(db_.db(), call, -1, &statement, nullptr), SQLITE_OK);
      EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
      sqlite3_finalize(statement);
    }
  }
  EXPECT_LT(std::filesystem::file_size(scratch_.Path("a.db-wal")), 4096U * 60);
}

// Written by hand or by another program: not lost, not handed out changed, and not in the way.
TEST_F(Queue, UnreadableJobsGoToTheDeadLetters) {
  db_.Run(
      "INSERT INTO _honker_live (queue, payload, priority) VALUES ('q', x'00ff', 9), "
      "('q', CAST(x'61ff' AS TEXT), 9), ('q', 'good', 9), ('q', 'next', 0)");
  EXPECT_EQ(Order(2), "good next");
  EXPECT_EQ(db_.Ask("SELECT id, hex(payload), typeof(payload), last_error FROM _honker_dead"),
            "1|00FF|blob|unreadable: the payload is not text of valid UTF-8\n"
            "2|61FF|text|unreadable: the payload is not text of valid UTF-8");
}

// SQLite refuses a text beyond its limit after the call: by then the claim would have been
// committed.
TEST_F(Queue, AClaimFitsIntoOneText) {
  for (int i = 0; i < 5; ++i) Enqueue(std::string(1000, 'x'));
  sqlite3_limit(db_.db(), SQLITE_LIMIT_LENGTH, 2500);
  EXPECT_EQ(db_.AskInt("SELECT json_array_length(honker_claim_batch('q', 'w', 5, 60))"), 2);
  EXPECT_EQ(db_.AskInt("SELECT count(*) FROM _honker_live WHERE state = 'processing'"), 2);
  // Escaped, 500 control characters become 3,000: no claim could ever return that job.
  db_.Run(
      "INSERT INTO _honker_live (queue, payload, priority) VALUES "
      "('q', replace(hex(zeroblob(250)), '0', char(1)), 9)");
  EXPECT_EQ(db_.AskInt("SELECT json_array_length(honker_claim_batch('q', 'w', 5, 60))"), 2);
  EXPECT_THAT(db_.Ask("SELECT last_error FROM _honker_dead"),
              HasSubstr("longer than SQLite allows"));
}

TEST_F(Queue, NextClaimAtCountsWhatClaimWouldReturn) {
  EXPECT_EQ(Next(), "none");
  Enqueue("later", "NULL, 500, 0, 3, NULL");
  EXPECT_EQ(Next(), "500");
  Enqueue("sooner", "NULL, 100, 0, 3, NULL");
  EXPECT_EQ(Next(), "100");
  Enqueue("past", "NULL, -70, 0, 3, NULL");
  EXPECT_EQ(Next(), "-70") << "a moment that has passed counts";
  (void)Claim();
  EXPECT_EQ(Next(), "61") << "the second after the claim ends";
  db_.Run("UPDATE _honker_live SET claim_expires_at = unixepoch() - 5 WHERE payload = 'past'");
  EXPECT_EQ(Next(), "-4");
}

TEST_F(Queue, NextClaimAtLeavesOutWhatClaimWouldNot) {
  Enqueue("exhausted", "NULL, NULL, 0, 0, NULL");
  Enqueue("expired", "NULL, NULL, 0, 3, -1");
  Enqueue("expires before it is due", "NULL, 100, 0, 3, 50");
  Enqueue("expires when it is due", "NULL, 100, 0, 3, 100");
  db_.Run(
      "INSERT INTO _honker_live (queue, payload, state, worker_id, claim_expires_at, attempts, "
      "max_attempts, "
      "expires_at) VALUES "
      "('q', 'last attempt', 'processing', 'w', unixepoch() + 10, 3, 3, NULL),"
      "('q', 'expires under its claim', 'processing', 'w', unixepoch() + 10, 1, 3, unixepoch() + "
      "11),"
      "('q', 'for ever', 'processing', 'w', 9223372036854775807, 1, 3, NULL)");
  EXPECT_EQ(Next(), "none");
  Enqueue("expires just after it is due", "NULL, 100, 0, 3, 101");
  EXPECT_EQ(Next(), "100");
}

TEST_F(Queue, NextClaimAtNeverSaysNoneForAJob) {
  for (const char* run_at : {"0", "-1", "-9223372036854775808"}) {
    Enqueue("old", std::string(run_at) + ", NULL, 0, 3, NULL");
    EXPECT_EQ(db_.Ask("SELECT honker_queue_next_claim_at('q')"), "1");
    (void)Claim();
    db_.Run("DELETE FROM _honker_live");
  }
}

TEST_F(Queue, NextClaimAtReachesToTheEndOfTime) {
  Enqueue("last", "9223372036854775807, NULL, 0, 3, NULL");
  EXPECT_EQ(db_.Ask("SELECT honker_queue_next_claim_at('q')"), "9223372036854775807");
}

TEST_F(Queue, AMissingTableIsAnErrorThatSaysWhatToDo) {
  db_.Run("DROP TABLE _honker_live");
  for (const char* call :
       {"honker_enqueue('q','p',NULL,NULL,0,3,NULL)", "honker_claim_batch('q','w',1,5)",
        "honker_ack(1,'w')", "honker_queue_next_claim_at('q')"}) {
    EXPECT_THAT(db_.Try(std::string("SELECT ") + call), HasSubstr("SELECT honker_bootstrap()"))
        << call;
  }
}

// A caller that reads has a snapshot; what somebody commits meanwhile makes it too old to write
// upon.
TEST_F(Queue, AnOldSnapshotIsSaidToBeOne) {
  db_.Run("PRAGMA journal_mode = WAL; BEGIN; SELECT count(*) FROM _honker_live");
  Database other(scratch_.Path("a.db"));
  other.Run("SELECT notify('c', 'p')");
  EXPECT_THAT(db_.Try("SELECT honker_ack(1, 'w')"), HasSubstr("reads an older snapshot"));
  EXPECT_EQ(sqlite3_extended_errcode(db_.db()), SQLITE_BUSY_SNAPSHOT);
}

TEST_F(Queue, TriggersMayEnqueueAndNotify) {
  db_.Run(
      "CREATE TABLE orders(id INTEGER PRIMARY KEY, what TEXT);"
      "CREATE TRIGGER placed AFTER INSERT ON orders BEGIN "
      "SELECT honker_enqueue('q', new.what, NULL, NULL, 0, 3, NULL); SELECT notify('orders', "
      "new.what); END");
  db_.Run("INSERT INTO orders(what) VALUES ('tea')");
  db_.Run("BEGIN; INSERT INTO orders(what) VALUES ('coffee'); ROLLBACK");
  EXPECT_EQ(Order(), "tea");
  EXPECT_EQ(db_.Ask("SELECT id, channel, payload FROM _honker_notifications"), "1|orders|tea");
}

}  // namespace
}  // namespace honker
