// Whose code a call came from: libraries, offsets in them, names where the library exports them.
#ifndef HONKER_FAULTS_LOCKS_CALLER_H_
#define HONKER_FAULTS_LOCKS_CALLER_H_

#include <cstddef>
#include <cstdint>

namespace faults::locks {

// Where the library or program is loaded that the address lies in; 0 where it lies in none.
[[nodiscard]] uint64_t ModuleOf(const void* address);

// "/usr/lib/libx.so+0x1234 (symbol)": what `addr2line -e` takes. Always terminated, cut where it
// does not fit.
void DescribeCaller(const void* address, char* text, size_t size);

// The callers of this thread from `from` on, one a line, the innermost first.
void DescribeStack(const void* from, char* text, size_t size);

// The first walk loads a library: better when the program starts than inside a call.
void WarmUpStack();

[[nodiscard]] int64_t MonotonicNs();

}  // namespace faults::locks

#endif  // HONKER_FAULTS_LOCKS_CALLER_H_
