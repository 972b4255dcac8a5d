// libfault_locks.so: preloaded into any program that uses SQLite, writes down its POSIX locks
// (book.h), and which call released one behind SQLite's back.
//
// How: fcntl with F_SETLK and F_SETLKW is intercepted, and so is every call that closes a
// descriptor. SQLite's own word for what it holds is what fcntl granted it, for each of its
// connections: those of the program, those of an extension, those of a second copy of SQLite. A
// close(2) releases all locks of the process on that file (POSIX; SQLite, "How To Corrupt", 2.2),
// so a lock that was taken through another descriptor, or by another library, is lost then and
// there.
//
// Environment, read once, when the program starts:
//   FAULT_LOCKS   the book: a file that is made, or "" (then in memory only). A process that finds
//                 the book of another one, such as a program that this one started, leaves it alone
//   FAULT_LEDGER  each loss is a line there, event "lock_lost"
// Without either it does nothing. It changes no call and no result; it costs a system call or two
// at each lock and close.
//
// Not covered: system calls that do not go through the C library; closes inside the C library for
// other reasons than fclose, dup2, dup3, close_range and closefrom; a child made by fork, whose
// closes harm nobody, and whose own locks are not written down; open file description locks and
// flock.
#include "faults/locks/recorder.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "faults/ledger.h"
#include "faults/locks/bookkeeper.h"
#include "faults/locks/caller.h"
#include "faults/locks/kernel_locks.h"

