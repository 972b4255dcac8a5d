// What the tests of the C++ API share.
#ifndef CORE_API_TESTING_H_
#define CORE_API_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "core/testing/scratch.h"
#include "honker/honker.h"

namespace honker::testing {

// Nothing that works takes that long; only what is broken reaches it.
inline constexpr std::chrono::seconds kLimit{60};
// An idle poll that never comes: what wakes then is the commit or the deadline.
inline constexpr std::chrono::hours kNoIdlePoll{24};

// The value, or the end of the test program with the error.
template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "unexpected error %d: %s\n", result.error().code,
                 result.error().message.c_str());
    std::abort();
  }
  return std::move(result).value();
}

template <typename T>
T Must(Result<std::optional<T>> result) {
  std::optional<T> value = Must<std::optional<T>>(std::move(result));
  if (!value) {
    std::fprintf(stderr, "nothing there\n");
    std::abort();
  }
  return *std::move(value);
}

// A scratch file and a Database on it.
class ApiTest : public ::testing::Test {
 protected:
  ApiTest() {
    // See core/testing/scratch.cc: without it ThreadSanitizer sees no race between SQLite calls.
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    db_.emplace(Must(honker::Database::Open(scratch_.Path("a.db"))));
  }
  honker::Database& db() { return *db_; }
  honker::Database Another() { return Must(db_->OpenAnother()); }
  // One value of SQL, as text.
  std::string Ask(const std::string& sql) {
    return testing::Database(db_->path(), testing::Database::kPlain).Ask(sql);
  }

  Scratch scratch_;

 private:
  std::optional<honker::Database> db_;
};

}  // namespace honker::testing

#endif  // CORE_API_TESTING_H_
