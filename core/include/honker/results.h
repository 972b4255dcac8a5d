// What a job came to, for whoever enqueued it: a text by the job's id, kept for as long as it was
// saved for. Opt-in: nothing saves results by itself but a Worker that is told to.
//
//   int64_t id = queue.Enqueue("2+2").value();
//   WaitResult(db, id, 10s, stop);  // "4"
#ifndef HONKER_RESULTS_H_
#define HONKER_RESULTS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "honker/database.h"
#include "honker/result.h"

namespace honker {

// Saves, or replaces, the result of a job. Gone `ttl` from now; nullopt: kept for ever. Part of the
// transaction that is going on, if there is one.
Status SaveResult(const Database& db, int64_t job_id, std::string_view value,
                  std::optional<std::chrono::seconds> ttl);

// nullopt: none is saved, or its time has passed.
Result<std::optional<std::string>> GetResult(const Database& db, int64_t job_id);

// Waits until there is one. nullopt: none within `timeout`, or `stop` was requested. A job that
// failed, or whose worker saves no result, never has one. Beyond the timeout it may take as long as
// the busy timeout.
Result<std::optional<std::string>> WaitResult(const Database& db, int64_t job_id,
                                              std::chrono::milliseconds timeout,
                                              const std::stop_token& stop = {},
                                              const WaitOptions& options = {});

// Removes results whose time has passed; how many.
Result<int64_t> SweepResults(const Database& db);

}  // namespace honker

#endif  // HONKER_RESULTS_H_
