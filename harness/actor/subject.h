// The subject as a process meets it: an extension library with SQL functions and a watcher C ABI.
//
// Loaded on a `:memory:` connection before its C ABI is touched: loading writes a table, and an
// actor that only watches must not write to the database under test. The library stays loaded. The
// declarations below are SPEC.md section 4, written down again: the harness includes no subject's
// header.
#ifndef HARNESS_ACTOR_SUBJECT_H_
#define HARNESS_ACTOR_SUBJECT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "harness/actor/sqlite.h"

// Opaque. Of this very name, outside every namespace: UBSan compares the type of a function with
// the one it is called through by their C++ names, and so checks the declarations below wherever
// the subject is built with it too.
struct HonkerWatcherHandle;

namespace harness::actor {

using WatcherHandle = HonkerWatcherHandle;

struct WatcherAbi {
  WatcherHandle* (*open)(const char* db_path, const char* backend, char* err, size_t err_len);
  WatcherHandle* (*open_v2)(const char* db_path, const char* backend, uint64_t poll_interval_ms,
                            char* err, size_t err_len);
  int (*wait)(WatcherHandle*, uint64_t timeout_ms);
  void (*close)(WatcherHandle*);
};

// Why no handle came. The three are different findings: a subject that lacks the function, a
// subject that declined and says why, and a step before it that failed.
struct NoHandle {
  enum class Kind { kAbsent, kRefused, kError };
  Kind kind = Kind::kError;
  std::string error;  // of a refusal the subject's own sentence
};

// A T, or why there is none.
template <typename T>
class [[nodiscard]] OrNoHandle {
 public:
  OrNoHandle(T value) : state_(std::move(value)) {}     // NOLINT(google-explicit-constructor)
  OrNoHandle(NoHandle why) : state_(std::move(why)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  const NoHandle& why() const { return std::get<NoHandle>(state_); }
  const T& value() const& { return std::get<T>(state_); }
  T&& value() && { return std::get<T>(std::move(state_)); }

 private:
  std::variant<T, NoHandle> state_;
};

class Subject {
 public:
  // Remembers the path only. `preload` false is for cells about a C ABI that was never initialised.
  explicit Subject(std::string library) : library_(std::move(library)) {}

  const std::string& library() const { return library_; }
  // Loads the extension on a connection of the caller.
  SqlStatus LoadOn(Connection& db) { return db.LoadExtension(library_); }
  // Makes the C ABI usable: loads on `:memory:` once, unless told not to, then finds the symbols.
  // Never kRefused: nothing is asked of the subject yet.
  OrNoHandle<const WatcherAbi*> Abi(bool load_first = true);
  // What its function `const char* honker_sites(void)` says, where it exports one: the libfiu
  // points inside it, as JSON (docs/protocol.md, section 5). Empty where it does not, or is not
  // loaded.
  std::string Sites() const;

 private:
  std::string library_;
  Connection memory_;
  WatcherAbi abi_{};
  bool abi_ready_ = false;
};

// One open handle of either form (C ABI or SQL functions). Not thread-safe; may be handed to
// another thread while nobody waits.
class WatcherPort {
 public:
  virtual ~WatcherPort() = default;
  // 1 update, 0 timeout, -1 dead or closed, -2 internal error.
  virtual int Wait(uint64_t timeout_ms) = 0;
};

// `poll_ms` 0 means the subject's default.
using OpenedPort = OrNoHandle<std::unique_ptr<WatcherPort>>;
OpenedPort OpenByAbi(const WatcherAbi& abi, const std::string& path, const std::string& backend,
                     uint64_t poll_ms);
OpenedPort OpenBySql(Subject& subject, const std::string& path, const std::string& backend,
                     uint64_t poll_ms);

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_SUBJECT_H_
