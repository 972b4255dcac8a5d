#include "faults/locks/caller.h"

#include <dlfcn.h>
#include <elf.h>
#include <execinfo.h>
#include <link.h>
#include <time.h>

#include <cstdio>

namespace faults::locks {

uint64_t ModuleOf(const void* address) {
  Dl_info info{};
  return dladdr(address, &info) != 0 ? reinterpret_cast<uint64_t>(info.dli_fbase) : 0;
}

void DescribeCaller(const void* address, char* text, size_t size) {
  Dl_info info{};
  ElfW(Sym)* symbol = nullptr;
  if (dladdr1(address, &info, reinterpret_cast<void**>(&symbol), RTLD_DL_SYMENT) == 0) {
    std::snprintf(text, size, "%p", address);
    return;
  }
  const auto offset = static_cast<const char*>(address) - static_cast<const char*>(info.dli_fbase);
  // The nearest exported name below is not the function's own unless the address is inside of it.
  const auto at = static_cast<uint64_t>(static_cast<const char*>(address) -
                                        static_cast<const char*>(info.dli_saddr));
  const bool named = info.dli_sname != nullptr && symbol != nullptr && at <= symbol->st_size;
  std::snprintf(text, size, "%s+0x%tx%s%s%s", info.dli_fname, offset, named ? " (" : "",
                named ? info.dli_sname : "", named ? ")" : "");
}

void DescribeStack(const void* from, char* text, size_t size) {
  void* frames[32];
  const int count = backtrace(frames, 32);
  int first = 0;
  while (first < count && frames[first] != from) ++first;
  if (first == count) first = 0;  // not found: then this library's own frames are shown, too
  size_t used = 0;
  text[0] = '\0';
  for (int i = first; i < count && used + 2 < size; ++i) {
    char line[300];
    DescribeCaller(frames[i], line, sizeof line);
    const int n = std::snprintf(text + used, size - used, "%s%s", i == first ? "" : "\n", line);
    used += static_cast<size_t>(n > 0 ? n : 0);
  }
}

void WarmUpStack() {
  void* frames[1];
  (void)backtrace(frames, 1);
}

int64_t MonotonicNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

}  // namespace faults::locks
