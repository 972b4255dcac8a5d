// One claim of a batch of jobs, inside a write transaction of the caller's.
#ifndef CORE_QUEUE_CLAIM_H_
#define CORE_QUEUE_CLAIM_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/sql/statement.h"

namespace honker {

class Claim {
 public:
  Claim(sqlite3* db, std::string_view queue, std::string_view worker, int64_t now,
        int64_t claim_expires_at)
      : db_(db), queue_(queue), worker_(worker), now_(now), claim_expires_at_(claim_expires_at) {}

  // Claims up to `wanted` jobs. Ok: they are in json(), in the order of claiming. Error: the caller
  // undoes the transaction.
  Status Take(int64_t wanted);

  // A JSON array of the jobs.
  std::string json() const { return "[" + jobs_ + "]"; }

 private:
  // Rows of one look at the queue: what can be handed out, and what cannot, with the reason.
  struct Look {
    std::vector<int64_t> good;
    std::vector<std::pair<int64_t, std::string>> bad;
    bool full = false;  // the answer would become longer than SQLite allows
  };

  Status TakeOfPriority(const sqlite3_value* priority, int64_t wanted);
  Result<Look> LookAt(const sqlite3_value* priority, int64_t wanted);
  void Consider(Statement& row, Look& look);
  Status MarkTaken(const std::vector<int64_t>& ids);

  sqlite3* db_;
  std::string_view queue_;
  std::string_view worker_;
  int64_t now_;
  int64_t claim_expires_at_;
  int64_t taken_ = 0;
  bool full_ = false;
  std::string jobs_;
};

}  // namespace honker

#endif  // CORE_QUEUE_CLAIM_H_
