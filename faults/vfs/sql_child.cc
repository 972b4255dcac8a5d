// A process that runs SQL through the shim VFS, for the tests of the gates.
//
//   faults_sql_child EXTENSION DATABASE STATEMENT...
//
// The extension is loaded on a connection of its own (:memory:); the database is opened after that,
// so through the shim. A statement that starts with '@' runs on the loading connection (fault_arm
// and the like), any other on the database. After each one line goes to stdout: "ok" and the first
// value of its first row, or "error" with the extended code and the message. The first error ends
// the process with 1.

#include <sqlite3.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace {

int Run(sqlite3* db, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  int rc = sqlite3_prepare_v2(db, sql, -1, &statement, nullptr);
  char value[4096] = "";
  while (rc == SQLITE_OK || rc == SQLITE_ROW) {
    rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW && value[0] == '\0' && sqlite3_column_type(statement, 0) != SQLITE_NULL) {
      std::snprintf(value, sizeof value, " %s", sqlite3_column_text(statement, 0));
    }
  }
  if (rc == SQLITE_DONE) {
    std::printf("ok%s\n", value);
  } else {
    std::printf("error %d %s\n", sqlite3_extended_errcode(db), sqlite3_errmsg(db));
  }
  std::fflush(stdout);
  sqlite3_finalize(statement);
  return rc == SQLITE_DONE ? 0 : 1;
}

int Load(sqlite3* db, const char* extension) {
  char* message = nullptr;
  if (sqlite3_load_extension(db, extension, nullptr, &message) == SQLITE_OK) return 0;
  std::printf("error loading: %s\n", message);
  sqlite3_free(message);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  // A test that dies must not leave a process at a gate. The parent may have died before this line.
  const pid_t parent = getppid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent || argc < 3) return 64;

  sqlite3* loading = nullptr;
  sqlite3* db = nullptr;
  sqlite3_open(":memory:", &loading);
  sqlite3_enable_load_extension(loading, 1);
  int status = Load(loading, argv[1]);
  if (status == 0 && sqlite3_open(argv[2], &db) != SQLITE_OK) {
    std::printf("error opening: %s\n", sqlite3_errmsg(db));
    status = 1;
  }
  if (status == 0) sqlite3_busy_timeout(db, 5000);
  for (int i = 3; status == 0 && i < argc; ++i) {
    const bool on_loading = argv[i][0] == '@';
    status = Run(on_loading ? loading : db, argv[i] + (on_loading ? 1 : 0));
  }
  sqlite3_close(db);
  sqlite3_close(loading);
  return status;
}
