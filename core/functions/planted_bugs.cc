#include "core/functions/planted_bugs.h"

#ifdef HONKER_MUTANTS

#include <map>
#include <mutex>

#include "core/sql/insert.h"

namespace honker::planted {

Result<Answer> FirstRow(Statement& insert) {
  Result<bool> row = insert.Step();
  if (!row.ok()) return row.error();
  return Answer{insert.ColumnInt(0)};
}

Result<Answer> PublishFromBlock(sqlite3* db, std::string_view topic, std::string_view payload) {
  constexpr int64_t kBlock = 1000;
  struct Block {
    int64_t next = 0;
    int64_t end = 0;
  };
  static std::mutex mutex;
  static auto& blocks = *new std::map<sqlite3*, Block>;
  const std::lock_guard<std::mutex> lock(mutex);
  Block& block = blocks[db];
  if (block.next == block.end) {
    Status known = Execute(db,
                           "INSERT INTO main.sqlite_sequence SELECT '_honker_stream', 0 WHERE NOT "
                           "EXISTS (SELECT 1 FROM main.sqlite_sequence WHERE name = "
                           "'_honker_stream')");
    if (!known.ok()) return known.error();
    Statement take(db,
                   "UPDATE main.sqlite_sequence SET seq = seq + ?1 WHERE name = '_honker_stream' "
                   "RETURNING seq + 1");
    Result<bool> row = take.Bind(1, kBlock).Step();
    if (!row.ok()) return row.error();
    block = {take.ColumnInt(0) - kBlock, take.ColumnInt(0)};
    Status taken = take.Run();
    if (!taken.ok()) return taken.error();
  }
  Statement insert(db,
                   "INSERT INTO main._honker_stream (\"offset\", topic, payload, created_at) "
                   "VALUES (?1, ?2, ?3, unixepoch())");
  return InsertedId(db, insert.Bind(1, block.next++).Bind(2, topic).Bind(3, payload));
}

}  // namespace honker::planted

#endif  // HONKER_MUTANTS
