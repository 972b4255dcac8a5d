#include "faults/locks/look.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <set>
#include <utility>

namespace faults::locks {
namespace {

// A process on its way out gives up its locks while SQLite has not been asked.
bool IsEnding(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(in, line)) return true;
  const size_t name_end = line.rfind(')');
  char state = 'X';
  unsigned long flags = 0;
  if (name_end == std::string::npos ||
      std::sscanf(line.c_str() + name_end + 1, " %c %*d %*d %*d %*d %*d %lu", &state, &flags) !=
          2) {
    return true;
  }
  constexpr unsigned long kExiting = 0x4;  // PF_EXITING
  // Or killed: it may run a little longer, and its other threads first.
  return state == 'Z' || state == 'X' || (flags & kExiting) != 0;
}

bool Same(const BookLock& a, const BookLock& b) {
  return a.serial == b.serial && a.start == b.start && a.end == b.end && a.write == b.write;
}

// Leaves what stands in `now` as it is, and no loss tells of.
void Keep(std::vector<Believed>& believed, const std::vector<Believed>& now) {
  std::erase_if(believed, [&](const Believed& b) {
    return std::ranges::none_of(
        now, [&](const Believed& n) { return Same(n.lock, b.lock) && !n.lock.lost; });
  });
}

KernelLock Wanted(pid_t pid, const Believed& believed) {
  return {pid, believed.file.ino, believed.lock.write, believed.lock.start, believed.lock.end};
}

// What the kernel shows through the descriptors that the locks were taken with.
std::vector<KernelLock> ShownFor(pid_t pid, const std::vector<Believed>& believed) {
  std::set<int> asked;
  std::vector<KernelLock> shown;
  for (const Believed& b : believed) {
    if (!asked.insert(b.lock.fd).second) continue;
    const auto locks = ReadLocksThrough(pid, b.lock.fd, b.file.dev, b.file.ino);
    shown.insert(shown.end(), locks.begin(), locks.end());
  }
  return shown;
}

}  // namespace

Result<BookReader> BookReader::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoError("open lock book", path);
  struct stat status {};
  void* memory = MAP_FAILED;
  if (fstat(fd, &status) == 0 && status.st_size == static_cast<off_t>(sizeof(BookPage))) {
    memory = mmap(nullptr, sizeof(BookPage), PROT_READ, MAP_SHARED, fd, 0);
  }
  close(fd);
  if (memory == MAP_FAILED) return Error{"open lock book", path, 0, "it is not complete"};
  const auto* page = static_cast<const BookPage*>(memory);
  if (page->magic != kBookMagic || page->pid == 0) {
    munmap(memory, sizeof(BookPage));
    return Error{"open lock book", path, 0, "it is no lock book, or of another version"};
  }
  return BookReader(page);
}

BookReader::BookReader(BookReader&& other) noexcept
    : page_(std::exchange(other.page_, nullptr)), told_(other.told_) {}

BookReader& BookReader::operator=(BookReader&& other) noexcept {
  std::swap(page_, other.page_);
  std::swap(told_, other.told_);
  return *this;
}

BookReader::~BookReader() {
  if (page_ != nullptr) munmap(const_cast<BookPage*>(page_), sizeof(BookPage));
}

template <typename Copy>
void BookReader::Whole(Copy copy) const {
  while (true) {
    const uint64_t before = page_->sequence.load(std::memory_order_acquire);
    if (before % 2 == 0) {
      copy();
      std::atomic_thread_fence(std::memory_order_acquire);
      if (page_->sequence.load(std::memory_order_relaxed) == before) return;
    } else if (IsEnding(page_->pid)) {
      copy();  // it died over it: nobody will judge by it
      return;
    }
    sched_yield();
  }
}

std::vector<Believed> BookReader::Locks() const {
  std::vector<Believed> believed;
  Whole([&] {
    believed.clear();
    for (const BookLock& lock : page_->locks) {
      if (lock.serial == 0) continue;
      const BookLock copy = lock;
      if (copy.file < 0 || static_cast<size_t>(copy.file) >= kBookFiles) continue;  // half written
      believed.push_back({copy, page_->files[copy.file]});
    }
  });
  return believed;
}

LookResult BookReader::Look() const {
  LookResult result;
  std::vector<Believed> before = Locks();
  result.left_out = page_->left_out;
  result.granted = static_cast<int64_t>(page_->granted);
  if (before.empty()) return result;
  const std::vector<KernelLock> shown = ShownFor(page_->pid, before);
  Keep(before, Locks());
  result.judged = static_cast<int64_t>(before.size());
  std::erase_if(before, [&](const Believed& b) { return Covers(shown, Wanted(page_->pid, b)); });
  if (before.empty()) return result;
  int64_t unknown = 0;
  for (const Believed& believed : before) {
    const auto closer = ReadLocksOnFile(page_->pid, believed.file.dev, believed.file.ino);
    if (!closer) {
      ++unknown;
    } else if (!Covers(*closer, Wanted(page_->pid, believed))) {
      result.missing.push_back(believed);
    }
  }
  // What was given up since was not believed in any more when it was not seen.
  const size_t missing = result.missing.size();
  Keep(result.missing, Locks());
  result.judged -= unknown + static_cast<int64_t>(missing - result.missing.size());
  if (!result.missing.empty() && IsEnding(page_->pid)) return LookResult{};
  return result;
}

std::vector<BookLoss> BookReader::NewLosses() {
  std::vector<BookLoss> losses;
  if (page_->losses == told_) return losses;
  uint64_t ever = 0;
  Whole([&] {
    losses.clear();
    ever = page_->losses;
    for (uint64_t n = std::max(told_, ever > kBookLosses ? ever - kBookLosses : 0); n < ever; ++n)
      losses.push_back(page_->loss[n % kBookLosses]);
  });
  told_ = ever;
  return losses;
}

bool ToldByGetlk(pid_t pid, const Believed& believed) {
  // The very file, also where its name is another's by now.
  const std::string link =
      "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(believed.lock.fd);
  const int fd = open(link.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return false;
  struct stat status {};
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = believed.lock.start;
  lock.l_len = believed.lock.end == INT64_MAX ? 0 : believed.lock.end - believed.lock.start + 1;
  const bool told = fstat(fd, &status) == 0 && status.st_ino == believed.file.ino &&
                    status.st_dev == believed.file.dev && fcntl(fd, F_GETLK, &lock) == 0 &&
                    lock.l_type != F_UNLCK && lock.l_pid == pid &&
                    (lock.l_type == F_WRLCK || !believed.lock.write) &&
                    lock.l_start <= believed.lock.start &&
                    (lock.l_len == 0 || lock.l_start + lock.l_len > believed.lock.end);
  close(fd);
  return told;
}

}  // namespace faults::locks
