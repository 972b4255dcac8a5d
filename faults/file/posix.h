// The few system calls that the file faults are made of, with errors as values.
//
// WHICH PROCESS MAY CALL. A process loses *all* its POSIX locks on a file when it closes *any*
// descriptor of it (fcntl(2), "How To Corrupt An SQLite Database File", section 2.2). What is
// marked "opens" below must therefore only be called in a process that has no SQLite connection to
// the file it opens: the runner, never an actor. What is marked "opens nothing" is safe everywhere.

#ifndef HONKER_FAULTS_FILE_POSIX_H_
#define HONKER_FAULTS_FILE_POSIX_H_

#include <cstdint>
#include <string>

#include "faults/result.h"

namespace faults {

// Creates `to`, which must not exist, with the bytes and permission bits of `from`, and syncs it.
// On error `to` is removed again. Opens both.
[[nodiscard]] Status CopyToNewFile(const std::string& from, const std::string& to);

// Writes the bytes of `from` over the existing `to` from offset 0 and cuts it to their length: the
// same inode, never shorter than the shorter of the two on the way. Synced on return. Opens both.
[[nodiscard]] Status CopyOverExisting(const std::string& from, const std::string& to);

// The first `count` bytes of the file, or all where it has fewer. Opens it.
[[nodiscard]] Result<std::string> ReadStart(const std::string& path, size_t count);

// Writes `bytes` at `offset` of the existing file, and syncs. Opens it.
[[nodiscard]] Status WriteInside(const std::string& path, int64_t offset, const std::string& bytes);

// rename(2): atomic, on one file system. Opens nothing.
[[nodiscard]] Status Rename(const std::string& from, const std::string& to);

// unlink(2). A file that is not there is a success. Opens nothing.
[[nodiscard]] Status RemoveIfThere(const std::string& path);

// fsync(2) of the directory that holds `path`, so that a rename or unlink in it survives a power
// loss. Opens the directory only, which SQLite never locks.
[[nodiscard]] Status SyncDirectoryOf(const std::string& path);

// "/a/b" -> "/a", "b" -> ".".
[[nodiscard]] std::string DirectoryOf(const std::string& path);

// A name beside `path` that no file has at the moment of asking, unique in this process.
[[nodiscard]] std::string ScratchNameBeside(const std::string& path);

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_POSIX_H_
