// The shim VFS "fault": forwards every call to the VFS that was the default before it, counts it,
// and lets the armed faults have their way before and after it (interceptor.h).
//
// Forwarding is complete: the methods of all three versions of sqlite3_io_methods and sqlite3_vfs,
// with the version and the shared-memory methods of the file below (a VFS without xShmMap stays
// one, so SQLite's own refusal of WAL there is unchanged). SQLITE_FCNTL_VFSNAME answers
// "fault/<below>". SQLITE_FCNTL_FILE_POINTER and the other *_POINTER controls never reach a VFS:
// SQLite answers them itself, with the shim's file, whose methods forward. The connection's own
// descriptors and locks stay those of the VFS below; the shim opens none of SQLite's files.
//
// The time is that of the process's clock (process_clock.h), for connections through the VFS below,
// too: its methods for the time are replaced in place, as those of older connections could not be
// reached otherwise. Untouched, that clock is the real one.
//
// A failed call leaves its errno behind, so sqlite3_system_errno() tells the injected one. What is
// not covered: pages read through a memory map (PRAGMA mmap_size) cost a fetch and no read;
// SQLITE_FCNTL_LAST_ERRNO answers for the VFS below.

#ifndef HONKER_FAULTS_VFS_SHIM_H_
#define HONKER_FAULTS_VFS_SHIM_H_

#include "faults/vfs/interceptor.h"
#include "faults/vfs/recorder.h"

struct sqlite3_vfs;

namespace faults::vfs {

inline constexpr char kShimName[] = "fault";

// The process's interceptor: one shim, one table of counters. Lives until the process ends.
Interceptor& TheInterceptor();

// Has every call written down from now on (recorder.h); before the shim is registered.
void RecordCalls(CallRecorder recorder);

// Fills the shim over `below` and returns it; the caller registers it. Only the first call decides
// what is below; the shim lives until the process ends. One thread at a time (SQLite's extension
// loading may run in several: the caller holds a lock).
sqlite3_vfs* ShimOver(sqlite3_vfs* below);

}  // namespace faults::vfs

#endif  // HONKER_FAULTS_VFS_SHIM_H_
