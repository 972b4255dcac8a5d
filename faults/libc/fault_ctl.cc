// fault-ctl: steers the preload library from a shell.
//
//   fault-ctl --create PAGE         makes a control page, until somebody removes the file
//   fault-ctl PAGE 'FAULT; ...'     these faults, and no others, from now on
//   fault-ctl PAGE ''               none
//
// Exit: 0 done, 64 usage or a text that is none, 1 the page cannot be made or opened.
#include <cstdio>
#include <cstring>
#include <string>

#include "faults/fault.h"
#include "faults/libc/control.h"

namespace {

constexpr const char* kUsage =
    "usage: fault-ctl --create PAGE | fault-ctl PAGE 'FAULT; FAULT ...'\n"
    "example: fault-ctl /tmp/page 'io_error * at=libc.fdatasync.wal error=EIO once'\n";

int Fail(int code, const std::string& message) {
  std::fprintf(stderr, "fault-ctl: %s\n", message.c_str());
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--help") == 0) {
    std::fputs(kUsage, stdout);
    return 0;
  }
  if (argc != 3) {
    std::fputs(kUsage, stderr);
    return 64;
  }
  if (std::strcmp(argv[1], "--create") == 0) {
    if (const auto made = faults::libc::MakeControlPage(argv[2]); !made.ok()) {
      return Fail(1, made.Message());
    }
    return 0;
  }
  auto control = faults::libc::Control::Open(argv[1]);
  if (!control.ok()) return Fail(1, control.Message());
  if (const auto set = control.value().Set(argv[2]); !set.ok()) return Fail(64, set.Message());
  return 0;
}
