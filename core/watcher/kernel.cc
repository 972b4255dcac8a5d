// The kernel backend: inotify on the directory of the database, the database, -wal and -journal.
//
// An event is a wake, and that is all it knows. Two things follow, and are the documented price:
// - The event of a write comes before the commit is visible: in WAL the frames are written before
// the
//   WAL-index says so (through mmap, without an event), in the rollback modes before the lock is
//   given up. A consumer that re-reads at once may see the old state, and no wake follows. A busy
//   timeout helps in the rollback modes only.
// - A rollback writes too. Wakes may be spurious.
//
// What is left out, so that reading can never wake the reader for ever: a consumer that opens a
// connection for each re-read creates and removes an empty -wal and a -shm each time. So a new -wal
// counts only when it holds something by the time it is watched, a removed one not at all (the
// checkpoint before it wrote the database), and -shm never: it is written through mmap, what raises
// an event there is the first connection setting its size. Attributes (chmod, touch, and SQLite's
// own chown of a new journal when it runs as root) are no writes.
//
// Order matters: the directory is watched first, so a sidecar that appears while the others are
// being added is announced; and after a new sidecar's watch is in place its content is looked at,
// so what was written before it is not missed. Events that the kernel dropped (IN_Q_OVERFLOW) count
// as a wake.
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "core/base/system_error.h"
#include "core/watcher/backend.h"
#include "core/watcher/file_identity.h"

namespace honker {
namespace {

constexpr uint32_t kDirectoryEvents = IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM;
constexpr uint32_t kAppeared = IN_CREATE | IN_MOVED_TO;

class Kernel : public Backend {
 public:
  explicit Kernel(const std::string& path) : path_(path), slash_(path.rfind('/')) {}
  ~Kernel() override {
    if (descriptor_ >= 0) close(descriptor_);
  }

  Status Start() {
    descriptor_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (descriptor_ < 0) {
      return Error{
          1, SystemErrorText("inotify is not available (fs.inotify.max_user_instances?)", errno)};
    }
    // A database in the root directory has nothing before its slash.
    const std::string directory = slash_ == 0 ? "/" : path_.substr(0, slash_);
    directory_ = inotify_add_watch(descriptor_, directory.c_str(), kDirectoryEvents | IN_ONLYDIR);
    if (directory_ < 0) return Error{1, WatchProblem(directory, errno)};
    const std::string problem = WatchFiles();
    if (!problem.empty()) return Error{1, problem};
    return Ok();
  }

  Look Check() override {
    alignas(inotify_event) char buffer[64 * 1024];
    const ssize_t length = read(descriptor_, buffer, sizeof buffer);
    if (length < 0) {
      if (errno == EAGAIN || errno == EINTR) return {};
      return Look::Trouble(SystemErrorText("the file events cannot be read", errno));
    }
    changed_ = false;
    problem_.clear();
    for (ssize_t at = 0; at < length;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
      at += static_cast<ssize_t>(sizeof(inotify_event)) + event->len;
      Consider(*event);
    }
    // One wake for the whole batch, and a wake where a watch is missing: anything may have
    // happened.
    if (!problem_.empty()) return Look::Trouble(problem_);
    return changed_ ? Look::Changed() : Look{};
  }

  int event_fd() const override { return descriptor_; }
  // There is no descriptor of the file to ask; watches were added between two looks at the path.
  bool SeesPath() override { return true; }
  const char* thread_name() const override { return "honker-kernel"; }

 private:
  static std::string WatchProblem(const std::string& path, int errnum) {
    const std::string hint = errnum == ENOSPC ? " (fs.inotify.max_user_watches is reached)" : "";
    return SystemErrorText("inotify cannot watch \"" + path + "\"", errnum) + hint;
  }

  // Empty on success; a sidecar that is not there is no problem. Adding twice is harmless.
  std::string WatchFile(const char* suffix) {
    const std::string file = path_ + suffix;
    if (inotify_add_watch(descriptor_, file.c_str(), IN_MODIFY) >= 0) return "";
    if (errno == ENOENT && *suffix != '\0') return "";
    return WatchProblem(file, errno);
  }

  std::string WatchFiles() {
    for (const char* suffix : {"", "-wal", "-journal"}) {
      std::string problem = WatchFile(suffix);
      if (!problem.empty()) return problem;
    }
    return "";
  }

  void Consider(const inotify_event& event) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      changed_ = true;
      problem_ = WatchFiles();
    } else if (event.wd != directory_) {
      changed_ |= (event.mask & IN_MODIFY) != 0;
    } else if (event.len > 0) {
      ConsiderEntry(event.name, (event.mask & kAppeared) != 0);
    }
  }

  // Something with that name came into the directory, or left it.
  void ConsiderEntry(std::string_view name, bool appeared) {
    const std::string_view database = std::string_view(path_).substr(slash_ + 1);
    if (name.substr(0, database.size()) != database) return;
    const std::string_view suffix = name.substr(database.size());
    if (suffix.empty()) {
      changed_ = true;  // replaced; whether for good, the dead-man's switch finds out
    } else if (suffix == "-journal") {
      changed_ = true;  // only writers make one, and removing it is the commit of DELETE mode
      if (appeared) problem_ = WatchFile("-journal");
    } else if (suffix == "-wal" && appeared) {
      problem_ = WatchFile("-wal");
      changed_ |= See(path_ + "-wal").size > 0;
    }
  }

  const std::string path_;
  const size_t slash_;
  int descriptor_ = -1;
  int directory_ = -1;
  bool changed_ = false;  // of one Check(), as is the next
  std::string problem_;
};

}  // namespace

Result<std::unique_ptr<Backend>> OpenKernel(const std::string& path) {
  auto kernel = std::make_unique<Kernel>(path);
  Status started = kernel->Start();
  if (!started.ok()) return started.error();
  return std::unique_ptr<Backend>(std::move(kernel));
}

}  // namespace honker
