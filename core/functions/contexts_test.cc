// Every function of the extension in every context it can be called from. What it does is the same
// everywhere, or it is refused with the reason; and an interrupt leaves all of it or nothing.
//
// Functions are found (core/testing/every_function.h): one that is new is here without a line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "core/testing/every_function.h"
#include "core/testing/fixed_clock.h"
#include "core/testing/interrupter.h"
#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::Database;
using testing::Dump;
using testing::FillWorld;
using testing::FindFunctions;
using testing::FixedClockVfs;
using testing::GoodArguments;
using ::testing::HasSubstr;
using testing::Interrupter;
using testing::Scratch;
using testing::SqlFunction;

// "%" stands for the call; where there is none, a view or a trigger calls.
constexpr const char* kContexts[] = {
    "SELECT %",
    "SELECT % FROM (SELECT 1)",
    "SELECT % FROM one",
    "SELECT 1 FROM one WHERE % IS NOT 'no'",
    "INSERT INTO other SELECT %",
    "INSERT INTO other VALUES (%)",
    "INSERT INTO other VALUES (7) RETURNING %",
    "UPDATE one SET a = %",
    "DELETE FROM one WHERE a <> coalesce(%, 'nothing')",
    "CREATE TEMP TABLE made AS SELECT %",
    "WITH c AS MATERIALIZED (SELECT %) SELECT * FROM c",
    "SELECT * FROM shows",
    "INSERT INTO fires VALUES (1)",
    "UPDATE changes SET a = a + 1",
    "DELETE FROM leaves",
};

// Those of the above that an interrupt meets at every step.
constexpr const char* kInterrupted[] = {"SELECT %", "INSERT INTO other SELECT %",
                                        "INSERT INTO fires VALUES (1)"};

bool IsInTheSchema(const std::string& context) { return context.find('%') == std::string::npos; }
bool IsAWrite(const std::string& context) { return context.rfind("INSERT", 0) == 0; }

// SQLITE_DIRECTONLY: their effects are outside of the database.
bool IsDirectOnly(const SqlFunction& function) {
  return function.name.rfind("honker_update_watcher_", 0) == 0;
}

// They work where nothing can be written.
bool OnlyReads(const SqlFunction& function) {
  static const auto& readers = *new std::set<std::string>{
      "honker_cron_next_after",   "honker_get_job",          "honker_queue_next_claim_at",
      "honker_result_get",        "honker_scheduler_list",   "honker_scheduler_soonest",
      "honker_stream_get_offset", "honker_stream_read_since"};
  return readers.contains(function.name);
}

// What a call comes to: an error or "", and our rows after it.
struct Outcome {
  std::string error;
  std::string rows;
  bool operator==(const Outcome&) const = default;
};

void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << "error '" << outcome.error << "', then\n" << outcome.rows;
}

class Contexts : public ::testing::Test {
 protected:
  Contexts() {
    db_.Run(
        "PRAGMA journal_mode = WAL; SELECT honker_bootstrap(); CREATE TABLE one(a);"
        "CREATE TABLE other(a); CREATE TABLE fires(a); CREATE TABLE changes(a);"
        "CREATE TABLE leaves(a)");
    functions_ = FindFunctions(db_);
  }

  // Everything as at the beginning, and the view and the triggers call this function.
  void Meet(const SqlFunction& function) {
    call_ = function.Call(GoodArguments(function));
    db_.Run(
        "DROP VIEW IF EXISTS shows; DROP TRIGGER IF EXISTS on_insert; DROP TRIGGER IF EXISTS "
        "on_update; DROP TRIGGER IF EXISTS on_delete; CREATE VIEW shows AS SELECT " +
        call_ + "; CREATE TRIGGER on_insert AFTER INSERT ON fires BEGIN SELECT " + call_ +
        "; END; CREATE TRIGGER on_update AFTER UPDATE ON changes BEGIN INSERT INTO other VALUES (" +
        call_ +
        "); END; CREATE TRIGGER on_delete BEFORE DELETE ON leaves BEGIN UPDATE one SET a = " +
        call_ + "; END");
    Reset();
    before_ = Dump(db_);
    plain_ = Call("SELECT %");
    Reset();
  }
  void Reset() {
    db_.Run(
        "DROP TABLE IF EXISTS temp.made; BEGIN; DELETE FROM one; INSERT INTO one VALUES ('here');"
        "DELETE FROM other; DELETE FROM fires; INSERT INTO leaves SELECT 1 WHERE NOT EXISTS "
        "(SELECT 1 FROM leaves); INSERT INTO changes SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM "
        "changes); COMMIT");
    FillWorld(db_);
  }

