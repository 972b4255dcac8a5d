#include "faults/clock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace faults {
namespace {

constexpr size_t kBytes = 64;
constexpr std::array<char, 16> kMagic = {"faults clock 1\n"};
static_assert(std::atomic<int64_t>::is_always_lock_free, "processes share it");

// The number of the page: bit 0 says whether the clock stands, the others are milliseconds.
constexpr int64_t Running(int64_t offset_ms) { return offset_ms * 2; }
constexpr int64_t Standing(int64_t at_ms) { return at_ms * 2 + 1; }
constexpr bool Stands(int64_t state) { return (state & 1) != 0; }
constexpr int64_t Milliseconds(int64_t state) { return state >> 1; }
constexpr int64_t TimeOf(int64_t state, int64_t real_ms) {
  return Stands(state) ? Milliseconds(state) : real_ms + Milliseconds(state);
}

// Whether the file is a clock, or an empty one and now a clock. Several processes may do this at
// once: they write the same bytes, and none touches the number.
Status MakeOrCheck(int fd, const std::string& path) {
  struct stat about {};
  if (fstat(fd, &about) != 0) return ErrnoError("look at clock", path);
  std::array<char, 16> magic{};
  if (about.st_size == static_cast<off_t>(kBytes) &&
      pread(fd, magic.data(), magic.size(), 0) == static_cast<ssize_t>(magic.size()) &&
      (magic == kMagic || magic == std::array<char, 16>{})) {
    about.st_size = 0;  // a clock, or one that another process is making
  }
  if (about.st_size != 0) {
    return Error{"use as a clock", path, EINVAL, "it is neither empty nor a clock"};
  }
  if (ftruncate(fd, kBytes) != 0 || pwrite(fd, kMagic.data(), kMagic.size(), 0) < 0) {
    return ErrnoError("make clock", path);
  }
  return {};
}

}  // namespace

int64_t RealTimeMs() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * int64_t{1000} + now.tv_nsec / 1'000'000;
}

Result<Clock> Clock::Map(int fd, const std::string& path, bool remove) {
  Status status = MakeOrCheck(fd, path);
  void* page = MAP_FAILED;
  if (status.ok()) {
    page = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) status = ErrnoError("map clock", path);
  }
  close(fd);
  if (!status.ok()) {
    if (remove) unlink(path.c_str());
    return status.error();
  }
  return Clock(page, remove ? path : "");
}

Result<Clock> Clock::Create(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return ErrnoError("create clock", path);
  return Map(fd, path, /*remove=*/true);
}

Result<Clock> Clock::Attach(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    Error error = ErrnoError("open clock", path);
    if (error.error == ENOENT) error.extra = "make it first: an empty file is a clock that runs";
    return error;
  }
  return Map(fd, path, /*remove=*/false);
}

Result<Clock> Clock::Private() {
  void* page = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return ErrnoError("map clock", "");
  return Clock(page, "");
}

Clock::Clock(Clock&& other) noexcept
    : page_(std::exchange(other.page_, nullptr)), remove_(std::exchange(other.remove_, "")) {}

Clock& Clock::operator=(Clock&& other) noexcept {
  std::swap(page_, other.page_);
  std::swap(remove_, other.remove_);
  return *this;
}

Clock::~Clock() {
  if (page_ != nullptr) munmap(page_, kBytes);
  if (!remove_.empty()) unlink(remove_.c_str());
}

std::atomic<int64_t>& Clock::state() const {
  return *reinterpret_cast<std::atomic<int64_t>*>(static_cast<char*>(page_) + kMagic.size());
}

int64_t Clock::At(int64_t real_ms) const { return TimeOf(state().load(), real_ms); }

int64_t Clock::NowMs() const { return At(RealTimeMs()); }

void Clock::StepMs(int64_t by_ms) { state().fetch_add(Running(by_ms)); }

void Clock::Freeze() {
  int64_t old = state().load();
  while (!Stands(old) && !state().compare_exchange_weak(old, Standing(TimeOf(old, RealTimeMs())))) {
  }
}

void Clock::FreezeAtMs(int64_t at_ms) { state().store(Standing(at_ms)); }

void Clock::Resume() {
  int64_t old = state().load();
  while (Stands(old) &&
         !state().compare_exchange_weak(old, Running(Milliseconds(old) - RealTimeMs()))) {
  }
}

void Clock::Reset() { state().store(Running(0)); }

bool Clock::frozen() const { return Stands(state().load()); }

}  // namespace faults
