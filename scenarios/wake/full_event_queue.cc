#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/wake/stopping.h"

namespace scenarios::wake {
namespace {

// More than that are not made for one cell.
constexpr int64_t kMostEvents = 100'000;

int64_t QueueLength() {
  int64_t length = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> length;
  return length;
}

// A queue of the same length on the same folder that nobody reads either: it shows that the
// watcher's one ran over.
class Witness {
 public:
  explicit Witness(const std::string& folder) : fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    watches_ =
        fd_ >= 0 && inotify_add_watch(fd_, folder.c_str(), IN_CREATE | IN_DELETE | IN_MODIFY) >= 0;
  }
  ~Witness() {
    if (fd_ >= 0) close(fd_);
  }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  bool watches() const { return watches_; }
  bool RanOver() const {
    alignas(inotify_event) char buffer[64 * 1024];
    while (true) {
      const ssize_t got = read(fd_, buffer, sizeof buffer);
      if (got <= 0) return false;
      for (ssize_t at = 0; at < got;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
        if ((event->mask & IN_Q_OVERFLOW) != 0) return true;
        at += static_cast<ssize_t>(sizeof(inotify_event)) + event->len;
      }
    }
  }

 private:
  int fd_;
  bool watches_ = false;
};

// Two events each: no two in a row are equal, so the kernel cannot make one of them.
void MakeEvents(const std::string& path, int64_t count) {
  for (int64_t made = 0; made < count; made += 2) {
    const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0) ::close(fd);
    unlink(path.c_str());
  }
}

void Run(Stage& stage) {
  const int64_t length = QueueLength();
  if (length <= 0 || length > kMostEvents) {
    stage.Skip("fs.inotify.max_queued_events is " + std::to_string(length) + ", and at most " +
               std::to_string(kMostEvents) + " events are made");
  }
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  const Witness witness(stage.File(""));
  if (!witness.watches()) stage.Skip("the runner itself may watch no folder (inotify)");
  ProveQuiet(watcher);  // no consumer is in the middle of a re-read
  StopBesideWriters(stage, watcher);
  MakeEvents(stage.File("app.db-other"), length + 2);
  Commit(writer, 1, 2);  // its events find no room
  stage.Signal(watcher, SIGCONT);
  watcher.Do("await", Marks(1, 2));
  CommitAndAwait(writer, watcher, 1, 3);  // and it goes on
  if (!witness.RanOver()) {
    throw harness::CellEnd(harness::CellVerdict::kUnknown,
                           "the queue of file events did not run over");
  }
  stage.Record("event_faults", Value::MakeObject({{"overflow", true}, {"queue", length}}));
}

}  // namespace

const Card full_event_queue{
    .name = "wake/full_event_queue",
    .claims = {"WAKE-SEEN"},
    .situation =
        "The watcher's process stands still while more file events happen than its queue holds; "
        "the events of the "
        "next commit find no room, and the kernel says so instead (IN_Q_OVERFLOW). Then it goes "
        "on.",
    .expectation = "The commit is seen, and so is the one after it.",
    .axes = {Backends(), Journals(), {"sync", {"normal"}}},
    .roles = {{"writer:1", "commits"}, {"watcher:1", "one subscriber, stopped meanwhile"}},
    .faults = {"stop watcher:1", "continue watcher:1"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-SEEN"}},
    .evidence = "a second queue on the same folder, not read either, that ran over",
    .limits = "The queue runs over once.",
    .run = Run};

}  // namespace scenarios::wake
