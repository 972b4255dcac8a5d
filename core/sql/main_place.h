// Whether main is still stored where it was, as far as it can be told without touching a table.
//
// sqlite3_deserialize() puts another file under a connection: it frees the schema object of main
// and expires no statement. A statement prepared before may then read pages that mean something
// else, where the new file counts its schema's versions alike; and the eponymous tables (ours,
// json_each, pragma_table_info) keep a pointer to the old schema and lead any statement that names
// them beyond an array (seen on 3.40.1, and in the source of 3.53.2). So it has to be known
// beforehand.
//
// A deserialized main lies in SQLite's own "memdb" VFS, and never leaves it: as long as main has
// had another, nothing has happened, which costs one call to know. Inside memdb the address of the
// bytes and the number of pages asked for tell one image from the next. What costs little is a
// wrong "moved". Not covered: an application that deserializes its own buffer again and reads more
// from it than was ever read before, if SQLite's allocations come out the same.
#ifndef CORE_SQL_MAIN_PLACE_H_
#define CORE_SQL_MAIN_PLACE_H_

#include <cstdint>
#include <string>

#include "core/sql/sqlite_api.h"

namespace honker {

class MainPlace {
 public:
  explicit MainPlace(sqlite3* db) { Note(db); }

  void Note(sqlite3* db);
  // False where main may lie elsewhere since the last Note().
  bool Stayed(sqlite3* db) const;

  // An image in memory, which may be exchanged for another.
  bool is_image() const { return !image_.empty(); }

 private:
  sqlite3_file* file_ = nullptr;
  const sqlite3_io_methods* methods_ = nullptr;
  std::string image_;    // "memdb(" and the address of the bytes
  int64_t fetches_ = 0;  // pages asked for so far; only counted in an image
};

}  // namespace honker

#endif  // CORE_SQL_MAIN_PLACE_H_
