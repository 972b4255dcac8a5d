// What the tests of core/ share: scratch folders, connections that have the extension loaded, the C
// ABI.
#ifndef CORE_TESTING_SCRATCH_H_
#define CORE_TESTING_SCRATCH_H_

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <vector>

namespace honker::testing {

// A folder of its own, removed at the end of the scope.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

// One connection. Failures of what is not under test abort the test with a message.
class Database {
 public:
  enum Load { kLoaded, kPlain };
  static constexpr int kReadWrite = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  // `vfs` as FixedClockVfs() (fixed_clock.h) names one.
  explicit Database(const std::string& path, Load load = kLoaded, int flags = kReadWrite,
                    const char* vfs = nullptr);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  sqlite3* db() { return db_; }
  // Must work.
  void Run(const std::string& sql);
  // "" or the error message; result_code() has the code.
  std::string Try(const std::string& sql);
  int result_code() const { return code_; }
  // All rows: columns joined by '|', rows by '\n', NULL as "NULL". Must work.
  std::string Ask(const std::string& sql);
  int64_t AskInt(const std::string& sql);
  // Closes with plain sqlite3_close() and returns its code.
  int Close();
  // The test has closed it in a way of its own.
  void Forget() { db_ = nullptr; }

 private:
  sqlite3* db_ = nullptr;
  int code_ = 0;
};

// The library under test.
const char* ExtensionPath();

// Loads the extension into `db`; "" or the error.
std::string LoadExtension(sqlite3* db);

// One text parameter, bound with its length, and one answer.
std::string AskWithText(sqlite3* db, const std::string& sql, const std::vector<std::string>& texts);

}  // namespace honker::testing

#endif  // CORE_TESTING_SCRATCH_H_
