#include "bench/support/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>

namespace bench {
namespace {

namespace fs = std::filesystem;

// Child of the Scratch: keeps nothing of its parent's open, so nobody waits for it by mistake.
[[noreturn]] void Guard(int pipe, const std::string& folder) {
  setsid();  // Ctrl-C is not for it
  const int nothing = open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= 2; ++fd) dup2(nothing, fd);
  dup2(pipe, 3);
  close_range(4, ~0U, 0);
  char byte = 0;
  while (read(3, &byte, 1) < 0 && errno == EINTR) {
  }
  std::error_code error;
  // A child of the dead parent may still be writing its last file.
  for (int i = 0; i < 100; ++i) {
    fs::remove_all(folder, error);
    if (!fs::exists(folder, error)) break;
    usleep(10'000);
  }
  _exit(0);
}

int64_t ReadClock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

}  // namespace

void Fail(const std::string& sentence, int code) {
  std::fflush(stdout);
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, sentence.c_str());
  std::exit(code);
}

int64_t NowNs() { return ReadClock(CLOCK_MONOTONIC); }
int64_t ThreadCpuNs() { return ReadClock(CLOCK_THREAD_CPUTIME_ID); }

void SleepUntilNs(int64_t when) {
  const timespec until{when / 1'000'000'000, when % 1'000'000'000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

std::string BuildFolder() {
  return fs::read_symlink("/proc/self/exe").parent_path().parent_path().string();
}

Scratch::Scratch(const std::string& parent) {
  std::error_code error;
  fs::create_directories(parent, error);
  folder_ = parent + "/honker-bench-XXXXXX";
  if (mkdtemp(folder_.data()) == nullptr) {
    Fail("cannot make a folder in \"" + parent + "\": " + std::strerror(errno));
  }
  folder_ = fs::canonical(folder_).string();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) Fail(std::string("pipe: ") + std::strerror(errno));
  guardian_ = fork();
  if (guardian_ < 0) Fail(std::string("fork: ") + std::strerror(errno));
  if (guardian_ == 0) {
    close(ends[1]);
    Guard(ends[0], folder_);
  }
  close(ends[0]);
  pipe_ = ends[1];
}

Scratch::~Scratch() {
  close(pipe_);
  waitpid(guardian_, nullptr, 0);
}

std::string Without(const std::string& folder, std::string sentence) {
  for (size_t at = 0; (at = sentence.find(folder + "/", at)) != std::string::npos;) {
    sentence.erase(at, folder.size() + 1);
  }
  return sentence;
}

Db OpenDb(const std::string& path, int flags) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
  Db owner(db);
  if (code != SQLITE_OK) Fail("cannot open \"" + path + "\": " + sqlite3_errstr(code));
  sqlite3_busy_timeout(db, 5000);
  return owner;
}

void Exec(sqlite3* db, const std::string& sql) {
  char* message = nullptr;
  if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message) != SQLITE_OK) {
    Fail(sql + ": " + (message == nullptr ? "out of memory" : message));
  }
}

Stmt Prepare(sqlite3* db, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    Fail(sql + ": " + sqlite3_errmsg(db));
  }
  return Stmt(statement);
}

int64_t StepInt(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    Fail(std::string(sqlite3_sql(statement)) + ": " + sqlite3_errmsg(sqlite3_db_handle(statement)));
  }
  const int64_t value = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
  sqlite3_reset(statement);
  return value;
}

Db MakeDb(const std::string& path, const std::string& journal_mode) {
  Db db = OpenDb(path);
  Exec(db.get(), "PRAGMA journal_mode=" + journal_mode);
  Exec(db.get(), "CREATE TABLE t(id INTEGER PRIMARY KEY, text); INSERT INTO t VALUES(1, 'first')");
  return db;
}

}  // namespace bench
