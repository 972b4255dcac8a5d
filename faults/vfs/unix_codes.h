// What SQLite's own VFS for Unix makes of an errno, call by call: an injected error must look like
// a real one, or a program is tested against what never happens.
//
// Read off os_unix.c of 3.40 to 3.53, where they agree; each line is tried against the real VFS,
// with the real errno, as far as one can be provoked (unix_codes_test.cc).

#ifndef HONKER_FAULTS_VFS_UNIX_CODES_H_
#define HONKER_FAULTS_VFS_UNIX_CODES_H_

#include <string>

#include "faults/vfs/sites.h"

namespace faults::vfs {

// Whether the call can report an error at all. It has none to report: close, unfetch, barrier and
// unmap; control, which does no I/O unless the program sets a chunk size.
[[nodiscard]] bool CanFail(Call call);

// Whether the call can do its work and fail all the same: write, truncate, sync, delete, unlock.
[[nodiscard]] bool CanFailAfter(Call call);

struct UnixCall {
  Site site;
  std::string path;         // may be empty
  std::string detail = {};  // the level of an unlock
  bool done = false;        // it did its work: of a delete, the sync of the directory failed
};

// The extended result code when the system call under it fails with `error`. SQLITE_OK where SQLite
// takes the failure for an answer: access says "no such file", fetch maps nothing and SQLite reads
// instead. The call must be one that CanFail.
[[nodiscard]] int UnixCode(const UnixCall& call, int error);

// "SQLITE_IOERR_FSYNC" for a code that UnixCode returns, and for SQLITE_BUSY and
// SQLITE_IOERR_SHORT_READ; "?" for any other.
[[nodiscard]] const char* CodeName(int code);

}  // namespace faults::vfs

#endif  // HONKER_FAULTS_VFS_UNIX_CODES_H_
