#include "fuzz/sql_call.h"

#include "core/testing/fixed_clock.h"
#include "fuzz/finding.h"

namespace honker::fuzz {

using testing::kNow;
using testing::SetClock;

namespace {

constexpr sqlite3_int64 kRowidMark = 4711;
constexpr int kNoLimit = 1'000'000'000;

std::vector<Function> FindFunctions(sqlite3* db) {
  static constexpr char kSql[] =
      "SELECT DISTINCT name, narg FROM pragma_function_list WHERE narg >= 0 AND "
      "(name = 'notify' OR name LIKE 'honker\\_%' ESCAPE '\\') ORDER BY name, narg";
  std::vector<Function> functions;
  sqlite3_stmt* list = nullptr;
  sqlite3_prepare_v2(db, kSql, -1, &list, nullptr);
  while (sqlite3_step(list) == SQLITE_ROW) {
    Function function{reinterpret_cast<const char*>(sqlite3_column_text(list, 0)),
                      sqlite3_column_int(list, 1), nullptr};
    function.promise = PromiseOf(function.name, function.arguments);
    functions.push_back(std::move(function));
  }
  sqlite3_finalize(list);
  return functions;
}

int PageCount(sqlite3* db) {
  int pages = 0;
  const auto store = [](void* to, int, char** values, char**) {
    *static_cast<int*>(to) = std::atoi(values[0]);
    return 0;
  };
  sqlite3_exec(db, "PRAGMA main.page_count", store, &pages, nullptr);
  return pages;
}

// Makes trouble for as long as it lives.
class Troubled {
 public:
  Troubled(sqlite3* db, Trouble trouble, int amount) : db_(db), trouble_(trouble), left_(amount) {
    if (trouble == Trouble::kInterrupt) {
      sqlite3_progress_handler(db, 1, Interrupt, this);
    } else if (trouble == Trouble::kFull) {
      LimitPages(PageCount(db) + amount % 8);
    } else if (trouble == Trouble::kTooBig) {
      sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 30 + 4 * amount);
    }
  }
  ~Troubled() {
    if (trouble_ == Trouble::kInterrupt) sqlite3_progress_handler(db_, 0, nullptr, nullptr);
    if (trouble_ == Trouble::kFull) LimitPages(kNoLimit);
    if (trouble_ == Trouble::kTooBig) sqlite3_limit(db_, SQLITE_LIMIT_LENGTH, kNoLimit);
  }
  Troubled(const Troubled&) = delete;
  Troubled& operator=(const Troubled&) = delete;

 private:
  // As another thread would, so that it holds until every statement has ended.
  static int Interrupt(void* self) {
    auto* troubled = static_cast<Troubled*>(self);
    if (troubled->left_-- == 0) sqlite3_interrupt(troubled->db_);
    return 0;
  }
  void LimitPages(int pages) {
    MustRun(db_, "PRAGMA main.max_page_count=" + std::to_string(pages));
  }

  sqlite3* db_;
  Trouble trouble_;
  int left_;
};

// What a trouble may be answered with, and what a function may find by itself.
bool IsExpected(int code, Trouble trouble) {
  switch (code & 0xFF) {
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_FULL:  // without trouble: AUTOINCREMENT has an end
      return true;
    case SQLITE_INTERRUPT:
      return trouble == Trouble::kInterrupt;
    case SQLITE_TOOBIG:
      return trouble == Trouble::kTooBig;
    default:
      return false;
  }
}

// Where SQLite may roll back the caller's transaction by itself
// (https://www.sqlite.org/lang_transaction.html, "response to errors within a transaction").
bool MayEndTransaction(int code) { return code == SQLITE_FULL || code == SQLITE_INTERRUPT; }

}  // namespace

struct SqlCall::Outcome {
  int code = SQLITE_OK;  // SQLITE_DONE is success
  std::string message;
  std::vector<SqlValue> answers;
};

SqlCall::SqlCall(const Plant& plant)
    : lived_(World::Kind::kLived, plant), loaded_(World::Kind::kLoaded, plant) {
  functions_ = FindFunctions(lived_.db());
  Require(!functions_.empty(), "there is no function to call");
}

World& SqlCall::WorldOf(const Input& input) {
  return input.world == World::Kind::kLived ? lived_ : loaded_;
}

