// The watcher C ABI as the tests use it, and evidence that a watcher's thread has looked.
#ifndef CORE_TESTING_WATCHING_H_
#define CORE_TESTING_WATCHING_H_

#include <cstdint>
#include <string>

#include "core/include/honker/watcher.h"

namespace honker::testing {

// The functions of the extension library, which a connection of this process has loaded.
struct WatcherAbi {
  decltype(&honker_watcher_open) open;
  decltype(&honker_watcher_open_v2) open_v2;
  decltype(&honker_watcher_wait) wait;
  decltype(&honker_watcher_close) close;
};
const WatcherAbi& Abi();

// An open handle, closed at the end of the scope.
class Watch {
 public:
  Watch(const std::string& path, const char* backend, uint64_t interval_ms = 1);
  ~Watch() { Close(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  bool ok() const { return handle_ != nullptr; }
  const std::string& error() const { return error_; }
  HonkerWatcherHandle* get() const { return handle_; }

  // A limit that only a broken watcher reaches.
  int Wait() { return Abi().wait(handle_, 60'000); }
  int Look() { return Abi().wait(handle_, 0); }
  void Close();

 private:
  HonkerWatcherHandle* handle_ = nullptr;
  std::string error_;
};

// Number of threads of this process with that name.
int ThreadsNamed(const std::string& name);

// Returns when each thread of that name has gone to sleep `times` times from now on: whatever was
// done before has been looked at then. A polling thread sleeps once a look.
void WaitForLooks(const std::string& name, int times = 3);

}  // namespace honker::testing

#endif  // CORE_TESTING_WATCHING_H_
