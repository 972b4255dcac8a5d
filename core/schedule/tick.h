// Fires the schedules that are due, inside a write transaction of the caller's.
#ifndef CORE_SCHEDULE_TICK_H_
#define CORE_SCHEDULE_TICK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/schedule/task.h"
#include "core/sql/statement.h"

namespace honker {

class Tick {
 public:
  static constexpr size_t kMostFiresACall = 64;
  // Of what is skipped: a schedule of each second that slept for years would be counted for long.
  static constexpr int64_t kMostCounted = 1'000'000;

  Tick(sqlite3* db, int64_t now) : db_(db), now_(now) {}

  // True where Run() would have something to do or to report. Reads only.
  Result<bool> IsAnythingDue();

  // Ok: what was fired is in json(). Error: the caller undoes the transaction.
  Status Run();

  std::string json() const { return "[" + fires_ + "]"; }

 private:
  // What a task has to fire now, and when it fires after that.
  struct Plan {
    std::vector<int64_t> boundaries;
    int64_t next_fire_at;
    int64_t skipped = 0;                // boundaries between the last one that fires and now
    std::optional<std::string> zone{};  // that next_fire_at is in
  };

  Result<std::vector<int64_t>> DueRows();
  Status FireRow(int64_t rowid);
  Result<Plan> Boundaries(const Task& task) const;
  Result<int64_t> CountSkipped(const Expression& expression, int64_t boundary) const;
  Status Fire(int64_t rowid, const Task& task, Plan plan, std::optional<int64_t> expires_at);
  Result<int64_t> Enqueue(const Task& task, int64_t fire_at, std::optional<int64_t> expires_at);
  Status Report(int64_t rowid, Statement& row, const std::string& problem);
  void Append(const std::string& element);
  bool Fits(size_t size) const;

  sqlite3* db_;
  int64_t now_;
  bool full_ = false;  // the answer would become longer than SQLite allows a text to be
  std::string fires_;
};

}  // namespace honker

#endif  // CORE_SCHEDULE_TICK_H_
