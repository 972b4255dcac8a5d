// A subject as unlike the reference as the C ABI allows, for bench/programs_test.py. It works only
// once a connection has loaded it and keeps it loaded, has one thread a handle, and writes a line
// on standard error at every look and one on standard output at open.
//
//   polling   PRAGMA data_version every interval
//   kernel    what PLANTED_KERNEL in the environment says: "abort" at open, "hang" at open, "dead":
//             every wait is answered with -1; else polling under another name, with one line
//   shm       refused with a sentence that names the database
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "core/include/honker/watcher.h"

struct HonkerWatcherHandle {
  sqlite3* db = nullptr;
  int woken = -1;
  bool dead = false;
  std::atomic<bool> closed = false;
  std::thread thread;
};

namespace {

int64_t DataVersion(sqlite3* db) {
  sqlite3_stmt* statement = nullptr;
  int64_t version = -1;
  if (sqlite3_prepare_v2(db, "PRAGMA data_version", -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    version = sqlite3_column_int64(statement, 0);
  }
  sqlite3_finalize(statement);
  return version;
}

void Wake(HonkerWatcherHandle* handle) { (void)eventfd_write(handle->woken, 1); }

void Look(HonkerWatcherHandle* handle, uint64_t interval_ms) {
  int64_t last = DataVersion(handle->db);
  while (!handle->closed) {
    usleep(static_cast<useconds_t>(interval_ms * 1000));
    const int64_t now = DataVersion(handle->db);
    if (now >= 0 && now != last) Wake(handle);
    if (now >= 0) last = now;
    std::fputs("planted: looked\n", stderr);
  }
}

HonkerWatcherHandle* Refuse(char* err, size_t err_len, const std::string& sentence) {
  std::snprintf(err, err_len, "%s", sentence.c_str());
  return nullptr;
}

}  // namespace

extern "C" {

HONKER_API int sqlite3_honkerext_init(sqlite3* db, char** error_message,
                                      const sqlite3_api_routines* api) {
  (void)db;
  (void)error_message;
  SQLITE_EXTENSION_INIT2(api);
  return SQLITE_OK;
}

HonkerWatcherHandle* honker_watcher_open_v2(const char* db_path, const char* backend,
                                            uint64_t poll_interval_ms, char* err, size_t err_len) {
  std::puts("planted: not an answer");
  if (sqlite3_api == nullptr) return Refuse(err, err_len, "no connection has it loaded");
  if (std::strcmp(backend, "shm") == 0) {
    return Refuse(err, err_len, std::string("planted: not for \"") + db_path + "\", sorry");
  }
  const char* planted = std::getenv("PLANTED_KERNEL");
  const std::string kernel = std::strcmp(backend, "kernel") == 0 && planted ? planted : "";
  if (kernel == "abort") {
    std::fputs("planted: the last line\n", stderr);
    std::abort();
  }
  while (kernel == "hang") sleep(1);
  if (std::strcmp(backend, "kernel") == 0) std::fputs("planted: polls instead\n", stderr);
  auto* handle = new HonkerWatcherHandle;
  handle->woken = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  handle->dead = kernel == "dead";
  sqlite3_open_v2(db_path, &handle->db, SQLITE_OPEN_READWRITE, nullptr);
  handle->thread = std::thread(Look, handle, poll_interval_ms);
  return handle;
}

int honker_watcher_wait(HonkerWatcherHandle* handle, uint64_t timeout_ms) {
  pollfd woken{handle->woken, POLLIN, 0};
  if (handle->dead) return -1;
  const int ready = poll(&woken, 1, static_cast<int>(timeout_ms));
  if (handle->closed) return -1;
  eventfd_t count = 0;
  return ready > 0 && eventfd_read(handle->woken, &count) == 0 ? 1 : 0;
}

// The handle itself is leaked: a waiter may still hold it.
void honker_watcher_close(HonkerWatcherHandle* handle) {
  handle->closed = true;
  Wake(handle);
  handle->thread.join();
  sqlite3_close(handle->db);
}

}  // extern "C"
