// Claims: jobs as they fall due.
//
// A claim takes the write lock, also where it finds nothing, and every commit wakes every worker:
// so a look first asks when the next job is due, which only reads. An idle look claims without
// asking, because jobs out of attempts, which a claim buries, are due at no moment.
#include <algorithm>
#include <utility>

#include "core/api/await.h"
#include "core/api/session.h"
#include "honker/queue.h"

namespace honker {

using api::Clock;
using api::Occasion;
using api::Sight;

Result<std::optional<Job>> Claims::Next(std::chrono::milliseconds timeout,
                                        const std::stop_token& stop) {
  const std::shared_ptr<api::Session>& session = queue_.session_;
  // A moment in the past at which a claim found nothing: another worker was faster. It must not
  // make this one turn round and round; a commit or the idle poll brings the next try.
  std::optional<int64_t> fruitless;

  const auto claim = [&]() -> Result<Sight<Job>> {
    Result<std::vector<Job>> jobs = queue_.ClaimBatch(options_);
    if (!jobs.ok()) return jobs.error();
    for (Job& job : jobs.value()) claimed_.push_back(std::move(job));
    Sight<Job> sight;
    if (!claimed_.empty()) {
      sight.value = std::move(claimed_.front());
      claimed_.pop_front();
    }
    return sight;
  };

  const auto look = [&](Occasion occasion) -> Result<Sight<Job>> {
    // What was claimed before and waits here. Its lease may have run out meanwhile: then it is not
    // ours any more.
    while (!claimed_.empty()) {
      Job job = std::move(claimed_.front());
      claimed_.pop_front();
      const Result<int64_t> now_ms = session->NowMs();
      if (!now_ms.ok()) return now_ms.error();
      if (job.claim_expires_at() >= now_ms.value() / 1000)
        return Sight<Job>{.value = std::move(job)};
    }
    if (occasion.woken) fruitless.reset();
    const Result<std::optional<int64_t>> moment = queue_.NextClaimAt();
    if (!moment.ok()) return moment.error();
    Sight<Job> sight;
    bool is_due = false;
    if (moment.value() && moment.value() != fruitless) {
      const Result<Clock::time_point> when = session->WhenIs(*moment.value());
      if (!when.ok()) return when.error();
      is_due = when.value() <= Clock::now();
      if (!is_due) sight.look_again = when.value();
    }
    if (!is_due && !occasion.idle) return sight;
    Result<Sight<Job>> claimed = claim();
    if (!claimed.ok() || claimed.value().value) return claimed;
    if (is_due) {
      fruitless = moment.value();
      // Others may be due later: ask once more, with this moment out of the way.
      sight.look_again = Clock::now();
    }
    return sight;
  };
  return api::Await<Job>(*session, events_, timeout, stop, options_.idle_poll, look);
}

}  // namespace honker
