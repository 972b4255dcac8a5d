#include "fuzz/world.h"

#include <utility>

#include "core/testing/fixed_clock.h"
#include "fuzz/finding.h"
#include "fuzz/kept_statements.h"

extern "C" int sqlite3_honkerext_init(sqlite3* db, char** error_message,
                                      const sqlite3_api_routines* api);

namespace honker::fuzz {

using testing::FixedClockVfs;
using testing::kNow;
using testing::SetClock;

namespace {

// The extension is linked in, so that its coverage counts; SQLite hands an automatic extension the
// same table of routines as a loaded one. "Stay loaded" is an error code here.
int EnterHonker(sqlite3* db, char** error_message, const sqlite3_api_routines* api) {
  const int code = sqlite3_honkerext_init(db, error_message, api);
  return code == SQLITE_OK_LOAD_PERMANENTLY ? SQLITE_OK : code;
}

// FNV-1a.
void Mix(uint64_t& hash, const void* data, size_t size) {
  const auto* bytes = static_cast<const uint8_t*>(data);
  for (size_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3;
}

void MixColumn(uint64_t& hash, sqlite3_stmt* row, int column) {
  const int type = sqlite3_column_type(row, column);
  Mix(hash, &type, sizeof type);
  if (type == SQLITE_INTEGER) {
    const int64_t number = sqlite3_column_int64(row, column);
    Mix(hash, &number, sizeof number);
  } else if (type == SQLITE_FLOAT) {
    const double real = sqlite3_column_double(row, column);
    Mix(hash, &real, sizeof real);
  } else if (type != SQLITE_NULL) {
    const void* bytes =
        type == SQLITE_TEXT ? sqlite3_column_text(row, column) : sqlite3_column_blob(row, column);
    const int size = sqlite3_column_bytes(row, column);
    Mix(hash, &size, sizeof size);
    Mix(hash, bytes, static_cast<size_t>(size));
  }
}

uint64_t DigestOf(sqlite3_stmt* read) {
  uint64_t hash = 0xcbf29ce484222325;
  int code = SQLITE_OK;
  while ((code = sqlite3_step(read)) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(read); ++i) MixColumn(hash, read, i);
  }
  sqlite3_reset(read);
  Require(code == SQLITE_DONE, "a table cannot be read: " + std::string(sqlite3_sql(read)));
  return hash;
}

void MustStep(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  Require(code == SQLITE_DONE, sqlite3_sql(statement));
}

}  // namespace

void MustRun(sqlite3* db, const std::string& sql) {
  char* error = nullptr;
  sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error);
  Require(error == nullptr, sql + ": " + (error == nullptr ? "" : error));
}

World::World(Kind kind, Plant plant) : kind_(kind), plant_(std::move(plant)) { Open(); }

World::~World() { Close(); }

void World::Open() {
  SetClock(kNow);
  // Automatic for this one only: a private connection of a watcher is not to load it.
  const auto enter = reinterpret_cast<void (*)()>(&EnterHonker);
  sqlite3_auto_extension(enter);
  const int opened = sqlite3_open_v2(":memory:", &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                     FixedClockVfs());
  sqlite3_cancel_auto_extension(enter);
  Require(opened == SQLITE_OK, "no database: " + std::string(sqlite3_errmsg(db_)));
  if (plant_) plant_(db_);
  LayOut();
  Remember();
}

void World::Close() {
  for (const Table& table : tables_) {
    for (sqlite3_stmt* statement : {table.read, table.clear, table.fill}) {
      sqlite3_finalize(statement);
    }
  }
  tables_.clear();
  if (sqlite3_close(db_) != SQLITE_OK) Finding("plain sqlite3_close() works", sqlite3_errmsg(db_));
}

void World::LayOut() {
  MustRun(db_, "PRAGMA page_size=512");
  MustRun(db_, "VACUUM");
  MustRun(db_, "CREATE TABLE app(id INTEGER PRIMARY KEY, v); INSERT INTO app VALUES (1, 0)");
  if (kind_ != Kind::kLived) return;
  MustRun(db_, "SELECT honker_bootstrap()");
  MustRun(db_, kLivedRows);
}

void World::Remember() {
  std::vector<std::string> names;
  sqlite3_stmt* list = Prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'");
  while (sqlite3_step(list) == SQLITE_ROW) {
    names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(list, 0)));
  }
  sqlite3_finalize(list);
  for (const std::string& name : names) {
    MustRun(db_, "CREATE TEMP TABLE 'original " + name + "' AS SELECT * FROM main." + name);
  }
  for (const std::string& name : names) {
    tables_.push_back(
        {name, Prepare("SELECT * FROM main." + name + " NOT INDEXED"),
         Prepare("DELETE FROM main." + name),
         Prepare("INSERT INTO main." + name + " SELECT * FROM 'original " + name + "'"), 0});
  }
  tables_.push_back({"", Prepare("SELECT type, name, tbl_name, sql FROM main.sqlite_schema"),
                     nullptr, nullptr, 0});
  for (Table& table : tables_) table.original = DigestOf(table.read);
  original_ = Digest();
}

uint64_t World::Digest() {
  uint64_t hash = 0;
  for (const Table& table : tables_) {
    const uint64_t part = DigestOf(table.read);
    Mix(hash, &part, sizeof part);
  }
  return hash;
}

bool World::Restore() {
  if (DigestOf(tables_.back().read) != tables_.back().original) {
    Close();
    Open();
    return true;
  }
  bool differed = false;
  for (const Table& table : tables_) {
    if (DigestOf(table.read) == table.original) continue;
    if (!differed) MustRun(db_, "BEGIN");
    differed = true;
    MustStep(table.clear);
    MustStep(table.fill);
  }
  if (differed) MustRun(db_, "COMMIT");
  return differed;
}

int World::CountStatements() {
  int count = 0;
  sqlite3_stmt* statement = nullptr;
  while ((statement = sqlite3_next_stmt(db_, statement)) != nullptr) ++count;
  return count - CountKeptStatements(db_);
}

sqlite3_stmt* World::Prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v3(db_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  Require(statement != nullptr, sql + ": " + sqlite3_errmsg(db_));
  return statement;
}

}  // namespace honker::fuzz
