// A program of somebody else: enqueues with the library, claims with the installed extension in a
// connection of its own. consumer DATABASE EXTENSION
#include <honker/honker.h>

#include <cstdio>
#include <string>

namespace {

int Count(void* count, int, char**, char**) {
  ++*static_cast<int*>(count);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  honker::Result<honker::Database> db = honker::Database::Open(argv[1]);
  if (!db.ok()) {
    std::fprintf(stderr, "%s\n", db.error().message.c_str());
    return 1;
  }
  if (!honker::Queue(db.value(), "q").Enqueue("hello").ok()) return 2;

  sqlite3* other = nullptr;
  if (sqlite3_open(argv[1], &other) != SQLITE_OK) return 3;
  sqlite3_db_config(other, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, nullptr);
  char* error = nullptr;
  if (sqlite3_load_extension(other, argv[2], nullptr, &error) != SQLITE_OK) {
    std::fprintf(stderr, "%s\n", error);
    return 4;
  }
  int jobs = 0;
  const char* claim =
      "SELECT 1 WHERE honker_claim_batch('q', 'w', 1, 60) LIKE '%\"payload\":\"hello\"%'";
  if (sqlite3_exec(other, claim, Count, &jobs, nullptr) != SQLITE_OK || jobs != 1) return 5;
  sqlite3_close(other);
  std::puts("hello");
  return 0;
}
