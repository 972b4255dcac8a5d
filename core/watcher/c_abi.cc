// The exported functions of include/honker/watcher.h. No exception leaves them.
#include <cstdio>
#include <cstring>
#include <new>
#include <string_view>

#include "core/include/honker/watcher.h"
#include "core/watcher/handles.h"

namespace {

constexpr uint64_t kDefaultIntervalMs = 1;

// Cuts at the start of a UTF-8 sequence.
void Report(std::string_view message, char* err, size_t err_len) {
  if (err == nullptr || err_len == 0) return;
  size_t length = message.size() < err_len ? message.size() : err_len - 1;
  if (length < message.size()) {
    while (length > 0 && (static_cast<unsigned char>(message[length]) & 0xC0) == 0x80) --length;
  }
  std::memcpy(err, message.data(), length);
  err[length] = '\0';
}

HonkerWatcherHandle* Opaque(int64_t handle) {
  return reinterpret_cast<HonkerWatcherHandle*>(static_cast<intptr_t>(handle));  // NOLINT: a number
}

int64_t Number(HonkerWatcherHandle* handle) { return reinterpret_cast<intptr_t>(handle); }

}  // namespace

HonkerWatcherHandle* honker_watcher_open(const char* db_path, const char* backend, char* err,
                                         size_t err_len) {
  return honker_watcher_open_v2(db_path, backend, kDefaultIntervalMs, err, err_len);
}

HonkerWatcherHandle* honker_watcher_open_v2(const char* db_path, const char* backend,
                                            uint64_t poll_interval_ms, char* err, size_t err_len) {
  try {
    const honker::Result<int64_t> handle = honker::OpenHandle(db_path, backend, poll_interval_ms);
    if (handle.ok()) return Opaque(handle.value());
    Report(handle.error().message, err, err_len);
  } catch (const std::exception& problem) {
    Report(problem.what(), err, err_len);
  }
  return nullptr;
}

int honker_watcher_wait(HonkerWatcherHandle* handle, uint64_t timeout_ms) {
  try {
    return honker::WaitHandle(Number(handle), timeout_ms);
  } catch (const std::exception&) {
    return -2;
  }
}

void honker_watcher_close(HonkerWatcherHandle* handle) {
  try {
    honker::CloseHandle(Number(handle));
  } catch (const std::exception&) {
    return;  // nothing to free was found without memory
  }
}
