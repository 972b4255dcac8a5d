// Every argument of every function of the extension with values that it must refuse or can only
// just take, on databases in every bad state: a clear error, nothing lost or changed, no
// transaction left open, and a connection that goes on working.
//
// Functions and the types of their parameters are found (core/testing/every_function.h): one that
// is new is here without a line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/testing/every_function.h"
#include "core/testing/fixed_clock.h"
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
using testing::Parameter;
using testing::Scratch;
using testing::SqlFunction;

struct Value {
  const char* sql;
  // What an argument that must be text, and one that must be an integer, says it got; nullptr where
  // the type is right.
  const char* text_got;
  const char* integer_got;
};

constexpr Value kValues[] = {
    {"NULL", "got NULL", "got NULL"},  // unless the parameter takes NULL; a NaN is NULL in SQLite
    {"x''", "got BLOB of 0 bytes", "got BLOB of 0 bytes"},
    {"x'41'", "got BLOB of 1 bytes", "got BLOB of 1 bytes"},
    {"zeroblob(300000)", "got BLOB of 300000 bytes", "got BLOB of 300000 bytes"},
    {"0", "got INTEGER 0", nullptr},
    {"-1", "got INTEGER -1", nullptr},
    {"9223372036854775807", "got INTEGER 9223372036854775807", nullptr},
    {"-9223372036854775808", "got INTEGER -9223372036854775808", nullptr},
    {"4611686018427387904", "got INTEGER 4611686018427387904", nullptr},
    {"7.0", "got REAL 7", nullptr},
    {"-0.0", "got REAL ", nullptr},
    {"-9223372036854775808.0", "got REAL -9.2", nullptr},
    {"9223372036854774784.0", "got REAL 9.2", nullptr},  // the last one before 2^63
    {"9223372036854775808.0", "got REAL 9.2", "got REAL 9.2233"},
    {"-9223372036854777856.0", "got REAL -9.2", "got REAL -9.2233"},
    {"1.5", "got REAL 1.5", "got REAL 1.5"},
    {"1e300", "got REAL 1", "got REAL 1"},
    {"9e999", "got REAL inf", "got REAL inf"},
    {"-9e999", "got REAL -inf", "got REAL -inf"},
    {"''", nullptr, "got TEXT of 0 bytes"},
    {"'5'", nullptr, "got TEXT of 1 bytes"},
    {"'[1,2'", nullptr, "got TEXT of 4 bytes"},
    {"'x'' OR 1; --\"\\'", nullptr, "got TEXT of 13 bytes"},
    {"CAST(x'610062' AS TEXT)", nullptr, "got TEXT of 3 bytes"},
    {"CAST(x'00' AS TEXT)", nullptr, "got TEXT of 1 bytes"},
    {"replace(hex(zeroblob(200000)), '00', char(1))", nullptr, "got TEXT of 200000 bytes"},
    {"CAST(x'61ff' AS TEXT)", "not valid UTF-8 at byte 2", "got TEXT of 2 bytes"},
    {"CAST(x'c0af' AS TEXT)", "not valid UTF-8 at byte 1", "got TEXT of 2 bytes"},
    {"CAST(x'eda080' AS TEXT)", "not valid UTF-8 at byte 1", "got TEXT of 3 bytes"},
    {"CAST(x'f4908080' AS TEXT)", "not valid UTF-8 at byte 1", "got TEXT of 4 bytes"},
};

// What the error must say, or nullptr where the value is of a right type.
const char* Refusal(const Parameter& parameter, const Value& value) {
  if (std::string(value.sql) == "NULL" && parameter.TakesNull()) return nullptr;
  return parameter.TakesText() ? value.text_got : value.integer_got;
}

// Paths and threads are the machine's, not the database's.
bool IsAWatcher(const SqlFunction& function) {
  return function.name.rfind("honker_update_watcher_", 0) == 0;
}

// What needs no table but that of the notifications.
bool NeedsNoTable(const SqlFunction& function) {
  return function.name == "notify" || function.name == "honker_bootstrap" ||
         function.name == "honker_cron_next_after";
}

std::string PathOf(Database& db) { return db.Ask("SELECT file FROM pragma_database_list"); }

std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A call on a database in some state.
struct Try {
  const SqlFunction& function;
  std::vector<std::string> arguments;
  std::string error;
  int code = SQLITE_OK;

