// Steering the preload library while programs run: a page of shared memory, a file that a
// controller makes and that the programs map.
//
//   auto control = Control::Create("/tmp/x/faults");      // before the programs start
//   environment: FAULT_LIBC_CONTROL=/tmp/x/faults, LD_PRELOAD=.../libfault_preload.so
//   control.value().Set("io_error * at=libc.fsync.wal error=EIO always");
//   ... every call that begins after Set returned is decided by the new text, in every process ...
//   control.value().Set("");                              // nothing fires any more
//
// There is nothing to wait for and no thread or FIFO in the program: each intercepted call reads
// one number of the page, and parses the text when it has changed. The file is the controller's to
// remove; a program that still has it mapped keeps what it said last. `fault-ctl` does the same
// from a shell.
#ifndef HONKER_FAULTS_LIBC_CONTROL_H_
#define HONKER_FAULTS_LIBC_CONTROL_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "faults/result.h"

namespace faults::libc {

// The file, byte by byte as in memory. A sequence lock: odd while it is being written.
struct ControlPage {
  static constexpr uint64_t kMagic = 0x31434c544c554146;  // "FAULTLC1"
  static constexpr size_t kTextBytes = 65536 - 16;
  uint64_t magic;
  std::atomic<uint32_t> generation;  // 0: nothing was ever set
  std::atomic<uint32_t> length;
  char text[kTextBytes];
};
static_assert(sizeof(ControlPage) == 65536);
static_assert(std::atomic<uint32_t>::is_always_lock_free);

// Makes the file with nothing set. An Error where something of that name is there.
[[nodiscard]] Status MakeControlPage(const std::string& path);

class Control {
 public:
  // MakeControlPage, and the file is removed on destruction.
  [[nodiscard]] static Result<Control> Create(const std::string& path);
  // Takes part in steering through a file that another controller made.
  [[nodiscard]] static Result<Control> Open(const std::string& path);

  Control(Control&& other) noexcept;
  Control& operator=(Control&& other) noexcept;
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;
  ~Control();

  // All faults that are in force from now on, instead of the earlier ones; counts of nth begin
  // anew. An Error says what is wrong with the text, and nothing changes then. Several controllers
  // take turns (flock).
  [[nodiscard]] Status Set(const std::string& text);

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  Control(int fd, ControlPage* page, std::string path)
      : fd_(fd), page_(page), path_(std::move(path)) {}
  int fd_;
  ControlPage* page_;
  std::string path_;
  bool owner_ = false;
};

// The program's side. Null and errno where the file cannot be mapped; EINVAL where it is no control
// page.
[[nodiscard]] const ControlPage* MapControlPage(const char* path);
// The text in force, with its generation; empty while somebody writes (ask again).
struct ControlText {
  uint32_t generation;
  std::string text;
};
[[nodiscard]] std::optional<ControlText> ReadControlPage(const ControlPage& page);

}  // namespace faults::libc

#endif  // HONKER_FAULTS_LIBC_CONTROL_H_
