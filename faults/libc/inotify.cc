#include "faults/libc/inotify.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "faults/libc/events.h"
#include "faults/libc/interpose.h"

namespace faults::libc {
namespace {

constexpr int kMostDescriptors = 65536;
std::atomic<uint64_t> g_inotify[kMostDescriptors / 64];  // one bit a descriptor

constinit Real<int(int, const char*, uint32_t)> g_real_add_watch("inotify_add_watch");

// What makes a descriptor readable when the time of a held event has come.
struct Bell {
  int file = -1;
  int wd = -1;
  bool rung = false;
};

struct Instance {
  EventStream stream;
  std::map<int, std::string> watches;  // path by watch descriptor
  Bell bell;
};

// Constant-initialised, and never destroyed. Taken by itself, or before the runtime's own lock.
pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t g_changed;  // its clock is set when the thread starts
bool g_thread_runs = false;
std::map<int, Instance>* g_instances = nullptr;

struct Locked {
  Locked() { pthread_mutex_lock(&g_mutex); }
  ~Locked() { pthread_mutex_unlock(&g_mutex); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
};

int64_t NowMs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000} + now.tv_nsec / 1000000;
}

void LockForFork() { pthread_mutex_lock(&g_mutex); }
void UnlockAfterFork() { pthread_mutex_unlock(&g_mutex); }

Instance& InstanceOf(int fd) {
  if (g_instances == nullptr) {
    g_instances = new std::map<int, Instance>;
    pthread_atfork(LockForFork, UnlockAfterFork, UnlockAfterFork);
  }
  return (*g_instances)[fd];
}

// A file without a name, for nothing but to be written to.
int NamelessFile() {
  for (const char* folder : {std::getenv("TMPDIR"), static_cast<char*>(nullptr)}) {
    std::string path = folder == nullptr || *folder == '\0' ? "/tmp" : folder;
    int file = open(path.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) {
      path += "/fault-bell-XXXXXX";
      file = mkostemp(path.data(), O_CLOEXEC);
      if (file >= 0) unlink(path.c_str());
    }
    if (file >= 0) return file;
  }
  return -1;
}

bool HangBell(int fd, Instance& instance) {
  if (instance.bell.wd >= 0) return true;
  if (instance.bell.file < 0) instance.bell.file = NamelessFile();
  if (instance.bell.file < 0) return false;
  const std::string link = "/proc/self/fd/" + std::to_string(instance.bell.file);
  instance.bell.wd = g_real_add_watch(fd, link.c_str(), IN_MODIFY);
  return instance.bell.wd >= 0;
}

void Ring(Instance& instance) {
  if (instance.bell.rung || instance.bell.file < 0) return;
  instance.bell.rung = pwrite(instance.bell.file, "!", 1, 0) == 1;
}

// Rings each bell when its time has come, and sleeps in between.
void* KeepTime(void*) {
  const Inside inside;  // for good
  const Locked lock;
  for (;;) {
    std::optional<int64_t> next;
    for (auto& [fd, instance] : *g_instances) {
      const auto due = instance.stream.NextDueMs();
      if (!due.has_value() || instance.bell.rung) continue;
      if (*due <= NowMs()) {
        Ring(instance);
      } else if (!next.has_value() || *due < *next) {
        next = due;
      }
    }
    if (next.has_value()) {
      const timespec until{*next / 1000, *next % 1000 * 1000000};
      pthread_cond_timedwait(&g_changed, &g_mutex, &until);
    } else {
      pthread_cond_wait(&g_changed, &g_mutex);
    }
  }
  return nullptr;
}

void StartTime() {
  if (g_thread_runs) {
    pthread_cond_signal(&g_changed);
    return;
  }
  pthread_condattr_t clock;
  pthread_condattr_init(&clock);
  pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
  pthread_cond_init(&g_changed, &clock);
  pthread_condattr_destroy(&clock);
  // The host's signals are for its own threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  if (pthread_create(&thread, nullptr, &KeepTime, nullptr) == 0) {
    pthread_setname_np(thread, "fault-time");
    pthread_detach(thread);
    g_thread_runs = true;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

// Somebody must come back for what is left. Under the lock.
void ArrangeNext(int fd, Instance& instance) {
  if (!instance.stream.NextDueMs().has_value()) return;
  if (HangBell(fd, instance)) StartTime();
}

void WriteNotes(Instance& instance) {
  for (const EventNote& note : instance.stream.TakeNotes()) Record(note.event, note.firing, "");
}

// Whether the bell's own event waits to be read: then read it first, or it would wake the reader
// once more for nothing.
bool BellRung(int fd) {
  const Inside inside;
  const Locked lock;
  return InstanceOf(fd).bell.rung;
}

// What is ready; 0 where nothing is.
ssize_t GiveReady(int fd, void* buffer, size_t bytes) {
  const Inside inside;
  const Locked lock;
  Instance& instance = InstanceOf(fd);
  const ssize_t given = instance.stream.Give(buffer, bytes, NowMs());
  WriteNotes(instance);
  ArrangeNext(fd, instance);
  return given;
}

std::string PathOfEvent(const Instance& instance, const inotify_event& event) {
  const auto watch = instance.watches.find(event.wd);
  std::string path = watch == instance.watches.end() ? "" : watch->second;
  if (event.len > 0) path += "/" + std::string(event.name);
  return path;
}

void TakeAll(int fd, const char* events, size_t length, bool decides) {
  const Inside inside;
  const Locked lock;
  Instance& instance = InstanceOf(fd);
  for (size_t at = 0; at < length;) {
    const auto& event = *reinterpret_cast<const inotify_event*>(events + at);
    const size_t size = sizeof(inotify_event) + event.len;
    if (event.wd == instance.bell.wd && instance.bell.wd >= 0) {
      instance.bell.rung = false;
    } else {
      std::vector<Firing> firings;
      if (decides) firings = EventFirings(PathOfEvent(instance, event));
      instance.stream.Take({events + at, size}, firings, NowMs());
    }
    at += size;
  }
}

bool HasInstance(int fd) {
  const Inside inside;
  const Locked lock;
  return g_instances != nullptr && g_instances->contains(fd) &&
         ((*g_instances)[fd].bell.wd >= 0 || (*g_instances)[fd].stream.NextDueMs().has_value());
}

}  // namespace

bool IsInotify(int fd) {
  return fd >= 0 && fd < kMostDescriptors &&
         (g_inotify[fd / 64].load(std::memory_order_relaxed) >> (fd % 64) & 1) != 0;
}

ssize_t ReadEvents(int fd, void* buffer, size_t bytes, const std::function<ssize_t(size_t)>& real) {
  const bool idle = Idle(Call::kInotifyRead);
  if (idle && !HasInstance(fd)) return real(bytes);
  ssize_t given = BellRung(fd) ? 0 : GiveReady(fd, buffer, bytes);
  std::optional<Passage> passage;  // one a read, however often it has to ask
  while (given == 0) {
    if (!idle && !passage.has_value()) {
      passage.emplace(SiteName(Call::kInotifyRead, File::kOther), "");
      if (passage->error() != 0) {
        errno = passage->error();
        return -1;
      }
    }
    const ssize_t got = real(bytes);
    if (got <= 0) return got;
    TakeAll(fd, static_cast<const char*>(buffer), static_cast<size_t>(got), !idle);
    given = GiveReady(fd, buffer, bytes);
    if (given == 0 && (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0) {
      errno = EAGAIN;
      return -1;
    }
  }
  if (given < 0) errno = EINVAL;
  return given;
}

void ForgetInotify(int fd) {
  if (!IsInotify(fd)) return;
  const Inside inside;
  g_inotify[fd / 64].fetch_and(~(uint64_t{1} << (fd % 64)), std::memory_order_relaxed);
  const Locked lock;
  if (g_instances == nullptr) return;
  const auto instance = g_instances->find(fd);
  if (instance == g_instances->end()) return;
  if (instance->second.bell.file >= 0) close(instance->second.bell.file);
  g_instances->erase(instance);
}

namespace {

template <typename Function>
int Init(const Function& make) {
  int fd = -1;
  if (Idle(Call::kInotifyInit)) {
    fd = make();
  } else {
    const Passage passage(SiteName(Call::kInotifyInit, File::kOther), "");
    if (passage.error() != 0) {
      errno = passage.error();
      return -1;
    }
    fd = make();
  }
  if (fd >= 0 && fd < kMostDescriptors) {
    g_inotify[fd / 64].fetch_or(uint64_t{1} << (fd % 64), std::memory_order_relaxed);
  }
  return fd;
}

}  // namespace
}  // namespace faults::libc

using faults::libc::Real;

INTERCEPT int inotify_init() noexcept {
  static constinit Real<int()> real("inotify_init");
  return faults::libc::Init([] { return real(); });
}

INTERCEPT int inotify_init1(int flags) noexcept {
  static constinit Real<int(int)> real("inotify_init1");
  return faults::libc::Init([&] { return real(flags); });
}

INTERCEPT int inotify_add_watch(int fd, const char* name, uint32_t mask) noexcept {
  using namespace faults::libc;
  const std::string path = PathAt(AT_FDCWD, name);
  std::optional<Passage> passage;
  if (!Idle(Call::kInotifyAddWatch)) {
    passage.emplace(SiteName(Call::kInotifyAddWatch, File::kOther), path);
    if (passage->error() != 0) {
      errno = passage->error();
      return -1;
    }
  }
  const int wd = g_real_add_watch(fd, name, mask);
  if (wd >= 0 && IsInotify(fd)) {
    const Inside inside;
    const Locked lock;
    InstanceOf(fd).watches[wd] = path;
  }
  return wd;
}
