#include "honker/worker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/api/worker_pool.h"

namespace honker {

std::chrono::seconds RetryPolicy::DelayAfter(int64_t attempts) const {
  const double limit = std::max(static_cast<double>(max.count()), 0.0);
  double delay = static_cast<double>(base.count());
  // By steps, and no further than the limit: a factor to the power of anything may be infinite.
  for (int64_t i = 1; i < attempts && delay < limit && factor > 1.0; ++i) delay *= factor;
  return std::chrono::seconds(static_cast<int64_t>(std::clamp(std::floor(delay), 0.0, limit)));
}

Outcome Outcome::Done(std::optional<std::string> result) {
  Outcome outcome(kDone);
  outcome.result_ = std::move(result);
  return outcome;
}

Outcome Outcome::Retry(std::string error, std::optional<std::chrono::seconds> delay) {
  Outcome outcome(kRetry);
  outcome.error_ = std::move(error);
  outcome.delay_ = delay;
  return outcome;
}

Outcome Outcome::Fail(std::string error) {
  Outcome outcome(kFail);
  outcome.error_ = std::move(error);
  return outcome;
}

Result<Worker> Worker::Start(const Database& db, std::string queue, Handler handler,
                             WorkerOptions options) {
  Result<std::unique_ptr<api::WorkerPool>> pool =
      api::WorkerPool::Start(db, std::move(queue), std::move(handler), std::move(options));
  if (!pool.ok()) return pool.error();
  return Worker(std::move(pool).value());
}

Worker::Worker(std::unique_ptr<api::WorkerPool> pool) : pool_(std::move(pool)) {}
Worker::Worker(Worker&&) noexcept = default;
Worker::~Worker() = default;

bool Worker::Stop(std::chrono::milliseconds timeout) { return pool_->Stop(timeout); }

Result<bool> Worker::Wait(std::chrono::milliseconds timeout, const std::stop_token& stop) {
  return pool_->Wait(timeout, stop);
}

WorkerCounts Worker::counts() const { return pool_->counts(); }

}  // namespace honker
