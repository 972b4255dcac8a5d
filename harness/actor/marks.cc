#include "harness/actor/marks.h"

namespace harness::actor {
namespace {

// Undoes what is open; a transaction that SQLite has rolled back itself is not there any more.
void Undo(Connection& db) {
  if (sqlite3_get_autocommit(db.handle()) == 0) (void)db.Exec("ROLLBACK");
}

SqlStatus Spill(Connection& db) {
  // 400 rows of 4 KiB against a cache of 10 pages.
  return db.Exec(
      "PRAGMA cache_size=10;"
      "BEGIN IMMEDIATE;"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<400)"
      " INSERT INTO harness_ballast(content) SELECT zeroblob(4000) FROM n;"
      "ROLLBACK;"
      "PRAGMA cache_size=-2000;");
}

}  // namespace

SqlStatus CreateMarks(Connection& db) {
  return db.Exec(
      "CREATE TABLE IF NOT EXISTS harness_marks(writer INTEGER PRIMARY KEY, seq INTEGER NOT NULL,"
      " pad BLOB);"
      "CREATE TABLE IF NOT EXISTS harness_ballast(id INTEGER PRIMARY KEY, content BLOB);");
}

SqlStatus ReadMarks(Connection& db, Value& marks) {
  marks = Value::MakeObject();
  Value rows;
  const SqlStatus status = db.Query("SELECT writer, seq FROM harness_marks", Value(), rows, 10000);
  if (!status.ok()) {
    const bool no_table = status.failure().message.find("no such table") != std::string::npos;
    return no_table ? SqlStatus() : status;
  }
  for (const Value& row : rows.items()) {
    marks.Set(std::to_string(row.items()[0].Int()), row.items()[1]);
  }
  return {};
}

namespace {

Reply BeginMark(Connection& db, const char* begin, int64_t writer, int64_t seq, int64_t pad) {
  if (SqlStatus s = db.Exec(begin); !s.ok()) return Reply::Fail(s.failure());
  Value rows;
  const Value arguments = Value::MakeArray().Append(writer).Append(seq).Append(pad);
  const SqlStatus written = db.Query(
      "INSERT INTO harness_marks(writer, seq, pad) VALUES(?1, ?2, zeroblob(?3))"
      " ON CONFLICT(writer) DO UPDATE SET seq=excluded.seq, pad=excluded.pad",
      arguments, rows);
  if (written.ok()) return Reply::Okay();
  Undo(db);
  return Reply::Fail(written.failure());
}

}  // namespace

Reply CommitMark(Connection& db, int64_t writer, int64_t seq, int64_t pad) {
  const Reply begun = BeginMark(db, "BEGIN IMMEDIATE", writer, seq, pad);
  return begun.type == OpType::kOk ? CommitHeld(db) : begun;
}

Reply HoldMark(Connection& db, int64_t writer, int64_t seq) {
  return BeginMark(db, "BEGIN EXCLUSIVE", writer, seq, 0);
}

Reply CommitHeld(Connection& db) {
  if (SqlStatus s = db.Exec("COMMIT"); !s.ok()) {
    Undo(db);
    return s.failure().is_io_error() ? Reply::InDoubt(s.failure()) : Reply::Fail(s.failure());
  }
  return Reply::Okay();
}

Reply RollBack(Connection& db, const std::string& kind) {
  constexpr const char* kWrite =
      "INSERT INTO harness_marks(writer, seq) VALUES(-1, 1)"
      " ON CONFLICT(writer) DO UPDATE SET seq=seq+1;";
  SqlStatus status;
  if (kind == "plain") {
    status = db.Exec(std::string("BEGIN IMMEDIATE;") + kWrite + "ROLLBACK");
  } else if (kind == "savepoint") {
    status = db.Exec(std::string("BEGIN IMMEDIATE; SAVEPOINT inner_one;") + kWrite +
                     "ROLLBACK TO inner_one; RELEASE inner_one; ROLLBACK");
  } else if (kind == "savepoint_committed") {
    status = db.Exec(std::string("BEGIN IMMEDIATE; SAVEPOINT inner_one;") + kWrite +
                     "ROLLBACK TO inner_one; RELEASE inner_one; COMMIT");
  } else if (kind == "spilled") {
    status = Spill(db);
  } else {
    return Reply::Fail("rollback kind \"" + kind +
                       "\" is none of plain, savepoint, savepoint_committed, spilled");
  }
  if (status.ok()) return Reply::Okay();
  Undo(db);
  return Reply::Fail(status.failure());
}

}  // namespace harness::actor