bool SqlCall::Try(const uint8_t* data, size_t size) {
  const Input input = DecodeInput(functions_, Bytes(data, size));
  NowTrying(&input.text);
  SetClock(input.now);
  World& world = WorldOf(input);
  const int statements = world.CountStatements();
  if (input.transaction.begin != nullptr) MustRun(world.db(), input.transaction.begin);
  sqlite3_set_last_insert_rowid(world.db(), kRowidMark);

  const Outcome outcome = Run(input, input.trouble);
  if (world.CountStatements() != statements) Finding("no statement leaks", "there is one more");
  CheckNothingOpen(input, outcome);
  const bool failed = outcome.code != SQLITE_DONE;
  if (failed) {
    CheckError(input, outcome);
  } else {
    CheckSuccess(input, outcome);
  }
  End(input, failed);
  NowTrying(nullptr);
  return !failed;
}

SqlCall::Outcome SqlCall::Run(const Input& input, Trouble trouble) {
  sqlite3* db = WorldOf(input).db();
  Outcome outcome;
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(db, input.sql.c_str(), -1, &statement, nullptr);
  Require(statement != nullptr, sqlite3_errmsg(db));
  for (size_t i = 0; i < input.arguments.size(); ++i) {
    const int bound = BindValue(statement, static_cast<int>(i) + 1, input.arguments[i]);
    Require(bound == SQLITE_OK, "an argument cannot be bound");
  }
  {
    const Troubled troubled(db, trouble, input.amount);
    while ((outcome.code = sqlite3_step(statement)) == SQLITE_ROW) {
      outcome.answers.push_back(ReadColumn(statement, 0));
    }
    outcome.message = sqlite3_errmsg(db);
    sqlite3_finalize(statement);
  }
  return outcome;
}

void SqlCall::CheckNothingOpen(const Input& input, const Outcome& outcome) {
  sqlite3* db = WorldOf(input).db();
  const bool autocommit = sqlite3_get_autocommit(db) != 0;
  if (input.transaction.begin != nullptr) {
    if (!autocommit || MayEndTransaction(outcome.code & 0xFF)) return;
    Finding("the caller's transaction goes on", "it has ended: " + outcome.message);
  }
  if (!autocommit) Finding("no transaction stays open", "there is one");
  if (sqlite3_txn_state(db, "main") != SQLITE_TXN_NONE) Finding("no lock stays", "there is one");
}

void SqlCall::CheckError(const Input& input, const Outcome& outcome) {
  World& world = WorldOf(input);
  if (!IsExpected(outcome.code, input.trouble)) {
    Finding("the error is one that can happen",
            "code " + std::to_string(outcome.code) + ": " + outcome.message);
  }
  // A message, too, can be longer than a text may be: then SQLite drops it.
  if (outcome.code == SQLITE_ERROR && input.trouble != Trouble::kTooBig &&
      outcome.message.find(input.function->name) == std::string::npos) {
    Finding("a message names the function", outcome.message);
  }
  const uint64_t digest = world.Digest();
  if (digest == world.original()) return;
  // Its work may have been done when the statement that called it was interrupted.
  if (outcome.code == SQLITE_INTERRUPT && IsTheWholeCall(input, digest)) return;
  Finding("an error changes nothing", outcome.message);
}

// Leaves the connection without a transaction, with the contents of the beginning.
bool SqlCall::IsTheWholeCall(const Input& input, uint64_t digest) {
  World& world = WorldOf(input);
  if (sqlite3_get_autocommit(world.db()) == 0) MustRun(world.db(), "ROLLBACK");
  (void)world.Restore();
  (void)Run(input, Trouble::kNone);
  const bool same = world.Digest() == digest;
  (void)world.Restore();
  return same;
}

void SqlCall::CheckSuccess(const Input& input, const Outcome& outcome) {
  World& world = WorldOf(input);
  if (outcome.answers.size() != 1) {
    Finding("one row", std::to_string(outcome.answers.size()) + " rows");
  }
  const SqlValue& answer = outcome.answers.front();
  if (input.RefusesTypes()) Finding("wrong types are refused", "answer " + Describe(answer));
  CheckAnswer(world.db(), input.function->promise, input.arguments, answer);
  if (!input.shape.reads) return;
  const auto rowid = sqlite3_last_insert_rowid(world.db());
  if (rowid != kRowidMark) Finding("last_insert_rowid() is as before", std::to_string(rowid));
  const Promise* promise = input.function->promise;
  if (promise != nullptr && promise->only_reads && world.Digest() != world.original()) {
    Finding("what only reads changes nothing", "answer " + Describe(answer));
  }
}

void SqlCall::End(const Input& input, bool failed) {
  World& world = WorldOf(input);
  if (sqlite3_get_autocommit(world.db()) == 0) MustRun(world.db(), input.transaction.end);
  SetClock(kNow);
  if (failed) return;  // CheckError has seen that nothing differs
  if (world.Restore() && !input.transaction.keeps) {
    Finding("a rollback takes everything back", "rows differ");
  }
}

}  // namespace honker::fuzz
