#include "honker/results.h"

#include <utility>

#include "core/api/await.h"
#include "core/api/session.h"

namespace honker {

using api::Session;
using api::Sight;

Status SaveResult(const Database& db, int64_t job_id, std::string_view value,
                  std::optional<std::chrono::seconds> ttl) {
  if (ttl && ttl->count() <= 0)
    return Error{SQLITE_MISUSE, "a result's ttl must be greater than 0"};
  constexpr int64_t kForEverTtl = 0;  // as honker_result_save() has it
  Statement call(db.handle(), "SELECT honker_result_save(?1, ?2, ?3)");
  return call.Bind(1, job_id).Bind(2, value).Bind(3, ttl ? ttl->count() : kForEverTtl).Run();
}

Result<std::optional<std::string>> GetResult(const Database& db, int64_t job_id) {
  Statement call(db.handle(), "SELECT honker_result_get(?1)");
  return Session::OptionalText(call.Bind(1, job_id));
}

Result<std::optional<std::string>> WaitResult(const Database& db, int64_t job_id,
                                              std::chrono::milliseconds timeout,
                                              const std::stop_token& stop,
                                              const WaitOptions& options) {
  Result<UpdateEvents> events = db.WatchUpdates();
  if (!events.ok()) return events.error();
  const auto look = [&](api::Occasion) -> Result<Sight<std::string>> {
    Result<std::optional<std::string>> result = GetResult(db, job_id);
    if (!result.ok()) return result.error();
    return Sight<std::string>{.value = std::move(result).value()};
  };
  return api::Await<std::string>(*db.session(), events.value(), timeout, stop, options.idle_poll,
                                 look);
}

Result<int64_t> SweepResults(const Database& db) {
  Statement call(db.handle(), "SELECT honker_result_sweep()");
  return Session::Int(call);
}

}  // namespace honker
