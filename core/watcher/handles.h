// The handles of this process: numbers from 1 up, for the C ABI and the SQL functions alike.
//
// A handle is looked up, never dereferenced, so one that was closed (or is still in use by another
// thread while it is closed) is answered with "dead or closed". A child after fork() finds an empty
// table: inherited handles are closed there, and nothing in it waits for a lock that a thread of
// the parent held at the fork.
#ifndef CORE_WATCHER_HANDLES_H_
#define CORE_WATCHER_HANDLES_H_

#include <cstdint>

#include "core/base/result.h"

namespace honker {

// The handle, or an error whose message is a sentence. Contract in include/honker/watcher.h.
Result<int64_t> OpenHandle(const char* path, const char* backend, uint64_t interval_ms);

// 1, 0 or -1.
int WaitHandle(int64_t handle, uint64_t timeout_ms);

// Ends a wait that is going on, or the next one, as a commit would: how a thread is called back
// that waits. Unknown handles are ignored.
void WakeHandle(int64_t handle);

// Unknown handles are ignored.
void CloseHandle(int64_t handle);

}  // namespace honker

#endif  // CORE_WATCHER_HANDLES_H_
