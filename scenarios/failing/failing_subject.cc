// A subject that fails in the ways that a run has to tell apart, one for each backend:
// - polling: open gives a handle, its thread says a line on stderr and ends; every wait times out.
// - kernel: open gives a handle, its thread brings the process down at the first wait.
// - shm: open refuses, without a reason.
// Not covered: a subject that hangs (a test of it would take the runner's whole patience).
#include <sqlite3ext.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <thread>

SQLITE_EXTENSION_INIT1

struct HonkerWatcherHandle {
  bool crashes;
};

namespace {

void Sleep(uint64_t ms) {
  const timespec time{static_cast<time_t>(ms / 1000), static_cast<long>(ms % 1000 * 1'000'000)};
  nanosleep(&time, nullptr);
}

}  // namespace

extern "C" {

int sqlite3_honkerext_init(sqlite3*, char**, const sqlite3_api_routines* api) {
  SQLITE_EXTENSION_INIT2(api);
  return SQLITE_OK;
}

HonkerWatcherHandle* honker_watcher_open(const char*, const char* backend, char* err,
                                         size_t err_len) {
  if (err_len > 0) err[0] = '\0';
  if (std::strcmp(backend, "shm") == 0) return nullptr;
  std::thread([] { std::fputs("thread of the failing subject: panicked\n", stderr); }).join();
  return new HonkerWatcherHandle{std::strcmp(backend, "kernel") == 0};
}

int honker_watcher_wait(HonkerWatcherHandle* handle, uint64_t timeout_ms) {
  if (handle->crashes) std::thread([] { std::abort(); }).join();
  Sleep(timeout_ms);
  return 0;
}

void honker_watcher_close(HonkerWatcherHandle* handle) { delete handle; }

}  // extern "C"
