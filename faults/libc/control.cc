#include "faults/libc/control.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "faults/fault.h"
#include "faults/libc/plan.h"

namespace faults::libc {
namespace {

constexpr const char* kWhat = "control page";

void* MapFile(int fd, int protection) {
  void* memory = mmap(nullptr, sizeof(ControlPage), protection, MAP_SHARED, fd, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

// Whether a mapping of the file would be one of a whole control page.
bool IsControlPage(int fd) {
  struct stat st {};
  uint64_t magic = 0;
  return fstat(fd, &st) == 0 && st.st_size == static_cast<off_t>(sizeof(ControlPage)) &&
         pread(fd, &magic, sizeof magic, 0) == sizeof magic && magic == ControlPage::kMagic;
}

}  // namespace

Status MakeControlPage(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoError(kWhat, path);
  const uint64_t magic = ControlPage::kMagic;
  Status made;
  if (ftruncate(fd, sizeof(ControlPage)) != 0 || pwrite(fd, &magic, sizeof magic, 0) < 0) {
    made = ErrnoError(kWhat, path);
    unlink(path.c_str());
  }
  close(fd);
  return made;
}

Result<Control> Control::Create(const std::string& path) {
  if (const Status made = MakeControlPage(path); !made.ok()) return made.error();
  auto control = Open(path);
  if (control.ok()) control.value().owner_ = true;
  return control;
}

Result<Control> Control::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return ErrnoError(kWhat, path);
  if (!IsControlPage(fd)) {
    close(fd);
    return Error{kWhat, path, EINVAL, "this file is none: fault-ctl --create makes one"};
  }
  void* memory = MapFile(fd, PROT_READ | PROT_WRITE);
  if (memory == nullptr) {
    const Error error = ErrnoError(kWhat, path);
    close(fd);
    return error;
  }
  return Control(fd, static_cast<ControlPage*>(memory), path);
}

Control::Control(Control&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      page_(std::exchange(other.page_, nullptr)),
      path_(std::move(other.path_)),
      owner_(std::exchange(other.owner_, false)) {}

Control& Control::operator=(Control&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(page_, other.page_);
  std::swap(path_, other.path_);
  std::swap(owner_, other.owner_);
  return *this;
}

Control::~Control() {
  if (page_ != nullptr) munmap(page_, sizeof(ControlPage));
  if (fd_ >= 0) close(fd_);
  if (owner_) unlink(path_.c_str());
}

Status Control::Set(const std::string& text) {
  const auto faults = ParseFaults(text);
  if (!faults.ok()) return faults.error();
  // Every fault is checked, whatever process it is for.
  if (const auto plan = Plan::Make(faults.value(), Dice{}); !plan.ok()) return plan.error();
  if (text.size() > ControlPage::kTextBytes) {
    return Error{kWhat, path_, E2BIG, "the text is longer than the page"};
  }
  while (flock(fd_, LOCK_EX) != 0) {
    if (errno != EINTR) return ErrnoError(kWhat, path_);
  }
  const uint32_t generation = page_->generation.load(std::memory_order_relaxed);
  page_->generation.store(generation | 1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  page_->length.store(static_cast<uint32_t>(text.size()), std::memory_order_relaxed);
  std::memcpy(page_->text, text.data(), text.size());
  // From an odd number (a controller died while it wrote) as from an even one to the next even one.
  page_->generation.store((generation | 1) + 1, std::memory_order_release);
  flock(fd_, LOCK_UN);
  return {};
}

const ControlPage* MapControlPage(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return nullptr;
  const void* memory = nullptr;
  int error = EINVAL;
  if (IsControlPage(fd)) {
    memory = MapFile(fd, PROT_READ);
    error = errno;
  }
  close(fd);
  errno = error;
  return static_cast<const ControlPage*>(memory);
}

std::optional<ControlText> ReadControlPage(const ControlPage& page) {
  const uint32_t before = page.generation.load(std::memory_order_acquire);
  if (before % 2 != 0) return std::nullopt;
  const size_t length =
      std::min<size_t>(page.length.load(std::memory_order_relaxed), ControlPage::kTextBytes);
  std::string text(page.text, length);
  std::atomic_thread_fence(std::memory_order_acquire);
  if (page.generation.load(std::memory_order_relaxed) != before) return std::nullopt;
  return ControlText{before, std::move(text)};
}

}  // namespace faults::libc
