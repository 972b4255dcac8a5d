#include "harness/actor/subscriber.h"

#include <algorithm>

#include "harness/actor/marks.h"

namespace harness::actor {
namespace {

// A wait is cut into slices, so that "a wait began after that and timed out" can be seen soon.
constexpr uint64_t kWaitSliceMs = 20;

constexpr int64_t kOvertriggerAlone = 1000;
constexpr int64_t kOvertriggerAtLeast = 50;

}  // namespace

int Subscriber::OvertriggerAfter(int64_t count) {
  return static_cast<int>(std::max(kOvertriggerAlone / count, kOvertriggerAtLeast));
}

Subscriber::Subscriber(Session& session, int64_t number, std::unique_ptr<WatcherPort> port,
                       std::string path, Connection reread, int overtrigger_after,
                       std::condition_variable& news)
    : session_(session),
      number_(number),
      port_(std::move(port)),
      path_(std::move(path)),
      reread_(std::move(reread)),
      overtrigger_after_(overtrigger_after),
      news_(news) {}

void Subscriber::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void Subscriber::Stop() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  port_.reset();
}

SubscriberState Subscriber::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void Subscriber::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const int64_t begin_ns = NowNs();
    const int rc = port_->Wait(kWaitSliceMs);
    const int64_t end_ns = NowNs();
    if (rc == 0) {
      const std::lock_guard lock(mutex_);
      ++state_.timeouts;
      state_.quiet_since_ns = begin_ns;
    } else if (rc == 1) {
      OnWake(end_ns);
    } else {
      session_.Record("dead", Value::MakeObject({{"sub", number_}, {"rc", rc}}), end_ns);
      const std::lock_guard lock(mutex_);
      state_.dead = true;
    }
    news_.notify_all();
    const std::lock_guard lock(mutex_);
    if (state_.dead) return;
  }
}

SqlStatus Subscriber::Reread(Value& marks) {
  if (reread_.is_open()) return ReadMarks(reread_, marks);
  if (path_.empty()) {
    marks = Value::MakeObject();
    return SqlStatus();
  }
  Connection fresh;
  const SqlStatus opened = Connection::Open(path_, SQLITE_OPEN_READWRITE, kRereadBusyMs, fresh);
  return opened.ok() ? ReadMarks(fresh, marks) : opened;
}

void Subscriber::OnWake(int64_t woken_ns) {
  // It has stopped re-reading, but goes on waiting: a death has to be told to it all the same.
  if (idle_wakes_ >= overtrigger_after_) return;
  Value wake = Value::MakeObject({{"sub", number_}});
  const int64_t begin_ns = NowNs();
  Value marks;
  const SqlStatus status = Reread(marks);
  const int64_t end_ns = NowNs();
  const std::lock_guard lock(mutex_);
  wake.Set("n", ++state_.wakes).Set("begin", begin_ns).Set("end", end_ns);
  bool news = false;
  if (status.ok()) {
    wake.Set("seen", marks);
    for (const Value::Member& m : marks.members()) {
      int64_t& best = state_.seen[m.name];
      news |= m.value.Int() > best;
      best = std::max(best, m.value.Int());
    }
  } else {
    wake.Set("error", status.failure().ToValue());
  }
  session_.Record("wake", std::move(wake), woken_ns);
  idle_wakes_ = news ? 0 : idle_wakes_ + 1;
  if (idle_wakes_ < overtrigger_after_) return;
  state_.overtriggered = true;
  session_.Tell("overtrigger",
                Value::MakeObject({{"sub", number_}, {"wakes", overtrigger_after_}}));
}

}  // namespace harness::actor
