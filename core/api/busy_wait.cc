#include "core/api/busy_wait.h"

#include <algorithm>
#include <iterator>
#include <thread>

#include "core/api/deadline.h"

namespace honker::api {

using std::chrono::milliseconds;

void BusyWait::InstallOn(sqlite3* db) { sqlite3_busy_handler(db, &BusyWait::OnBusy, this); }

int BusyWait::OnBusy(void* self, int count) {
  return static_cast<BusyWait*>(self)->Pause(count) ? 1 : 0;
}

bool BusyWait::Pause(int count) {
  // As SQLite's own handler has it, but never so long that a stop would be noticed late.
  constexpr int kPausesMs[] = {1, 2, 5, 10, 15, 20, 25};
  if (count == 0) deadline_ = DeadlineAfter(timeout_);
  const Clock::time_point now = Clock::now();
  if (stop_.stop_requested() || now >= deadline_) return false;
  const auto step = std::min<size_t>(static_cast<size_t>(count), std::size(kPausesMs) - 1);
  std::this_thread::sleep_until(std::min(now + milliseconds(kPausesMs[step]), deadline_));
  return true;
}

BusyWait::Scope::Scope(BusyWait& wait, milliseconds timeout, const std::stop_token& stop)
    : wait_(wait), timeout_before_(wait.timeout_), stop_before_(wait.stop_) {
  wait_.timeout_ = timeout;
  if (stop.stop_possible()) wait_.stop_ = stop;
}

BusyWait::Scope::~Scope() {
  wait_.timeout_ = timeout_before_;
  wait_.stop_ = stop_before_;
}

}  // namespace honker::api