  std::string Sql(std::string context) const {
    const size_t at = context.find('%');
    return at == std::string::npos ? context : context.replace(at, 1, call_);
  }
  Outcome Call(const std::string& context) {
    const std::string error = db_.Try(Sql(context));
    return {error, Dump(db_)};
  }

  // As in a SELECT of its own, or refused with the reason and without effect.
  void ExpectTheSame(const SqlFunction& function, const std::string& context,
                     const Outcome& outcome) {
    const std::string what = Sql(context) + " for " + call_;
    if (IsInTheSchema(context) && IsDirectOnly(function)) {
      EXPECT_THAT(outcome.error, HasSubstr("unsafe use of " + function.name)) << what;
      EXPECT_EQ(outcome.rows, before_) << what;
    } else {
      EXPECT_EQ(outcome, plain_) << what;
    }
  }
  void ExpectNothingOpen() {
    ASSERT_NE(sqlite3_get_autocommit(db_.db()), 0) << call_;
    ASSERT_EQ(sqlite3_txn_state(db_.db(), nullptr), SQLITE_TXN_NONE) << call_;
  }

  // Interrupts at the 1st, 2nd, 3rd ... step until the statement gets through. Returns how often
  // nothing was left of it.
  int InterruptEverywhere(const std::string& context, bool in_transaction);

  Scratch scratch_;
  Database db_{scratch_.Path("a.db"), Database::kLoaded, Database::kReadWrite, FixedClockVfs()};
  std::vector<SqlFunction> functions_;
  std::string call_;
  std::string before_;
  Outcome plain_;
};

// Else the other tests would compare nothing with nothing.
TEST_F(Contexts, TheWorldGivesThemSomethingToDo) {
  for (const SqlFunction& function : functions_) {
    if (IsDirectOnly(function)) continue;
    Meet(function);
    EXPECT_EQ(plain_.error, "") << call_;
    const bool changes = !OnlyReads(function) && function.name != "honker_bootstrap";
    EXPECT_EQ(plain_.rows != before_, changes) << call_;
  }
}

TEST_F(Contexts, InAutocommit) {
  for (const SqlFunction& function : functions_) {
    Meet(function);
    for (const char* context : kContexts) {
      ExpectTheSame(function, context, Call(context));
      ExpectNothingOpen();
      Reset();
    }
  }
}

TEST_F(Contexts, InATransactionTheCallerDecides) {
  for (const SqlFunction& function : functions_) {
    Meet(function);
    for (const char* context : kContexts) {
      for (const char* end : {"ROLLBACK", "COMMIT"}) {
        db_.Run("BEGIN");
        const Outcome outcome = Call(context);
        ExpectTheSame(function, context, outcome);
        ASSERT_EQ(sqlite3_get_autocommit(db_.db()), 0) << Sql(context);
        db_.Run(end);
        EXPECT_EQ(Dump(db_), end[0] == 'C' ? outcome.rows : before_) << end << Sql(context);
        ExpectNothingOpen();
        Reset();
      }
    }
  }
}

// better-sqlite3's .get(): one step, then a reset.
TEST_F(Contexts, SteppedOnceIsDone) {
  for (const SqlFunction& function : functions_) {
    Meet(function);
    sqlite3_stmt* statement = nullptr;
    const std::string sql = Sql("SELECT %");
    ASSERT_EQ(sqlite3_prepare_v2(db_.db(), sql.c_str(), -1, &statement, nullptr), SQLITE_OK);
    const bool answered = sqlite3_step(statement) == SQLITE_ROW;
    EXPECT_EQ(answered, plain_.error.empty()) << call_;
    sqlite3_reset(statement);
    ExpectNothingOpen();
    EXPECT_EQ(Dump(db_), plain_.rows) << call_;
    sqlite3_finalize(statement);
  }
}

