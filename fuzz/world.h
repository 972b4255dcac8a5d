// A database in memory that can be compared with how it began, and put back.
//
// One connection lives as long as the process; a fresh one for every input would cost ten times as
// much. After an input the tables that differ are filled again from copies in the temp schema, and
// where the schema itself differs the connection is opened anew, so every input meets the same
// contents and reproduces alone.
//
// sqlite3_deserialize() would put back everything at once, but SQLite keeps every table that exists
// without CREATE (json_each, pragma_table_info) with a pointer to the schema that it frees, and an
// input that names one again crashes in SQLite.
#ifndef FUZZ_WORLD_H_
#define FUZZ_WORLD_H_

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace honker::fuzz {

// Changes a connection before its world is laid out: a test registers a broken function with it.
using Plant = std::function<void(sqlite3*)>;

class World {
 public:
  enum class Kind {
    kLived,   // bootstrapped, with rows in every state, some of them written by somebody careless
    kLoaded,  // the extension was loaded, nothing else: one table
  };
  World(Kind kind, Plant plant);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  sqlite3* db() { return db_; }

  // A number over all rows of main and over its schema, as the connection sees them now.
  uint64_t Digest();
  // The same at the beginning, and after every Restore().
  uint64_t original() const { return original_; }
  // Everything as it was at the beginning; db() may be another one then. No transaction may be
  // open. False where nothing differed.
  bool Restore();

  // Statements of this connection that are not finalized, without those that the extension keeps.
  int CountStatements();

 private:
  struct Table {
    std::string name;
    sqlite3_stmt* read;
    sqlite3_stmt* clear;
    sqlite3_stmt* fill;
    uint64_t original;
  };

  void Open();
  void Close();
  void LayOut();
  void Remember();
  sqlite3_stmt* Prepare(const std::string& sql);

  const Kind kind_;
  const Plant plant_;
  sqlite3* db_ = nullptr;
  std::vector<Table> tables_;  // the schema is one of them, without clear and fill
  uint64_t original_ = 0;
};

// Runs statements that have to work.
void MustRun(sqlite3* db, const std::string& sql);

// What the lived-in world holds; SQL in world_rows.cc.
extern const char kLivedRows[];

}  // namespace honker::fuzz

#endif  // FUZZ_WORLD_H_
