// What the tests of the C++ API share.
#ifndef CORE_API_TESTING_H_
#define CORE_API_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <future>
#include <optional>
#include <semaphore>
#include <stop_token>
#include <string>
#include <thread>
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

// Statements that ran to their end on a connection, by a part of their text: that somebody has
// looked, and waits now. The connection's trace hook is taken while this lives.
class Looks {
 public:
  Looks(const honker::Database& db, std::string part) : db_(db.handle()), part_(std::move(part)) {
    sqlite3_trace_v2(db_, SQLITE_TRACE_PROFILE, &Looks::OnEnd, this);
  }
  ~Looks() { sqlite3_trace_v2(db_, 0, nullptr, nullptr); }
  Looks(const Looks&) = delete;
  Looks& operator=(const Looks&) = delete;

  // The next one that has not been waited for.
  void Await() { seen_.acquire(); }

 private:
  static int OnEnd(unsigned, void* self, void* statement, void*) {
    auto* looks = static_cast<Looks*>(self);
    const std::string sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
    if (sql.find(looks->part_) != std::string::npos) looks->seen_.release();
    return 0;
  }

  sqlite3* db_;
  std::string part_;
  std::counting_semaphore<> seen_{0};
};

// What a call that waits for ever comes to when `happens` has happened after its first look. It is
// stopped where nothing has woken it after the limit: then there is no value.
template <typename T, typename Wait, typename Happens>
std::optional<T> WokenBy(honker::Database db, const std::string& look, Wait wait, Happens happens) {
  Looks looks(db, look);
  std::promise<std::optional<T>> woken;
  std::jthread waiter([&](const std::stop_token& stop) {
    woken.set_value(Must<std::optional<T>>(wait(db, stop)));
  });
  looks.Await();
  happens();
  std::future<std::optional<T>> value = woken.get_future();
  (void)value.wait_for(kLimit);
  waiter.request_stop();
  return value.get();
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
