#include "honker/update_events.h"

#include <algorithm>
#include <utility>

#include "core/watcher/handles.h"

namespace honker {
namespace {

constexpr char kDeath[] =
    "honker: update watcher died (database file likely replaced; recreate honker.open() to "
    "recover)";
constexpr uint64_t kIntervalMs = 1;

}  // namespace

Result<UpdateEvents> UpdateEvents::Open(const std::string& path, const std::string& backend) {
  const Result<int64_t> handle = OpenHandle(path.c_str(), backend.c_str(), kIntervalMs);
  if (!handle.ok()) return handle.error();
  return UpdateEvents(handle.value());
}

UpdateEvents::UpdateEvents(UpdateEvents&& other) noexcept
    : handle_(std::exchange(other.handle_, 0)) {}

UpdateEvents& UpdateEvents::operator=(UpdateEvents&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

UpdateEvents::~UpdateEvents() { CloseHandle(handle_); }

Result<Wake> UpdateEvents::Wait(std::chrono::milliseconds timeout, const std::stop_token& stop) {
  if (stop.stop_requested()) return Wake::kStopped;
  const auto timeout_ms = static_cast<uint64_t>(std::max<int64_t>(timeout.count(), 0));
  int result = 0;
  {
    const std::stop_callback wake_me(stop, [this] { WakeHandle(handle_); });
    result = WaitHandle(handle_, timeout_ms);
  }
  if (result < 0) return Error{kWatcherDied, kDeath};
  if (stop.stop_requested()) {
    // Room for one wake: the stop's may have covered a commit's.
    if (result == 1) WakeHandle(handle_);
    return Wake::kStopped;
  }
  return result == 1 ? Wake::kUpdate : Wake::kTimeout;
}

}  // namespace honker
