#include "core/api/sleep.h"

#include <condition_variable>
#include <mutex>

namespace honker::api {

void SleepUntil(Clock::time_point deadline, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock<std::mutex> lock(mutex);
  never.wait_until(lock, stop, deadline, [] { return false; });
}

}  // namespace honker::api
