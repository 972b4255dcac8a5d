// What the benchmark programs share: failing with one sentence, the clock, where databases are
// made.
#ifndef BENCH_SUPPORT_PROGRAM_H_
#define BENCH_SUPPORT_PROGRAM_H_

#include <sqlite3.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

namespace bench {

inline constexpr int kExUsage = 64;

// Prints "PROGRAM: sentence" on stderr and ends the process with `code`.
[[noreturn]] void Fail(const std::string& sentence, int code = 1);

// CLOCK_MONOTONIC: the same for all processes of one machine.
int64_t NowNs();
// CPU time of the calling thread so far, in the kernel as well.
int64_t ThreadCpuNs();
// Returns at or after that moment, at once when it is over.
void SleepUntilNs(int64_t when);

// The folder that holds bin/: the build folder this program was built in.
std::string BuildFolder();

// A new folder inside `parent`, for this process and its children. It is gone when the process is,
// however it ends: a guardian process, which holds the other end of a pipe, removes it as well.
// Make it before any thread is started. Ends the process where the folder cannot be made.
class Scratch {
 public:
  explicit Scratch(const std::string& parent);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& folder() const { return folder_; }
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
  int pipe_ = -1;
  pid_t guardian_ = -1;
};

// The sentence without the folder and the slash after it, wherever they stand: reports name no path
// of this machine.
std::string Without(const std::string& folder, std::string sentence);

// Database and statement for code whose failures end the program with SQLite's sentence.
struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Db = std::unique_ptr<sqlite3, CloseDatabase>;
using Stmt = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// With a busy time-out of 5 s.
Db OpenDb(const std::string& path, int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
void Exec(sqlite3* db, const std::string& sql);
Stmt Prepare(sqlite3* db, const std::string& sql);
// Steps once and resets. The first column, or 0 where there is no row.
int64_t StepInt(sqlite3_stmt* statement);

// Makes a database with a table `t(id INTEGER PRIMARY KEY, text)` and one row.
Db MakeDb(const std::string& path, const std::string& journal_mode);

}  // namespace bench

#endif  // BENCH_SUPPORT_PROGRAM_H_
