#include "harness/actor/subject.h"

#include <dlfcn.h>

namespace harness::actor {
namespace {

constexpr int kMemoryFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

class AbiPort : public WatcherPort {
 public:
  AbiPort(const WatcherAbi& abi, WatcherHandle* handle) : abi_(abi), handle_(handle) {}
  ~AbiPort() override { abi_.close(handle_); }
  int Wait(uint64_t timeout_ms) override { return abi_.wait(handle_, timeout_ms); }

 private:
  const WatcherAbi& abi_;
  WatcherHandle* handle_;
};

// Each port has a connection of its own: a wait inside SQLite holds the connection's mutex.
class SqlPort : public WatcherPort {
 public:
  SqlPort(Connection memory, int64_t handle) : memory_(std::move(memory)), handle_(handle) {}
  ~SqlPort() override {
    Value ignored;
    (void)memory_.Scalar("SELECT honker_update_watcher_close(?1)",
                         Value::MakeArray().Append(handle_), ignored);
  }
  int Wait(uint64_t timeout_ms) override {
    Value rc;
    const SqlStatus status =
        memory_.Scalar("SELECT honker_update_watcher_wait(?1, ?2)",
                       Value::MakeArray().Append(handle_).Append(timeout_ms), rc);
    return status.ok() ? static_cast<int>(rc.Int(-2)) : -2;
  }

 private:
  Connection memory_;
  int64_t handle_;
};

template <typename F>
bool Find(void* library, const char* name, F*& out) {
  out = reinterpret_cast<F*>(dlsym(library, name));
  return out != nullptr;
}

NoHandle Absent(const std::string& what) {
  return {NoHandle::Kind::kAbsent, "the subject has no " + what};
}

NoHandle Failed(const std::string& error) { return {NoHandle::Kind::kError, error}; }

}  // namespace

OrNoHandle<const WatcherAbi*> Subject::Abi(bool load_first) {
  if (abi_ready_) return &abi_;
  if (library_.empty()) return Failed("no subject: this actor was started without --subject");
  if (load_first && !memory_.is_open()) {
    if (SqlStatus s = Connection::Open(":memory:", kMemoryFlags, 0, memory_); !s.ok()) {
      return Failed(s.failure().message);
    }
    if (SqlStatus s = LoadOn(memory_); !s.ok()) return Failed(s.failure().message);
  }
  void* library = dlopen(library_.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) return Failed(std::string("cannot open the subject: ") + dlerror());
  if (!Find(library, "honker_watcher_open", abi_.open) ||
      !Find(library, "honker_watcher_wait", abi_.wait) ||
      !Find(library, "honker_watcher_close", abi_.close)) {
    return Absent("watcher C ABI (honker_watcher_open, _wait, _close)");
  }
  (void)Find(library, "honker_watcher_open_v2", abi_.open_v2);
  abi_ready_ = true;
  return &abi_;
}

std::string Subject::Sites() const {
  void* library = dlopen(library_.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
  const char* (*sites)() = nullptr;
  if (library == nullptr || !Find(library, "honker_sites", sites)) return "";
  const char* text = sites();
  return text == nullptr ? "" : text;
}

OpenedPort OpenByAbi(const WatcherAbi& abi, const std::string& path, const std::string& backend,
                     uint64_t poll_ms) {
  char error[1024] = "";
  WatcherHandle* handle = nullptr;
  if (poll_ms == 0) {
    handle = abi.open(path.c_str(), backend.c_str(), error, sizeof error);
  } else if (abi.open_v2 != nullptr) {
    handle = abi.open_v2(path.c_str(), backend.c_str(), poll_ms, error, sizeof error);
  } else {
    return Absent("honker_watcher_open_v2");
  }
  error[sizeof error - 1] = '\0';
  // An empty reason is a finding of its own.
  if (!handle) return NoHandle{NoHandle::Kind::kRefused, error};
  return std::unique_ptr<WatcherPort>(std::make_unique<AbiPort>(abi, handle));
}

OpenedPort OpenBySql(Subject& subject, const std::string& path, const std::string& backend,
                     uint64_t poll_ms) {
  Connection memory;
  if (SqlStatus s = Connection::Open(":memory:", kMemoryFlags, 0, memory); !s.ok()) {
    return Failed(s.failure().message);
  }
  if (SqlStatus s = subject.LoadOn(memory); !s.ok()) return Failed(s.failure().message);
  Value arguments = Value::MakeArray().Append(path).Append(backend);
  std::string sql = "SELECT honker_update_watcher_open(?1, ?2)";
  if (poll_ms > 0) {
    arguments.Append(poll_ms);
    sql = "SELECT honker_update_watcher_open(?1, ?2, ?3)";
  }
  // Asked beforehand: SQLite's "no such function" is not the subject's sentence.
  Value there;
  const auto count = static_cast<int64_t>(arguments.items().size());
  if (SqlStatus s = memory.Scalar(
          "SELECT count(*) FROM pragma_function_list WHERE name = 'honker_update_watcher_open' "
          "AND narg IN (-1, ?1)",
          Value::MakeArray().Append(count), there);
      !s.ok()) {
    return Failed(s.failure().message);
  }
  if (there.Int() == 0) {
    return Absent("function honker_update_watcher_open/" + std::to_string(count));
  }
  Value handle;
  if (SqlStatus s = memory.Scalar(sql, arguments, handle); !s.ok()) {
    return NoHandle{NoHandle::Kind::kRefused, s.failure().message};
  }
  return std::unique_ptr<WatcherPort>(std::make_unique<SqlPort>(std::move(memory), handle.Int()));
}

}  // namespace harness::actor
