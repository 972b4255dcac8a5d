// One process with the shim as its default VFS, for tests.

#ifndef HONKER_FAULTS_VFS_SHIM_FIXTURE_H_
#define HONKER_FAULTS_VFS_SHIM_FIXTURE_H_

#include <sqlite3.h>

#include <string>

#include "faults/file/test_files.h"

namespace faults::testing {

class ShimTest : public ScratchTest {
 protected:
  static void SetUpTestSuite() {
    ASSERT_EQ(sqlite3_open(":memory:", &loading_), SQLITE_OK);
    sqlite3_enable_load_extension(loading_, 1);
    char* message = nullptr;
    ASSERT_EQ(sqlite3_load_extension(loading_, FAULT_VFS, nullptr, &message), SQLITE_OK) << message;
  }
  static void TearDownTestSuite() {
    sqlite3_close(loading_);
    loading_ = nullptr;
  }

  sqlite3* Open(const char* name, const char* vfs = nullptr) {
    sqlite3* db = nullptr;
    EXPECT_EQ(
        sqlite3_open_v2(In(name).c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs),
        SQLITE_OK);
    return db;
  }

  static std::string Value(sqlite3* db, const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    std::string value;
    int rc = sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
      rc = sqlite3_step(statement);
      if (rc == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL) {
        value = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      }
    }
    sqlite3_finalize(statement);
    return rc == SQLITE_DONE ? value : "error: " + std::string(sqlite3_errmsg(db));
  }

  static sqlite3_file* FileOf(sqlite3* db) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    return file;
  }

  inline static sqlite3* loading_ = nullptr;
};

}  // namespace faults::testing

#endif  // HONKER_FAULTS_VFS_SHIM_FIXTURE_H_
