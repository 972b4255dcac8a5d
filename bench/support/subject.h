// The watcher C ABI of any extension library, met as a black box: loaded on a `:memory:` connection
// first, then looked up by name. The declarations are core/include/honker/watcher.h.
#ifndef BENCH_SUPPORT_SUBJECT_H_
#define BENCH_SUPPORT_SUBJECT_H_

#include <cstdint>
#include <string>

#include "bench/support/program.h"
#include "core/include/honker/watcher.h"

namespace bench {

// Which library, and what reports call it.
struct NamedSubject {
  std::string name;
  std::string library;
};

// FILE or NAME=FILE: the first '=' parts the two, unless what stands before it is empty or holds a
// '/'. A file without a name is called by its file name.
NamedSubject ParseNamedSubject(const std::string& text);

class Subject {
 public:
  // Stays loaded for the life of this object, by a connection that stays open. Ends the process
  // where the file is no library or lacks the C ABI.
  explicit Subject(const std::string& library);

  // nullptr where it refuses; `refusal` is then its sentence.
  HonkerWatcherHandle* Open(const std::string& path, const std::string& backend,
                            uint64_t interval_ms, std::string* refusal) const;
  int Wait(HonkerWatcherHandle* handle, uint64_t timeout_ms) const {
    return wait_(handle, timeout_ms);
  }
  void Close(HonkerWatcherHandle* handle) const { close_(handle); }

 private:
  Db loads_it_;  // closing it could unload the library, and with it SQLite's API table
  decltype(&honker_watcher_open_v2) open_;
  decltype(&honker_watcher_wait) wait_;
  decltype(&honker_watcher_close) close_;
};

}  // namespace bench

#endif  // BENCH_SUPPORT_SUBJECT_H_
