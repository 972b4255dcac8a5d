// What the SQL functions answer as JSON, as structs. The one place that parses JSON.
//
// An answer that is not what the function's contract says (another honker's function on an attached
// connection, say) is an error, SQLITE_FORMAT, never a default.
#ifndef CORE_API_JSON_H_
#define CORE_API_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "honker/queue.h"
#include "honker/result.h"
#include "honker/scheduler.h"
#include "honker/stream.h"

namespace honker::api {

// An element of honker_claim_batch().
struct ClaimedRow {
  int64_t id = 0;
  std::string payload;
  int64_t attempts = 0;
  int64_t claim_expires_at = 0;
};
Result<std::vector<ClaimedRow>> ParseClaimed(std::string_view json);

// The answer of honker_get_job(), not empty.
Result<JobInfo> ParseJob(std::string_view json);

// The answer of honker_stream_read_since() on `topic`.
Result<std::vector<Event>> ParseEvents(std::string_view json, const std::string& topic);

// The answers of honker_scheduler_list() and honker_scheduler_tick().
Result<std::vector<Schedule>> ParseSchedules(std::string_view json);
Result<std::vector<Fire>> ParseFires(std::string_view json);

// "[1,2,3]"
std::string JsonOf(const std::vector<int64_t>& numbers);

}  // namespace honker::api

#endif  // CORE_API_JSON_H_
