#include "faults/vfs/unix_codes.h"

#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace faults::vfs {
namespace {

// What fcntl's failure means to a lock of the database file.
int LockCode(int error, int io_error) {
  switch (error) {
    case EACCES:
    case EAGAIN:
    case ETIMEDOUT:
    case EBUSY:
    case EINTR:
    case ENOLCK:
      return SQLITE_BUSY;
    case EPERM:
      return SQLITE_PERM;
    default:
      return io_error;
  }
}

// A journal or WAL that cannot be made in a directory without write permission has a code of its
// own.
int OpenCode(const UnixCall& call, int error) {
  const FileKind kind = call.site.file;
  const bool journal =
      kind == FileKind::kJournal || kind == FileKind::kSuperjournal || kind == FileKind::kWal;
  if (journal && error == EACCES && access(call.path.c_str(), F_OK) != 0) {
    return SQLITE_READONLY_DIRECTORY;
  }
  return SQLITE_CANTOPEN;
}

// A failed read of the device is corruption to SQLite, which reports SQLITE_CORRUPT.
int ReadCode(int error) {
  return error == EIO || error == ERANGE || error == ENXIO ? SQLITE_IOERR_CORRUPTFS
                                                           : SQLITE_IOERR_READ;
}

int MapCode(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EIO:
      return SQLITE_IOERR_SHMSIZE;  // the file cannot be grown
    case EACCES:
    case EMFILE:
    case ENFILE:
    case ENOENT:
    case EROFS:
      return SQLITE_CANTOPEN;
    default:
      return SQLITE_IOERR_SHMMAP;
  }
}

}  // namespace

bool CanFail(Call call) {
  switch (call) {
    case Call::kClose:
    case Call::kControl:
    case Call::kUnfetch:
    case Call::kBarrier:
    case Call::kUnmap:
      return false;
    default:
      return true;
  }
}

bool CanFailAfter(Call call) {
  switch (call) {
    case Call::kWrite:
    case Call::kTruncate:
    case Call::kSync:
    case Call::kDelete:
    case Call::kUnlock:
      return true;
    default:
      return false;
  }
}

int UnixCode(const UnixCall& call, int error) {
  if (call.site.file == FileKind::kShm &&
      (call.site.call == Call::kLock || call.site.call == Call::kUnlock)) {
    return SQLITE_BUSY;  // whatever the reason
  }
  switch (call.site.call) {
    case Call::kOpen:
      return OpenCode(call, error);
    case Call::kRead:
      return ReadCode(error);
    case Call::kWrite:
      return error == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    case Call::kTruncate:
      return SQLITE_IOERR_TRUNCATE;
    case Call::kSync:
      return SQLITE_IOERR_FSYNC;
    case Call::kSize:
      return SQLITE_IOERR_FSTAT;
    case Call::kLock:
      return LockCode(error, SQLITE_IOERR_LOCK);
    case Call::kUnlock:
      return call.detail == "shared" ? SQLITE_IOERR_RDLOCK : SQLITE_IOERR_UNLOCK;
    case Call::kCheckLock:
      return SQLITE_IOERR_CHECKRESERVEDLOCK;
    case Call::kFetch:
      return error == EIO || error == EOVERFLOW ? SQLITE_IOERR_FSTAT : SQLITE_OK;
    case Call::kDelete:
      if (call.done) return SQLITE_IOERR_DIR_FSYNC;
      return error == ENOENT ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
    case Call::kMap:
      return MapCode(error);
    default:
      return SQLITE_OK;
  }
}

const char* CodeName(int code) {
  static constexpr std::array<std::pair<int, const char*>, 22> kNames = {{
      {SQLITE_OK, "SQLITE_OK"},
      {SQLITE_PERM, "SQLITE_PERM"},
      {SQLITE_BUSY, "SQLITE_BUSY"},
      {SQLITE_FULL, "SQLITE_FULL"},
      {SQLITE_CANTOPEN, "SQLITE_CANTOPEN"},
      {SQLITE_READONLY_DIRECTORY, "SQLITE_READONLY_DIRECTORY"},
      {SQLITE_IOERR_READ, "SQLITE_IOERR_READ"},
      {SQLITE_IOERR_CORRUPTFS, "SQLITE_IOERR_CORRUPTFS"},
      {SQLITE_IOERR_SHORT_READ, "SQLITE_IOERR_SHORT_READ"},
      {SQLITE_IOERR_WRITE, "SQLITE_IOERR_WRITE"},
      {SQLITE_IOERR_TRUNCATE, "SQLITE_IOERR_TRUNCATE"},
      {SQLITE_IOERR_FSYNC, "SQLITE_IOERR_FSYNC"},
      {SQLITE_IOERR_FSTAT, "SQLITE_IOERR_FSTAT"},
      {SQLITE_IOERR_LOCK, "SQLITE_IOERR_LOCK"},
      {SQLITE_IOERR_UNLOCK, "SQLITE_IOERR_UNLOCK"},
      {SQLITE_IOERR_RDLOCK, "SQLITE_IOERR_RDLOCK"},
      {SQLITE_IOERR_CHECKRESERVEDLOCK, "SQLITE_IOERR_CHECKRESERVEDLOCK"},
      {SQLITE_IOERR_DELETE, "SQLITE_IOERR_DELETE"},
      {SQLITE_IOERR_DELETE_NOENT, "SQLITE_IOERR_DELETE_NOENT"},
      {SQLITE_IOERR_SHMSIZE, "SQLITE_IOERR_SHMSIZE"},
      {SQLITE_IOERR_SHMMAP, "SQLITE_IOERR_SHMMAP"},
      {SQLITE_IOERR_DIR_FSYNC, "SQLITE_IOERR_DIR_FSYNC"},
  }};
  for (const auto& [known, name] : kNames) {
    if (known == code) return name;
  }
  return "?";
}

}  // namespace faults::vfs
