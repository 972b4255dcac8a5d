// One handle's place to sleep: room for one pending wake.
#ifndef CORE_WATCHER_SUBSCRIBER_H_
#define CORE_WATCHER_SUBSCRIBER_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace honker {

class Subscriber {
 public:
  explicit Subscriber(uint64_t interval_ms) : interval_ms_(interval_ms) {}

  // What the subscriber asked for.
  uint64_t interval_ms() const { return interval_ms_; }

  // From the watcher's thread; does not wait for the subscriber.
  void Wake();
  // From any thread: the watcher died or the handle is closed. Ends a Wait() that is going on.
  void End();

  // 1 woken, 0 timeout, -1 dead or closed. Death goes before a pending wake: whoever it was meant
  // for has to open anew and then reads everything.
  int Wait(uint64_t timeout_ms);

 private:
  const uint64_t interval_ms_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int pending_ = 0;
  bool over_ = false;
};

}  // namespace honker

#endif  // CORE_WATCHER_SUBSCRIBER_H_
