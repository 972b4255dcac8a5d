#include "core/sql/atomic_answer.h"

#include "core/sql/atomic.h"
#include "core/sql/clock.h"

namespace honker {

Result<Answer> AtomicallyAtNow(sqlite3* db,
                               const std::function<Result<Answer>(int64_t now)>& work) {
  Result<Answer> answer = Answer{};
  Status status = Atomically(db, [&]() -> Status {
    const Result<int64_t> now = Now(db);
    if (!now.ok()) return now.error();
    answer = work(now.value());
    if (!answer.ok()) return answer.error();
    return Ok();
  });
  if (!status.ok()) return status.error();
  return answer;
}

}  // namespace honker