TEST_F(Contexts, WithAnOpenReadOfTheSameConnection) {
  for (const char* mode : {"DELETE", "WAL"}) {
    db_.Run(std::string("PRAGMA journal_mode = ") + mode);
    for (const SqlFunction& function : functions_) {
      Meet(function);
      sqlite3_stmt* cursor = nullptr;
      ASSERT_EQ(sqlite3_prepare_v2(db_.db(), "SELECT id FROM _honker_live", -1, &cursor, nullptr),
                SQLITE_OK);
      ASSERT_EQ(sqlite3_step(cursor), SQLITE_ROW);
      EXPECT_EQ(Call("SELECT %"), plain_) << call_;
      int code = SQLITE_ROW;
      while (code == SQLITE_ROW) code = sqlite3_step(cursor);
      EXPECT_EQ(code, SQLITE_DONE) << call_;
      sqlite3_finalize(cursor);
      ExpectNothingOpen();
    }
  }
}

TEST_F(Contexts, WhereOnlyQueriesAreAllowed) {
  for (const SqlFunction& function : functions_) {
    Meet(function);
    db_.Run("PRAGMA query_only = 1");
    const Outcome outcome = Call("SELECT %");
    db_.Run("PRAGMA query_only = 0");
    EXPECT_EQ(outcome.rows, before_) << call_;
    if (plain_.rows == before_) {
      EXPECT_EQ(outcome.error, plain_.error);
    } else {
      EXPECT_THAT(outcome.error, HasSubstr(function.name + ": attempt to write a readonly"));
    }
    ExpectNothingOpen();
  }
}

int Contexts::InterruptEverywhere(const std::string& context, bool in_transaction) {
  int undone = 0;
  for (int nth = 1;; ++nth) {
    if (in_transaction) db_.Run("BEGIN");
    bool through = false;
    std::string error;
    {
      const Interrupter interrupter(db_.db(), nth);
      error = db_.Try(Sql(context));
      through = !interrupter.fired();
    }
    const std::string rows = Dump(db_);
    const bool called = db_.Ask(
                            "SELECT (SELECT count(*) FROM other) + (SELECT count(*) FROM "
                            "fires)") != "0";
    // Either SQLite has rolled the transaction back already, or it is the caller's as before.
    if (sqlite3_get_autocommit(db_.db()) == 0) {
      EXPECT_TRUE(in_transaction);
      db_.Run("ROLLBACK");
    }
    EXPECT_EQ(sqlite3_txn_state(db_.db(), nullptr), SQLITE_TXN_NONE);
    EXPECT_TRUE(rows == before_ || rows == plain_.rows) << rows;
    // A SELECT in autocommit may be interrupted after the call has committed and returned.
    if (IsAWrite(context)) {
      EXPECT_EQ(called, error.empty());
      EXPECT_EQ(rows, error.empty() ? plain_.rows : before_);
    }
    if (!error.empty() && rows == before_) ++undone;
    if (::testing::Test::HasFailure()) {
      ADD_FAILURE() << Sql(context) << " for " << call_ << ", interrupted at step " << nth
                    << (in_transaction ? " in a transaction: " : " in autocommit: ") << error;
      return undone;
    }
    if (called || rows != before_) Reset();
    if (through) return undone;
  }
}

TEST_F(Contexts, AnInterruptAtAnyMomentLeavesAllOrNothing) {
  for (const SqlFunction& function : functions_) {
    Meet(function);
    for (const char* context : kInterrupted) {
      if (IsDirectOnly(function) && IsInTheSchema(context)) continue;
      if (!plain_.error.empty()) continue;
      for (const bool in_transaction : {false, true}) {
        EXPECT_GT(InterruptEverywhere(context, in_transaction), 0) << call_;
        if (HasFailure()) return;
      }
    }
  }
}

}  // namespace
}  // namespace honker
