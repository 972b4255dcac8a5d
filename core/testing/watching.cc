#include "core/testing/watching.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "core/testing/scratch.h"

namespace honker::testing {
namespace {

template <typename Function>
void Find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) {
    std::fprintf(stderr, "test set-up: %s is not exported\n", name);
    std::abort();
  }
}

// Threads of this process with that name, and how often each has gone to sleep of its own will.
std::map<std::string, int64_t> Sleeps(const std::string& name) {
  std::map<std::string, int64_t> sleeps;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream comm(task.path() / "comm");
    std::string found;
    std::getline(comm, found);
    if (found != name) continue;
    std::ifstream status(task.path() / "status");
    for (std::string word; status >> word;) {
      if (word == "voluntary_ctxt_switches:") status >> sleeps[task.path().filename().string()];
    }
  }
  return sleeps;
}

}  // namespace

const WatcherAbi& Abi() {
  static const WatcherAbi abi = [] {
    const Database loads_it(":memory:");
    void* library = dlopen(ExtensionPath(), RTLD_NOW | RTLD_NOLOAD);
    WatcherAbi found{};
    Find(library, "honker_watcher_open", found.open);
    Find(library, "honker_watcher_open_v2", found.open_v2);
    Find(library, "honker_watcher_wait", found.wait);
    Find(library, "honker_watcher_close", found.close);
    return found;
  }();
  return abi;
}

Watch::Watch(const std::string& path, const char* backend, uint64_t interval_ms) {
  char error[1024] = "";
  handle_ = Abi().open_v2(path.c_str(), backend, interval_ms, error, sizeof error);
  error_ = error;
}

void Watch::Close() {
  Abi().close(handle_);
  handle_ = nullptr;
}

int ThreadsNamed(const std::string& name) { return static_cast<int>(Sleeps(name).size()); }

void WaitForLooks(const std::string& name, int times) {
  const std::map<std::string, int64_t> start = Sleeps(name);
  for (const auto& [thread, before] : start) {
    for (;;) {
      const std::map<std::string, int64_t> now = Sleeps(name);
      const auto entry = now.find(thread);
      if (entry == now.end() || entry->second >= before + times) break;
      std::this_thread::yield();
    }
  }
}

}  // namespace honker::testing