  std::string Sql() const { return "SELECT " + function.Call(arguments); }
};

class BadInput : public ::testing::Test {
 protected:
  BadInput() {
    db_.Run("SELECT honker_bootstrap()");
    FillWorld(db_);
    functions_ = FindFunctions(db_);
    const std::string before = Dump(db_);
    for (const SqlFunction& function : functions_) {
      (void)db_.Try("SELECT " + function.Call(GoodArguments(function)));
      if (Dump(db_) != before) writers_.insert(function.name);
      FillWorld(db_);
    }
  }

  // With good arguments what writes must fail here, and what reads must work.
  void ExpectWritersToFail(const Try& call, int code) {
    if (IsAWatcher(call.function)) return;
    const bool writes = writers_.contains(call.function.name);
    EXPECT_EQ(call.code, writes ? code : SQLITE_OK) << call.Sql() << ": " << call.error;
  }

  // Calls, and looks at what must hold whatever the call and the state: the error is one of this
  // function, it has changed nothing, nothing is open, and the connection goes on.
  Try Call(Database& db, const SqlFunction& function, const std::vector<std::string>& arguments,
           const std::function<std::string()>& contents) {
    Try call{function, arguments, "", SQLITE_OK};
    const std::string before = contents();
    call.error = db.Try(call.Sql());
    call.code = db.result_code();
    EXPECT_NE(sqlite3_get_autocommit(db.db()), 0) << call.Sql();
    EXPECT_EQ(sqlite3_txn_state(db.db(), nullptr), SQLITE_TXN_NONE) << call.Sql();
    if (!call.error.empty()) {
      EXPECT_EQ(call.error.rfind(function.name + ": ", 0), 0U) << call.Sql() << ": " << call.error;
      EXPECT_EQ(contents(), before) << call.Sql() << ": " << call.error;
    }
    EXPECT_EQ(db.Ask("SELECT 7"), "7");
    return call;
  }

