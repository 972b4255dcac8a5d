#include "core/watcher/subscriber.h"

#include <algorithm>
#include <chrono>

#include "core/fault_points.h"

namespace honker {

void Subscriber::Wake() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    pending_ = HONKER_MUTANT("double_wake") ? 2 : 1;
  }
  changed_.notify_one();
}

void Subscriber::End() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
}

int Subscriber::Wait(uint64_t timeout_ms) {
  // A deadline this far away never comes, and cannot overflow the clock.
  constexpr uint64_t kForEverMs = 1ULL << 42;
  const auto deadline = std::chrono::steady_clock::now() +
                        std::chrono::milliseconds(std::min(timeout_ms, kForEverMs));
  std::unique_lock<std::mutex> lock(mutex_);
  // Who only looks does not go to sleep: condition variables do even when the deadline is past.
  if (timeout_ms > 0) {
    changed_.wait_until(lock, deadline, [this] { return pending_ > 0 || over_; });
  }
  if (over_) return -1;
  if (pending_ == 0) return 0;
  --pending_;
  return 1;
}

}  // namespace honker
