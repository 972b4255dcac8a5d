#include "core/watcher/file_events.h"

#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/system_error.h"
#include "core/sites.h"
#include "core/watcher/file_identity.h"

namespace honker {
namespace {

constexpr uint32_t kDirectoryEvents =
    IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_MOVE_SELF;
constexpr uint32_t kAppeared = IN_CREATE | IN_MOVED_TO;
constexpr uint32_t kWatchIsGone = IN_IGNORED | IN_UNMOUNT | IN_MOVE_SELF;
// The longest an event can be: a read that left that much room has taken all there was.
constexpr size_t kLongestEvent = sizeof(inotify_event) + 256;

std::string WatchProblem(const std::string& path, int errnum) {
  const std::string hint = errnum == ENOSPC ? " (fs.inotify.max_user_watches is reached)" : "";
  return SystemErrorText("inotify cannot watch \"" + path + "\"", errnum) + hint;
}

}  // namespace

FileEvents::~FileEvents() {
  if (descriptor_ >= 0) close(descriptor_);
}

Status FileEvents::Start() {
  if (descriptor_ < 0) descriptor_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor_ < 0) {
    return Error{
        1, SystemErrorText("inotify is not available (fs.inotify.max_user_instances?)", errno)};
  }
  // A database in the root directory has nothing before its slash.
  const std::string directory = slash_ == 0 ? "/" : path_.substr(0, slash_);
  directory_ = inotify_add_watch(descriptor_, directory.c_str(), kDirectoryEvents | IN_ONLYDIR);
  if (directory_ < 0) return Error{1, WatchProblem(directory, errno)};
  database_ = inotify_add_watch(descriptor_, path_.c_str(), IN_MODIFY);
  if (database_ < 0) return Error{1, WatchProblem(path_, errno)};
  const std::string problem = WatchSidecars();
  if (!problem.empty()) return Error{1, problem};
  return Ok();
}

FileNews FileEvents::Take() {
  FileNews news;
  alignas(inotify_event) char buffer[64 * 1024];
  ssize_t length = 0;
  do {
    length = read(descriptor_, buffer, sizeof buffer);
    if (length < 0) {
      if (errno != EAGAIN && errno != EINTR) {
        news.problem = SystemErrorText("the file events cannot be read", errno);
      }
      return news;
    }
    news.any = true;
    HONKER_MOMENT("events.read");
    for (ssize_t at = 0; at < length;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
      at += static_cast<ssize_t>(sizeof(inotify_event)) + event->len;
      Consider(*event, &news);
    }
  } while (static_cast<size_t>(length) > sizeof buffer - kLongestEvent);
  return news;
}

// Empty on success; a sidecar that is not there is no problem. Adding twice is harmless.
std::string FileEvents::WatchFile(const char* suffix) {
  const std::string file = path_ + suffix;
  if (inotify_add_watch(descriptor_, file.c_str(), IN_MODIFY) >= 0 || errno == ENOENT) return "";
  return WatchProblem(file, errno);
}

std::string FileEvents::WatchSidecars() {
  for (const char* suffix : {"-wal", "-journal"}) {
    std::string problem = WatchFile(suffix);
    if (!problem.empty()) return problem;
  }
  return "";
}

void FileEvents::Watch(const char* suffix, FileNews* news) {
  std::string problem = WatchFile(suffix);
  if (!problem.empty()) news->problem = std::move(problem);
}

void FileEvents::Consider(const inotify_event& event, FileNews* news) {
  if ((event.mask & IN_Q_OVERFLOW) != 0) {
    news->overflow = true;
    const Status again = Start();
    if (!again.ok()) news->problem = again.error().message;
    return;
  }
  const bool own_watch = event.wd == directory_ || event.wd == database_;
  if (own_watch && (event.mask & kWatchIsGone) != 0) news->lost = true;
  if (event.wd != directory_) {
    news->written |= (event.mask & IN_MODIFY) != 0;
  } else if (event.len > 0) {
    ConsiderEntry(event.name, (event.mask & kAppeared) != 0, news);
  }
}

// Something with that name came into the directory, or left it.
void FileEvents::ConsiderEntry(std::string_view name, bool appeared, FileNews* news) {
  const std::string_view database = std::string_view(path_).substr(slash_ + 1);
  if (name.substr(0, database.size()) != database) return;
  const std::string_view suffix = name.substr(database.size());
  if (suffix.empty()) {
    news->written = true;  // replaced; whether for good, the dead-man's switch finds out
  } else if (suffix == "-journal") {
    news->written = true;  // only writers make one, and removing it is the commit of DELETE mode
    if (appeared) Watch("-journal", news);
  } else if (suffix == "-wal" && appeared) {
    Watch("-wal", news);
    news->written |= See(path_ + "-wal").size > 0;
  }
}

std::string WhyEventsAreMissing(const std::string& path) {
  struct {
    decltype(statfs::f_type) type;
    const char* name;
  } constexpr kRemote[] = {
      {0x6969, "NFS"},      {0x517B, "SMB"},
      {0xFE534D42, "SMB"},  {0xFF534D42, "CIFS"},
      {0x65735546, "FUSE"}, {0x01021997, "9P"},
      {0x00C36400, "Ceph"}, {0x5346414F, "AFS"},
      {0x73757245, "Coda"}, {0x0BD00BD0, "Lustre"},
      {0x01161970, "GFS2"}, {0x7461636F, "OCFS2"},
      {0x47504653, "GPFS"}, {0x786F4256, "a shared folder of VirtualBox"},
  };
  struct statfs system {};
  if (statfs(path.c_str(), &system) != 0) return "";
  for (const auto& remote : kRemote) {
    if (system.f_type != remote.type) continue;
    return std::string("the file system (") + remote.name +
           ") tells nothing of what is written elsewhere";
  }
  return "";
}

}  // namespace honker
