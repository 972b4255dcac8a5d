#include "core/testing/scratch.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace honker::testing {
namespace {

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "test set-up: %s\n", what.c_str());
  std::abort();
}

// Appends the rows of one prepared statement; the code it ended with.
int Collect(sqlite3_stmt* statement, std::string& out) {
  int code = SQLITE_OK;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    if (!out.empty()) out += '\n';
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      if (i > 0) out += '|';
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      out += text == nullptr
                 ? "NULL"
                 : std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement, i)));
    }
  }
  return code;
}

}  // namespace

Scratch::Scratch() {
  std::string name = (std::filesystem::temp_directory_path() / "honker-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) Fail("no scratch folder");
  folder_ = std::filesystem::canonical(name).string();
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

const char* ExtensionPath() {
  const char* chosen = std::getenv("HONKER_TEST_EXT");
  return chosen == nullptr ? HONKER_EXT_PATH : chosen;
}

std::string LoadExtension(sqlite3* db) {
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, nullptr);
  char* error = nullptr;
  const int code = sqlite3_load_extension(db, ExtensionPath(), nullptr, &error);
  std::string message = error == nullptr ? "" : error;
  sqlite3_free(error);
  if (code != SQLITE_OK && message.empty()) message = "code " + std::to_string(code);
  return code == SQLITE_OK ? "" : message;
}

Database::Database(const std::string& path, Load load, int flags, const char* vfs) {
  // SQLite's memory statistics take a global mutex, which would order the threads of a race for
  // ThreadSanitizer. Before the first connection only; later calls are refused, without effect.
  (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  if (sqlite3_open_v2(path.c_str(), &db_, flags, vfs) != SQLITE_OK) {
    Fail("open " + path + ": " + sqlite3_errmsg(db_));
  }
  sqlite3_busy_timeout(db_, 60'000);
  // Nothing here is about power loss; where the file cannot be read now, the test is about that.
  (void)Try("PRAGMA synchronous = OFF");
  if (load == kPlain) return;
  const std::string problem = LoadExtension(db_);
  if (!problem.empty()) Fail("load: " + problem);
}

Database::~Database() { sqlite3_close(db_); }

std::string Database::Try(const std::string& sql) {
  char* error = nullptr;
  code_ = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &error);
  std::string message = error == nullptr ? "" : error;
  sqlite3_free(error);
  return message;
}

void Database::Run(const std::string& sql) {
  const std::string problem = Try(sql);
  if (!problem.empty()) Fail(sql + ": " + problem);
}

std::string Database::Ask(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  std::string out;
  if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK ||
      Collect(statement, out) != SQLITE_DONE) {
    Fail(sql + ": " + sqlite3_errmsg(db_));
  }
  sqlite3_finalize(statement);
  return out;
}

int64_t Database::AskInt(const std::string& sql) {
  return std::strtoll(Ask(sql).c_str(), nullptr, 10);
}

int Database::Close() {
  const int code = sqlite3_close(db_);
  if (code == SQLITE_OK) db_ = nullptr;
  return code;
}

std::string AskWithText(sqlite3* db, const std::string& sql,
                        const std::vector<std::string>& texts) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    Fail(sqlite3_errmsg(db));
  for (size_t i = 0; i < texts.size(); ++i) {
    sqlite3_bind_text(statement, static_cast<int>(i + 1), texts[i].data(),
                      static_cast<int>(texts[i].size()), SQLITE_STATIC);
  }
  std::string out;
  if (Collect(statement, out) != SQLITE_DONE) out = std::string("error: ") + sqlite3_errmsg(db);
  sqlite3_finalize(statement);
  return out;
}

}  // namespace honker::testing