  // Every argument of every function with every value, one at a time, the others good ones.
  // `judge` says what else must hold; `restore` puts the contents back.
  void EveryArgument(
      Database& db, const std::function<std::string()>& contents,
      const std::function<void(const Try&, const Parameter*)>& judge,
      const std::function<void()>& restore = [] {}) {
    const std::string original = contents();
    for (const SqlFunction& function : functions_) {
      const std::vector<std::string> good = GoodArguments(function);
      judge(Call(db, function, good, contents), nullptr);
      if (contents() != original) restore();
      for (size_t i = 0; i < good.size(); ++i) {
        const Parameter& parameter = function.parameters[i];
        for (const Value& value : kValues) {
          std::vector<std::string> arguments = good;
          arguments[i] = value.sql;
          const Try call = Call(db, function, arguments, contents);
          if (const char* refusal = Refusal(parameter, value); refusal != nullptr) {
            EXPECT_EQ(call.error.rfind(Start(function, i) + "must be ", 0), 0U)
                << call.Sql() << ": " << call.error;
            EXPECT_THAT(call.error, HasSubstr(refusal)) << call.Sql();
            EXPECT_EQ(call.code, SQLITE_ERROR) << call.Sql();
          } else {
            judge(call, &parameter);
          }
          if (contents() != original) restore();
          if (HasFailure()) return;
        }
      }
    }
  }
  static std::string Start(const SqlFunction& function, size_t index) {
    return function.name + ": argument " + std::to_string(index + 1) + " (" +
           function.parameters[index].name + ") ";
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db"), Database::kLoaded, Database::kReadWrite, FixedClockVfs()};
  std::vector<SqlFunction> functions_;
  std::set<std::string> writers_;  // those that change something with good arguments
};

TEST_F(BadInput, OnAGoodDatabaseTheErrorNamesTheArgument) {
  EveryArgument(
      db_, [&] { return Dump(db_); },
      [](const Try& call, const Parameter* parameter) {
        if (call.error.empty() || IsAWatcher(call.function)) return;
        ASSERT_NE(parameter, nullptr) << call.Sql() << ": " << call.error;
        EXPECT_THAT(call.error, HasSubstr(" (" + parameter->name + ") ")) << call.Sql();
        EXPECT_EQ(call.code, SQLITE_ERROR) << call.Sql();
      },
      [&] { FillWorld(db_); });
}

TEST_F(BadInput, WholeNumbersMayBeReal) {
  for (const SqlFunction& function : functions_) {
    const std::vector<std::string> good = GoodArguments(function);
    for (size_t i = 0; i < good.size(); ++i) {
      if (function.parameters[i].TakesText() || good[i] == "NULL") continue;
      std::vector<std::string> real = good;
      real[i] += ".0";
      const std::string expected = db_.Try("SELECT " + function.Call(good)) + Dump(db_);
      FillWorld(db_);
      EXPECT_EQ(db_.Try("SELECT " + function.Call(real)) + Dump(db_), expected)
          << function.Call(real);
      FillWorld(db_);
    }
  }
}

TEST_F(BadInput, WithoutTablesTheErrorSaysWhatToDo) {
  Database db(scratch_.Path("fresh.db"), Database::kLoaded, Database::kReadWrite, FixedClockVfs());
  int said = 0;
  EveryArgument(
      db, [&] { return Dump(db); },
      [&](const Try& call, const Parameter* parameter) {
        if (IsAWatcher(call.function)) return;
        if (parameter == nullptr) {
          EXPECT_EQ(call.error.empty(), NeedsNoTable(call.function)) << call.Sql();
        }
        if (call.error.find("no such table") == std::string::npos) return;
        ++said;
        EXPECT_THAT(call.error, HasSubstr("SELECT honker_bootstrap()")) << call.Sql();
      },
      [&] {  // honker_bootstrap() and notify() work
        for (const char* type : {"index", "table"}) {
          std::istringstream names(
              db.Ask("SELECT name FROM sqlite_schema WHERE type = '" + std::string(type) +
                     "' AND name LIKE '\\_honker%' ESCAPE '\\' AND tbl_name <> "
                     "'_honker_notifications'"));
          for (std::string name; names >> name;) db.Run("DROP " + std::string(type) + " " + name);
        }
        db.Run("DELETE FROM _honker_notifications; DELETE FROM sqlite_sequence");
      });
  EXPECT_GT(said, 200);
}

TEST_F(BadInput, OnAReadOnlyConnection) {
  Database reader(scratch_.Path("a.db"), Database::kLoaded, SQLITE_OPEN_READONLY, FixedClockVfs());
  int refused = 0;
  const std::string original = Dump(reader);
  EveryArgument(
      reader, [&] { return Dump(reader); },
      [&](const Try& call, const Parameter* parameter) {
        if (parameter == nullptr) ExpectWritersToFail(call, SQLITE_READONLY);
        if (call.code == SQLITE_READONLY) ++refused;
        EXPECT_TRUE(call.code == SQLITE_READONLY || call.code == SQLITE_ERROR ||
                    call.code == SQLITE_OK)
            << call.Sql() << ": " << call.error;
      });
  EXPECT_EQ(Dump(reader), original);
  EXPECT_GT(refused, 200);
}

TEST_F(BadInput, WhileAnotherConnectionWrites) {
  for (const char* mode : {"WAL", "DELETE"}) {
    db_.Run(std::string("PRAGMA journal_mode = ") + mode);
    Database writer(scratch_.Path("a.db"), Database::kPlain);
    writer.Run("BEGIN IMMEDIATE");
    sqlite3_busy_timeout(db_.db(), 0);
    int refused = 0;
    const std::string original = Dump(db_);
    EveryArgument(
        db_, [&] { return Dump(db_); },
        [&](const Try& call, const Parameter* parameter) {
          if (parameter == nullptr) ExpectWritersToFail(call, SQLITE_BUSY);
          if (call.code == SQLITE_BUSY) ++refused;
          EXPECT_TRUE(call.code == SQLITE_BUSY || call.code == SQLITE_ERROR ||
                      call.code == SQLITE_OK)
              << call.Sql() << ": " << call.error;
        });
    EXPECT_EQ(Dump(db_), original);
    EXPECT_GT(refused, 200);
    writer.Run("ROLLBACK");
    sqlite3_busy_timeout(db_.db(), 60'000);
    db_.Run("SELECT notify('c', 'p')");
    FillWorld(db_);
  }
}

// No page is free, and none of our tables has room for one more small row.
void FillUp(Database& db) {
  db.Run("PRAGMA max_page_count = 1000000");
  FillWorld(db);
  db.Run("VACUUM");
  db.Run("PRAGMA max_page_count = " + db.Ask("PRAGMA page_count"));
  for (const char* row : {"_honker_notifications (channel, payload) VALUES ('filler', 'p')",
                          "_honker_live (queue, payload, run_at) VALUES ('filler', 'p', 1)",
                          "_honker_dead (queue, payload) VALUES ('filler', 'p')",
                          "_honker_locks VALUES (hex(randomblob(3)), 'filler', 1)",
                          "_honker_rate_limits (name, window_start) VALUES (hex(randomblob(3)), 1)",
                          "_honker_results (value) VALUES ('filler')",
                          "_honker_stream (topic, payload) VALUES ('filler', 'p')"}) {
    while (db.Try("INSERT INTO " + std::string(row)).empty()) continue;
    ASSERT_EQ(db.result_code(), SQLITE_FULL);
  }
}

void CopyPages(Database& from, Database& to) {
  sqlite3_backup* backup = sqlite3_backup_init(to.db(), "main", from.db(), "main");
  ASSERT_NE(backup, nullptr) << sqlite3_errmsg(to.db());
  ASSERT_EQ(sqlite3_backup_step(backup, -1), SQLITE_DONE);
  ASSERT_EQ(sqlite3_backup_finish(backup), SQLITE_OK);
}

TEST_F(BadInput, WhereTheDatabaseIsFull) {
  for (const char* mode : {"WAL", "DELETE"}) {
    Database db(scratch_.Path(std::string("full") + mode), Database::kPlain, Database::kReadWrite,
                FixedClockVfs());
    db.Run(std::string("PRAGMA page_size = 512; PRAGMA journal_mode = ") + mode);
    ASSERT_EQ(testing::LoadExtension(db.db()), "");
    db.Run("SELECT honker_bootstrap()");
    FillUp(db);
    Database original(scratch_.Path(std::string("original") + mode), Database::kPlain);
    {
      // Another connection: SQLite locks both of a copy, and the way back is the other order.
      Database source(scratch_.Path(std::string("full") + mode), Database::kPlain);
      CopyPages(source, original);
    }
    int refused = 0;
    EveryArgument(
        db, [&] { return Dump(db); },
        [&](const Try& call, const Parameter*) {
          if (call.code == SQLITE_FULL) ++refused;
          EXPECT_TRUE(call.code == SQLITE_FULL || call.code == SQLITE_ERROR ||
                      call.code == SQLITE_OK)
              << call.Sql() << ": " << call.error;
        },
        [&] { CopyPages(original, db); });
    EXPECT_GT(refused, 100) << mode;
    EXPECT_EQ(db.Ask("PRAGMA integrity_check"), "ok");
  }
}

// Where each b-tree of ours begins there is nonsense, one after the other: whatever a function has
// written before it comes to that page is undone.
TEST_F(BadInput, WhereTheDatabaseIsCorrupt) {
  db_.Run("PRAGMA journal_mode = DELETE");
  const std::string good = BytesOf(PathOf(db_));
  std::istringstream roots(
      db_.Ask("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0 ORDER BY rootpage"));
  int corrupt = 0;
  for (size_t root = 0; roots >> root;) {
    std::string bytes = good;
    bytes.replace((root - 1) * 4096, 4096, 4096, '\xa5');
    const std::string path = scratch_.Path("corrupt.db");
    std::unique_ptr<Database> db;
    for (const SqlFunction& function : functions_) {
      if (db == nullptr || BytesOf(path) != bytes) {
        db.reset();
        std::ofstream(path, std::ios::binary) << bytes;
        db = std::make_unique<Database>(path, Database::kLoaded, Database::kReadWrite,
                                        FixedClockVfs());
      }
      const Try call = Call(*db, function, GoodArguments(function), [&] { return BytesOf(path); });
      if (IsAWatcher(function)) continue;
      if (call.error.empty()) {
        if (!writers_.contains(function.name)) {
          EXPECT_EQ(db->Ask(call.Sql()), db_.Ask(call.Sql())) << "it does not need that page";
        }
      } else {
        ++corrupt;
        EXPECT_EQ(call.code, SQLITE_CORRUPT) << call.Sql();
        EXPECT_THAT(call.error, HasSubstr("malformed")) << call.Sql();
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(corrupt, 50);
}

}  // namespace
}  // namespace honker
