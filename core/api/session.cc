#include "core/api/session.h"

#include <cmath>
#include <cstring>
#include <thread>
#include <utility>

#include "core/sql/layout.h"
#include "core/watcher/own_connection.h"

// The entry point of extension.cc, which registers the functions.
extern "C" int sqlite3_honkerext_init(sqlite3* db, char** error_message,
                                      const sqlite3_api_routines* api);

namespace honker::api {
namespace {

using std::chrono::milliseconds;

Error MemoryRefused(const std::string& path) {
  return {kNotADatabaseFile,
          "\"" + path +
              "\" is a database in memory: workers, listeners and other processes open the "
              "database again by its file, and would see another one. Give the path of a file"};
}

Error Cannot(const std::string& what, const std::string& path, Error error) {
  error.message = "cannot " + what + " \"" + path + "\": " + error.message;
  return error;
}

// Every spelling of a database in memory comes out here: SQLite has no file name for it, or it is
// in the memdb VFS (its shared memory databases do have a name).
bool IsAFile(sqlite3* db) {
  const char* name = sqlite3_db_filename(db, "main");
  sqlite3_vfs* vfs = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_VFS_POINTER, static_cast<void*>(&vfs));
  return name != nullptr && name[0] != '\0' &&
         (vfs == nullptr || std::strcmp(vfs->zName, "memdb") != 0);
}

// SQLite does not call the busy handler where a rollback-mode database becomes WAL: of 480 openings
// of a fresh file by 8 processes at once 8 failed. So the statement is tried again.
Status SetWal(sqlite3* db, milliseconds busy_timeout) {
  const Clock::time_point deadline = DeadlineAfter(busy_timeout);
  for (;;) {
    Statement statement(db, "PRAGMA main.journal_mode = WAL");
    const Result<bool> row = statement.Step();
    if (row.ok()) {
      const std::string mode(statement.ColumnText(0));
      if (mode == "wal") return statement.Run();
      return Error{SQLITE_CANTOPEN, "WAL mode is not possible here, it stays in mode " + mode};
    }
    if (!IsBusy(row.error().code) || Clock::now() >= deadline) return row.error();
    PauseAMillisecond();
  }
}

Status Register(sqlite3* db) {
  char* message = nullptr;
  const int code = sqlite3_honkerext_init(db, &message, nullptr);
  if (code == SQLITE_OK_LOAD_PERMANENTLY) return Ok();
  Error error{code, message == nullptr ? sqlite3_errstr(code) : message};
  sqlite3_free(message);
  return error;
}

Status Prepare(sqlite3* db, const OpenOptions& options) {
  Status status = SetWal(db, options.busy_timeout);
  if (status.ok()) status = Execute(db, "PRAGMA main.synchronous = NORMAL");
  if (status.ok()) status = Register(db);
  if (status.ok()) status = BringUpToDate(db, Part::kEverything);
  return status;
}

}  // namespace

Session::Session(sqlite3* db, bool owned, OpenOptions options)
    : db_(db), owned_(owned), options_(std::move(options)), busy_wait_(options_.busy_timeout) {}

Session::~Session() {
  if (owned_) sqlite3_close_v2(db_);
}

Result<std::shared_ptr<Session>> Session::Open(const std::string& path,
                                               const OpenOptions& options) {
  if (path.empty()) {
    return Error{kNotADatabaseFile, "an empty path is a temporary database, give a file"};
  }
  if (path.find('\0') != std::string::npos) {
    return Error{SQLITE_CANTOPEN, "the path of the database holds a NUL byte"};
  }
  sqlite3* db = nullptr;
  // Serialized: a mistake with threads is then an error of the application, not of memory. A
  // private cache: a commit within a shared one is not seen by data_version.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI |
                    SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_PRIVATECACHE;
  const int code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
  if (db == nullptr) return Error{SQLITE_NOMEM, "out of memory"};
  std::shared_ptr<Session> session(new Session(db, true, options));
  if (code != SQLITE_OK) return Cannot("open", path, SqliteError(db, code));
  if (!IsAFile(db)) return MemoryRefused(path);
  session->path_ = sqlite3_db_filename(db, "main");
  if (sqlite3_db_readonly(db, "main") == 1) {
    return Cannot("open", path, {SQLITE_READONLY, "it is read-only"});
  }
  sqlite3_extended_result_codes(db, 1);
  session->busy_wait_.InstallOn(db);
  Status status = Prepare(db, options);
  if (!status.ok()) return Cannot("open", path, status.error());
  return session;
}

Result<std::shared_ptr<Session>> Session::Attach(sqlite3* db, const OpenOptions& options) {
  if (!IsAFile(db)) return MemoryRefused("main");
  std::shared_ptr<Session> session(new Session(db, false, options));
  session->path_ = sqlite3_db_filename(db, "main");
  Status status = Register(db);
  if (!status.ok()) return Cannot("use", session->path_, status.error());
  return session;
}

namespace {

template <typename T, typename Read>
Result<T> OnlyColumn(Statement& statement, Read read) {
  const Result<bool> row = statement.Step();
  if (!row.ok()) return row.error();
  if (!row.value()) return Error{SQLITE_INTERNAL, "the statement gave no row"};
  T value = read();
  Status end = statement.Run();
  if (!end.ok()) return end.error();
  return value;
}

}  // namespace

Result<int64_t> Session::Int(Statement& statement) {
  return OnlyColumn<int64_t>(statement, [&] { return statement.ColumnInt(0); });
}

Result<bool> Session::IsOne(Statement& statement) {
  return OnlyColumn<bool>(statement, [&] { return statement.ColumnInt(0) == 1; });
}

Result<std::string> Session::Text(Statement& statement) {
  return OnlyColumn<std::string>(statement, [&] { return std::string(statement.ColumnText(0)); });
}

Result<std::optional<std::string>> Session::OptionalText(Statement& statement) {
  return OnlyColumn<std::optional<std::string>>(statement, [&]() -> std::optional<std::string> {
    if (statement.ColumnType(0) == SQLITE_NULL) return std::nullopt;
    return std::string(statement.ColumnText(0));
  });
}

Result<int64_t> Session::NowMs() {
  // A Julian day as REAL is good for 0.04 ms; unixepoch('subsec') would need SQLite 3.42.
  Statement statement(db_, "SELECT (julianday('now') - 2440587.5) * 86400000.0");
  const Result<double> ms = OnlyColumn<double>(statement, [&] { return statement.ColumnReal(0); });
  if (!ms.ok()) return ms.error();
  return static_cast<int64_t>(std::floor(ms.value()));
}

Result<Clock::time_point> Session::WhenIs(int64_t unix_s) {
  const Result<int64_t> now_ms = NowMs();
  if (!now_ms.ok()) return now_ms.error();
  const int64_t now_s = now_ms.value() / 1000;
  if (unix_s <= now_s) return Clock::now();
  constexpr int64_t kFarS = kForEver.count() / 1000;
  if (unix_s - now_s > kFarS) return Clock::now() + kForEver;
  return Clock::now() + milliseconds(unix_s * 1000 - now_ms.value() + 1);
}

}  // namespace honker::api