namespace faults::locks {
namespace {

static_assert(sizeof(off_t) == 8, "struct flock with 64-bit offsets");

// Set before the first thread is started, and never again.
BookPage* g_page = nullptr;
Ledger* g_ledger = nullptr;
std::mutex g_mutex;  // who has it has the book to himself
// What this thread does for the recorder passes through, also from a signal handler on top of it.
__attribute__((tls_model("initial-exec"))) thread_local bool t_inside = false;

// Made by who has the book to himself: a reader sees the page before or after, or waits.
class Writing {
 public:
  Writing() {
    g_page->sequence.fetch_add(1, std::memory_order_acq_rel);
    std::atomic_thread_fence(std::memory_order_release);
  }
  ~Writing() { g_page->sequence.fetch_add(1, std::memory_order_release); }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;
};

class Inside {
 public:
  Inside() : errno_(errno) { t_inside = true; }
  ~Inside() {
    t_inside = stay_;
    errno = errno_;
  }
  // Also after this: until the call is done, which must not ask for the book again.
  void Stay() { stay_ = true; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  int errno_;
  bool stay_ = false;
};

}  // namespace

// What a call takes away from those who took it, and the book meanwhile.
struct Released {
  BookFile file;
  std::vector<BookLock> locks;
  std::optional<std::vector<KernelLock>> before;  // what the kernel showed
  std::unique_lock<std::mutex> alone;
};

namespace {

bool Regular(int fd, struct stat& status) {
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

std::optional<Bytes> BytesOf(int fd, const struct flock& lock) {
  int64_t from = lock.l_start;
  if (lock.l_whence == SEEK_CUR) from += lseek(fd, 0, SEEK_CUR);
  if (lock.l_whence == SEEK_END) {
    struct stat status {};
    if (fstat(fd, &status) != 0) return std::nullopt;
    from += status.st_size;
  }
  if (lock.l_len == 0) return Bytes{from, INT64_MAX};
  if (lock.l_len > 0) return Bytes{from, from + lock.l_len - 1};
  return Bytes{from + lock.l_len, from - 1};
}

// Those that the kernel showed before and shows no more; and whether it showed them all.
std::vector<BookLock> NoLongerShown(const Released& released, bool& shown) {
  const auto after = ReadLocksOnFile(g_page->pid, released.file.dev, released.file.ino);
  std::vector<BookLock> gone;
  shown = true;
  for (const BookLock& lock : released.locks) {
    const KernelLock wanted{g_page->pid, released.file.ino, lock.write, lock.start, lock.end};
    if (!released.before || !after || !Covers(*released.before, wanted)) {
      shown = false;
    } else if (!Covers(*after, wanted)) {
      gone.push_back(lock);
    }
  }
  return gone;
}

void WriteToLedger(const BookLoss& loss) {
  if (g_ledger == nullptr) return;
  std::string detail = std::string(loss.call) + " by " + loss.caller + " in thread " + loss.thread +
                       (loss.seen ? " released" : " may have released") + " on " + loss.file.path +
                       ":";
  for (int i = 0; i < loss.locks && i < static_cast<int>(std::size(loss.lock)); ++i) {
    const BookLock& lock = loss.lock[i];
    detail += std::string(lock.write ? " write " : " read ") + std::to_string(lock.start) + ".." +
              (lock.end == INT64_MAX ? "EOF" : std::to_string(lock.end));
  }
  // A loss that cannot be written to the ledger stands in the book all the same.
  (void)g_ledger->Append({.event = "lock_lost", .fault = "", .detail = detail});
}

// `call` has released these locks, unless the kernel shows them still. The book was this thread's
// own since before the call, so nobody else has given them up meanwhile.
void RecordLoss(const std::string& call, const void* caller, Released& released) {
  auto loss = std::make_unique<BookLoss>();
  bool shown = false;
  std::vector<BookLock> gone = NoLongerShown(released, shown);
  if (gone.empty() && shown) return;
  loss->seen = !gone.empty();
  const std::vector<BookLock>& locks = loss->seen ? gone : released.locks;
  loss->t_ns = MonotonicNs();
  loss->tid = gettid();
  pthread_getname_np(pthread_self(), loss->thread, sizeof loss->thread);
  std::snprintf(loss->call, sizeof loss->call, "%s", call.c_str());
  DescribeCaller(caller, loss->caller, sizeof loss->caller);
  DescribeStack(caller, loss->stack, sizeof loss->stack);
  loss->file = released.file;
  loss->locks = static_cast<int32_t>(locks.size());
  for (size_t i = 0; i < locks.size() && i < std::size(loss->lock); ++i) loss->lock[i] = locks[i];
  {
    const Writing writing;
    g_page->loss[g_page->losses++ % kBookLosses] = *loss;
    if (loss->seen) Bookkeeper(*g_page).MarkLost(locks);
  }
  WriteToLedger(*loss);
}

bool Off() { return g_page == nullptr || t_inside || getpid() != g_page->pid; }

std::string PathOf(int fd) {
  char link[32];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  char path[sizeof BookFile::path];
  const ssize_t n = readlink(link, path, sizeof path - 1);
  return std::string(path, n > 0 ? static_cast<size_t>(n) : 0);
}

}  // namespace

bool Recording() { return !Off(); }

AroundLock::~AroundLock() = default;
AroundClose::~AroundClose() = default;

AroundLock::AroundLock(int fd, const struct flock& asked, const void* caller)
    : fd_(fd), type_(asked.l_type), caller_(caller) {
  if (Off()) return;
  Inside inside;
  struct stat status {};
  if (!Regular(fd, status)) return;
  bytes_ = BytesOf(fd, asked);
  owner_ = ModuleOf(caller);
  dev_ = status.st_dev;
  ino_ = status.st_ino;
  if (!bytes_ || type_ == F_WRLCK) return;
  const bool read = type_ == F_RDLCK;
  std::unique_lock alone(g_mutex);
  Bookkeeper books(*g_page);
  const int known = books.Find(dev_, ino_);
  if (known < 0) return;
  {
    const Writing writing;
    books.Weaken(known, owner_, *bytes_, read);
  }
  std::vector<BookLock> of_others = books.OthersStronger(known, owner_, *bytes_, read);
  if (of_others.empty()) return;
  released_ = std::make_unique<Released>(Released{g_page->files[known], std::move(of_others),
                                                  ReadLocksOnFile(g_page->pid, dev_, ino_),
                                                  std::move(alone)});
  inside.Stay();
}

void AroundLock::Done(int result) {
  if (!bytes_) return;
  const Inside inside;
  if (result == -1) {
    released_.reset();
    return;
  }
  std::unique_lock<std::mutex> alone;
  if (!released_) alone = std::unique_lock(g_mutex);
  if (released_) {
    RecordLoss(
        "fcntl(" + std::to_string(fd_) + ", " + (type_ == F_RDLCK ? "F_RDLCK" : "F_UNLCK") + ")",
        caller_, *released_);
  }
  if (type_ != F_UNLCK) {
    const std::string path = PathOf(fd_);
    const Writing writing;
    Bookkeeper books(*g_page);
    const int file = books.Enter(dev_, ino_, path);
    if (file >= 0) {
      books.Grant(file, owner_, fd_, *bytes_, type_ == F_WRLCK);
    } else {
      ++g_page->left_out;
    }
  }
  released_.reset();
}

AroundClose::AroundClose(int fd, const char* call, const void* caller)
    : fd_(fd), call_(call), caller_(caller) {
  if (Off()) return;
  Inside inside;
  struct stat status {};
  if (!Regular(fd, status)) return;
  std::unique_lock alone(g_mutex);
  Bookkeeper books(*g_page);
  const int known = books.Find(status.st_dev, status.st_ino);
  if (known < 0) return;
  const BookFile file = g_page->files[known];
  {
    const Writing writing;
    books.GiveUp(known, ModuleOf(caller), fd);
  }
  std::vector<BookLock> held = books.Held(known);
  if (held.empty()) return;
  released_ = std::make_unique<Released>(Released{
      file, std::move(held), ReadLocksOnFile(g_page->pid, file.dev, file.ino), std::move(alone)});
  inside.Stay();
}

void AroundClose::Done() {
  if (!released_) return;
  const Inside inside;
  RecordLoss(std::string(call_) + "(" + std::to_string(fd_) + ")", caller_, *released_);
  released_.reset();
}

namespace {

BookPage* MapBook(const char* path) {
  if (*path == '\0') {
    void* memory =
        mmap(nullptr, sizeof(BookPage), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? nullptr : new (memory) BookPage;
  }
  const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  void* memory = MAP_FAILED;
  BookPage seen;
  const bool another = fd >= 0 && pread(fd, &seen, sizeof seen, 0) == sizeof seen &&
                       seen.magic == kBookMagic && seen.pid != getpid();
  if (fd >= 0 && !another && ftruncate(fd, sizeof(BookPage)) == 0) {
    memory = mmap(nullptr, sizeof(BookPage), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  const int error = errno;
  if (fd >= 0) close(fd);
  if (another) return nullptr;
  if (memory == MAP_FAILED) {
    std::fprintf(stderr, "libfault_locks: cannot make the book FAULT_LOCKS=%s: %s\n", path,
                 std::strerror(error));
    _exit(64);
  }
  return new (memory) BookPage;
}

__attribute__((constructor)) void Begin() {
  const Inside inside;
  const char* path = std::getenv("FAULT_LOCKS");
  const char* ledger = std::getenv("FAULT_LEDGER");
  if (path == nullptr && ledger == nullptr) return;
  WarmUpStack();
  if (ledger != nullptr && *ledger != '\0') {
    Result<Ledger> opened = Ledger::Open(ledger);
    if (!opened.ok()) {
      std::fprintf(stderr, "libfault_locks: FAULT_LEDGER: %s\n", opened.Message().c_str());
      _exit(64);
    }
    g_ledger = new Ledger(std::move(opened).value());
  }
  BookPage* page = MapBook(path != nullptr ? path : "");
  if (page != nullptr) page->pid = getpid();
  g_page = page;
}

}  // namespace
}  // namespace faults::locks
