#include "core/watcher/handles.h"

#include <unistd.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/sql/sqlite_api.h"
#include "core/watcher/backend_name.h"
#include "core/watcher/file_identity.h"
#include "core/watcher/shared_watcher.h"

namespace honker {
namespace {

// A watcher is found by its file and backend for as long as it has a handle, dead or alive.
using WatcherKey = std::pair<std::string, BackendKind>;

struct SharedEntry {
  std::shared_ptr<SharedWatcher> watcher;
  int references = 0;
};

struct Handle {
  WatcherKey key;
  std::shared_ptr<SharedWatcher> watcher;
  std::shared_ptr<Subscriber> subscriber;
};

struct Process {
  pid_t pid;
  std::mutex mutex;  // guards the maps; held for look-ups only
  std::map<WatcherKey, SharedEntry> watchers;
  std::map<int64_t, Handle> handles;
};

std::atomic<Process*> the_process = nullptr;
std::atomic<int64_t> last_handle =
    0;  // goes on in a child: an inherited number never means a new handle

// Never destroyed: watcher threads may run on while the process exits. After a fork the child
// leaves the parent's table alone, with whatever lock was held in it, and starts with an empty one.
Process& ThisProcess() {
  const pid_t pid = getpid();
  Process* current = the_process.load();
  while (current == nullptr || current->pid != pid) {
    auto fresh = std::make_unique<Process>();
    fresh->pid = pid;
    if (the_process.compare_exchange_strong(current, fresh.get())) return *fresh.release();
  }
  return *current;
}

std::shared_ptr<SharedWatcher> Acquire(Process& process, const WatcherKey& key) {
  const std::lock_guard<std::mutex> lock(process.mutex);
  SharedEntry& entry = process.watchers[key];
  if (entry.watcher == nullptr) {
    entry.watcher = std::make_shared<SharedWatcher>(key.first, key.second);
  }
  ++entry.references;
  return entry.watcher;
}

// What became of those who asked for that file, or by that name, as long as they have a handle;
// empty where there is nobody, or they live.
std::string DeathAt(Process& process, const WatcherKey& key, const std::string& name) {
  const std::lock_guard<std::mutex> lock(process.mutex);
  const auto entry = process.watchers.find(key);
  if (entry != process.watchers.end()) {
    std::string death = entry->second.watcher->Death();
    if (!death.empty()) return death;
  }
  if (name.empty()) return "";
  for (const auto& [other, shared] : process.watchers) {
    if (other.second != key.second) continue;
    std::string death = shared.watcher->DeathOfName(name);
    if (!death.empty()) return death;
  }
  return "";
}

void Release(Process& process, const WatcherKey& key,
             const std::shared_ptr<SharedWatcher>& watcher) {
  {
    const std::lock_guard<std::mutex> lock(process.mutex);
    const auto entry = process.watchers.find(key);
    if (--entry->second.references > 0) return;
    process.watchers.erase(entry);
  }
  watcher->Stop();  // outside of the lock: joining takes as long as the look that is going on
}

// nullptr where the handle is not open.
std::shared_ptr<Subscriber> SubscriberOf(int64_t handle) {
  Process& process = ThisProcess();
  const std::lock_guard<std::mutex> lock(process.mutex);
  const auto entry = process.handles.find(handle);
  return entry == process.handles.end() ? nullptr : entry->second.subscriber;
}

}  // namespace

Result<int64_t> OpenHandle(const char* path, const char* backend, uint64_t interval_ms) {
  if (!SqliteIsKnown()) {
    return Error{1,
                 "the honker extension is not loaded in this process yet: load it into any SQLite "
                 "connection (\":memory:\" does), then open watchers"};
  }
  if (interval_ms == 0) return Error{1, "the poll interval must be greater than 0 ms"};
  const Result<BackendKind> kind = BackendForName(backend);
  if (!kind.ok()) return kind.error();
  Result<std::string> resolved = ResolveDatabase(path);
  const bool there = resolved.ok();
  const WatcherKey key{there ? resolved.value() : ResolveMissing(path), kind.value()};
  // Empty where no link is on the way.
  std::string name = AbsoluteName(path);
  if (name == key.first) name.clear();
  Process& process = ThisProcess();
  const std::string death = DeathAt(process, key, name);
  if (!death.empty()) return Error{1, death};
  if (!there) return resolved.error();
  std::shared_ptr<SharedWatcher> watcher = Acquire(process, key);
  Status started = watcher->Start();
  if (!started.ok()) {
    Release(process, key, watcher);
    return started.error();
  }
  Result<std::shared_ptr<Subscriber>> subscriber = watcher->Subscribe(interval_ms, name);
  if (!subscriber.ok()) {
    Release(process, key, watcher);
    return subscriber.error();
  }
  const int64_t handle = ++last_handle;
  const std::lock_guard<std::mutex> lock(process.mutex);
  process.handles[handle] = {key, std::move(watcher), std::move(subscriber).value()};
  return handle;
}

int WaitHandle(int64_t handle, uint64_t timeout_ms) {
  const std::shared_ptr<Subscriber> subscriber = SubscriberOf(handle);
  return subscriber == nullptr ? -1 : subscriber->Wait(timeout_ms);
}

void WakeHandle(int64_t handle) {
  const std::shared_ptr<Subscriber> subscriber = SubscriberOf(handle);
  if (subscriber != nullptr) subscriber->Wake();
}

void CloseHandle(int64_t handle) {
  Process& process = ThisProcess();
  Handle closed;
  {
    const std::lock_guard<std::mutex> lock(process.mutex);
    const auto entry = process.handles.find(handle);
    if (entry == process.handles.end()) return;
    closed = std::move(entry->second);
    process.handles.erase(entry);
  }
  closed.subscriber->End();
  closed.watcher->Unsubscribe(closed.subscriber);
  Release(process, closed.key, closed.watcher);
}

}  // namespace honker
