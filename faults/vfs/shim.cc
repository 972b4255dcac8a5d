#include "faults/vfs/shim.h"

#include <sqlite3ext.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "faults/vfs/process_clock.h"

extern "C" {
SQLITE_EXTENSION_INIT3
}

namespace faults::vfs {
namespace {

// The memory SQLite gives for one file holds this and, behind it, the file of the VFS below. The
// methods are per file because their version and their shared-memory part are those of the file
// below.
struct ShimFile {
  sqlite3_file base;
  sqlite3_io_methods methods;
  FileKind kind;
  const char* path;  // SQLite keeps it until xClose; null for anonymous files
};
constexpr int kBelowOffset = (sizeof(ShimFile) + 15) / 16 * 16;

sqlite3_vfs* g_below = nullptr;

// How the VFS below tells the time, before the shim put itself there.
struct RealTime {
  int (*days)(sqlite3_vfs*, double*) = nullptr;
  int (*milliseconds)(sqlite3_vfs*, sqlite3_int64*) = nullptr;
};
RealTime g_real_time;

CallRecorder* g_recorder = nullptr;  // set before the shim is registered, never destroyed

ShimFile* Shim(sqlite3_file* file) { return reinterpret_cast<ShimFile*>(file); }
sqlite3_file* Below(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kBelowOffset);
}

std::string Nothing() { return ""; }

// One call, as the interceptor wants it: made, failed, or made and failed all the same. `function`
// makes it; its argument is how many bytes a read or write may transfer.
template <typename Detail, typename Function>
int Around(const VfsCall& call, const Detail& detail, const Function& function) noexcept {
  Interceptor& interceptor = TheInterceptor();
  const auto make = [&](int64_t bytes) {
    if (g_recorder == nullptr || !g_recorder->Wants(call.site.call)) return function(bytes);
    const int64_t number = g_recorder->Begin(call, bytes, detail());
    const int made = function(bytes);
    g_recorder->End(number, made);
    return made;
  };
  const Effect before = interceptor.Before(call, detail);
  int rc = before.code;
  int error = before.error;
  if (before.what == Effect::What::kForward) {
    rc = make(call.bytes);
    error = 0;
  } else if (before.what == Effect::What::kShorten) {
    // The part may fail by itself; then that is the result.
    if (const int part = make(before.bytes); part != SQLITE_OK) {
      rc = part;
      error = 0;
    }
  }
  if (error != 0) errno = error;
  const Effect after = interceptor.After(call, detail);
  if (after.what == Effect::What::kForward) return rc;
  if (after.error != 0) errno = after.error;
  return after.code;
}

template <typename Detail, typename Function>
int AroundFile(Call call, sqlite3_file* file, const Detail& detail,
               const Function& function) noexcept {
  return Around({.site = {call, Shim(file)->kind}, .path = Shim(file)->path}, detail,
                [&](int64_t) { return function(); });
}

// The -shm is reached through the database's file; faults name it and see the database's path.
template <typename Detail, typename Function>
int AroundShm(Call call, sqlite3_file* file, const Detail& detail,
              const Function& function) noexcept {
  return Around({.site = {call, FileKind::kShm}, .path = Shim(file)->path}, detail,
                [&](int64_t) { return function(); });
}

std::string Range(sqlite3_int64 offset, sqlite3_int64 bytes) {
  return std::to_string(offset) + "+" + std::to_string(bytes);
}

const char* LevelName(int level) {
  switch (level) {
    case SQLITE_LOCK_NONE:
      return "none";
    case SQLITE_LOCK_SHARED:
      return "shared";
    case SQLITE_LOCK_RESERVED:
      return "reserved";
    case SQLITE_LOCK_PENDING:
      return "pending";
    default:
      return "exclusive";
  }
}

// The lock bytes of the WAL-index, https://www.sqlite.org/walformat.html section 2.3.
std::string ShmLockName(int offset, int count, int flags) {
  static const char* const kSlots[] = {"write", "checkpoint", "recover", "read0",
                                       "read1", "read2",      "read3",   "read4"};
  std::string slots;
  for (int slot = offset; slot < offset + count && slot < SQLITE_SHM_NLOCK; ++slot) {
    slots += (slots.empty() ? "" : ",") + std::string(kSlots[slot]);
  }
  return slots + ((flags & SQLITE_SHM_EXCLUSIVE) != 0 ? ":exclusive" : ":shared");
}

extern "C" {

// ---- files

int FileClose(sqlite3_file* file) {
  const int rc = AroundFile(Call::kClose, file, Nothing,
                            [&] { return Below(file)->pMethods->xClose(Below(file)); });
  file->pMethods = nullptr;
  return rc;
}

// What is not transferred is zero: https://www.sqlite.org/c3ref/io_methods.html.
int FileRead(sqlite3_file* file, void* buffer, int bytes, sqlite3_int64 offset) {
  return Around(
      {.site = {Call::kRead, Shim(file)->kind},
       .path = Shim(file)->path,
       .bytes = bytes,
       .offset = offset},
      [&] { return Range(offset, bytes); },
      [&](int64_t part) {
        if (part < bytes) std::memset(buffer, 0, static_cast<size_t>(bytes));
        if (part == 0) return SQLITE_OK;
        return Below(file)->pMethods->xRead(Below(file), buffer, static_cast<int>(part), offset);
      });
}

int FileWrite(sqlite3_file* file, const void* buffer, int bytes, sqlite3_int64 offset) {
  return Around(
      {.site = {Call::kWrite, Shim(file)->kind},
       .path = Shim(file)->path,
       .bytes = bytes,
       .offset = offset,
       .data = buffer},
      [&] { return Range(offset, bytes); },
      [&](int64_t part) {
        if (part == 0) return SQLITE_OK;
        return Below(file)->pMethods->xWrite(Below(file), buffer, static_cast<int>(part), offset);
      });
}

int FileTruncate(sqlite3_file* file, sqlite3_int64 size) {
  return Around(
      {.site = {Call::kTruncate, Shim(file)->kind}, .path = Shim(file)->path, .offset = size},
      [&] { return std::to_string(size); },
      [&](int64_t) { return Below(file)->pMethods->xTruncate(Below(file), size); });
}

int FileSync(sqlite3_file* file, int flags) {
  return AroundFile(Call::kSync, file, Nothing,
                    [&] { return Below(file)->pMethods->xSync(Below(file), flags); });
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return AroundFile(Call::kSize, file, Nothing,
                    [&] { return Below(file)->pMethods->xFileSize(Below(file), size); });
}

int FileLock(sqlite3_file* file, int level) {
  return AroundFile(
      Call::kLock, file, [&] { return std::string(LevelName(level)); },
      [&] { return Below(file)->pMethods->xLock(Below(file), level); });
}

int FileUnlock(sqlite3_file* file, int level) {
  return AroundFile(
      Call::kUnlock, file, [&] { return std::string(LevelName(level)); },
      [&] { return Below(file)->pMethods->xUnlock(Below(file), level); });
}

int FileCheckReservedLock(sqlite3_file* file, int* held) {
  *held = 0;
  return AroundFile(Call::kCheckLock, file, Nothing,
                    [&] { return Below(file)->pMethods->xCheckReservedLock(Below(file), held); });
}

int FileControl(sqlite3_file* file, int operation, void* argument) {
  const int rc = AroundFile(
      Call::kControl, file, [&] { return std::to_string(operation); },
      [&] { return Below(file)->pMethods->xFileControl(Below(file), operation, argument); });
  if (operation == SQLITE_FCNTL_VFSNAME && rc == SQLITE_OK) {
    char** name = static_cast<char**>(argument);
    char* chained = sqlite3_mprintf("%s/%z", kShimName, *name);  // %z frees the name below
    *name = chained;
    if (chained == nullptr) return SQLITE_NOMEM;
  }
  return rc;
}

int FileSectorSize(sqlite3_file* file) { return Below(file)->pMethods->xSectorSize(Below(file)); }

int FileDeviceCharacteristics(sqlite3_file* file) {
  return Below(file)->pMethods->xDeviceCharacteristics(Below(file));
}

int ShmMap(sqlite3_file* file, int region, int bytes, int extend, void volatile** memory) {
  *memory = nullptr;
  return AroundShm(
      Call::kMap, file, [&] { return std::to_string(region); },
      [&] { return Below(file)->pMethods->xShmMap(Below(file), region, bytes, extend, memory); });
}

int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return AroundShm(
      (flags & SQLITE_SHM_UNLOCK) != 0 ? Call::kUnlock : Call::kLock, file,
      [&] { return ShmLockName(offset, count, flags); },
      [&] { return Below(file)->pMethods->xShmLock(Below(file), offset, count, flags); });
}

void ShmBarrier(sqlite3_file* file) {
  (void)AroundShm(Call::kBarrier, file, Nothing, [&] {
    Below(file)->pMethods->xShmBarrier(Below(file));
    return SQLITE_OK;
  });
}

int ShmUnmap(sqlite3_file* file, int remove) {
  return AroundShm(
      Call::kUnmap, file, [&] { return std::string(remove != 0 ? "delete" : "keep"); },
      [&] { return Below(file)->pMethods->xShmUnmap(Below(file), remove); });
}

int FileFetch(sqlite3_file* file, sqlite3_int64 offset, int bytes, void** memory) {
  *memory = nullptr;  // the answer of a mapping that failed
  return AroundFile(
      Call::kFetch, file, [&] { return Range(offset, bytes); },
      [&] { return Below(file)->pMethods->xFetch(Below(file), offset, bytes, memory); });
}

int FileUnfetch(sqlite3_file* file, sqlite3_int64 offset, void* memory) {
  return AroundFile(
      Call::kUnfetch, file, [&] { return std::to_string(offset); },
      [&] { return Below(file)->pMethods->xUnfetch(Below(file), offset, memory); });
}

// ---- the VFS

FileKind KindOfFlags(int flags) {
  if ((flags & SQLITE_OPEN_WAL) != 0) return FileKind::kWal;
  if ((flags & SQLITE_OPEN_MAIN_JOURNAL) != 0) return FileKind::kJournal;
  if ((flags & SQLITE_OPEN_SUPER_JOURNAL) != 0) return FileKind::kSuperjournal;
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) return FileKind::kDb;
  return FileKind::kTemp;
}

// Everything the file below has, and nothing it has not.
sqlite3_io_methods MethodsLike(const sqlite3_io_methods& below) {
  sqlite3_io_methods methods{};
  methods.iVersion = below.iVersion < 3 ? below.iVersion : 3;
  methods.xClose = FileClose;
  methods.xRead = FileRead;
  methods.xWrite = FileWrite;
  methods.xTruncate = FileTruncate;
  methods.xSync = FileSync;
  methods.xFileSize = FileSize;
  methods.xLock = FileLock;
  methods.xUnlock = FileUnlock;
  methods.xCheckReservedLock = FileCheckReservedLock;
  methods.xFileControl = FileControl;
  methods.xSectorSize = FileSectorSize;
  methods.xDeviceCharacteristics = FileDeviceCharacteristics;
  if (methods.iVersion >= 2) {
    if (below.xShmMap != nullptr) methods.xShmMap = ShmMap;
    if (below.xShmLock != nullptr) methods.xShmLock = ShmLock;
    if (below.xShmBarrier != nullptr) methods.xShmBarrier = ShmBarrier;
    if (below.xShmUnmap != nullptr) methods.xShmUnmap = ShmUnmap;
  }
  if (methods.iVersion >= 3) {
    if (below.xFetch != nullptr) methods.xFetch = FileFetch;
    if (below.xUnfetch != nullptr) methods.xUnfetch = FileUnfetch;
  }
  return methods;
}

int VfsOpen(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  ShimFile* shim = Shim(file);
  std::memset(shim, 0, sizeof(ShimFile));
  shim->kind = KindOfFlags(flags);
  shim->path = path;
  Below(file)->pMethods = nullptr;  // an open that is not made leaves nothing to close
  const int rc = Around({.site = {Call::kOpen, shim->kind}, .path = path}, Nothing, [&](int64_t) {
    return g_below->xOpen(g_below, path, Below(file), flags, out_flags);
  });
  // "xOpen() must set pMethods even when it fails if xClose is to be called": so it is passed on.
  if (const sqlite3_io_methods* methods = Below(file)->pMethods; methods != nullptr) {
    shim->methods = MethodsLike(*methods);
    shim->base.pMethods = &shim->methods;
  }
  return rc;
}

int VfsDelete(sqlite3_vfs*, const char* path, int sync_directory) {
  return Around(
      {.site = {Call::kDelete, KindOfName(path)}, .path = path},
      [&] { return std::string(sync_directory != 0 ? "sync" : ""); },
      [&](int64_t) { return g_below->xDelete(g_below, path, sync_directory); });
}

int VfsAccess(sqlite3_vfs*, const char* path, int flags, int* result) {
  *result = 0;  // the answer of a stat that failed
  return Around({.site = {Call::kAccess, KindOfName(path)}, .path = path}, Nothing,
                [&](int64_t) { return g_below->xAccess(g_below, path, flags, result); });
}

int VfsFullPathname(sqlite3_vfs*, const char* path, int bytes, char* out) {
  return g_below->xFullPathname(g_below, path, bytes, out);
}
void* VfsDlOpen(sqlite3_vfs*, const char* path) { return g_below->xDlOpen(g_below, path); }
void VfsDlError(sqlite3_vfs*, int bytes, char* out) { g_below->xDlError(g_below, bytes, out); }
void (*VfsDlSym(sqlite3_vfs*, void* library, const char* name))(void) {
  return g_below->xDlSym(g_below, library, name);
}
void VfsDlClose(sqlite3_vfs*, void* library) { g_below->xDlClose(g_below, library); }
int VfsRandomness(sqlite3_vfs*, int bytes, char* out) {
  return g_below->xRandomness(g_below, bytes, out);
}
int VfsSleep(sqlite3_vfs*, int microseconds) {
  return Hurried() ? microseconds : g_below->xSleep(g_below, microseconds);
}

// The clock of the process is added where the VFS below is asked for the time, for every
// connection: those that were open before the shim was there ask the VFS below itself.
constexpr sqlite3_int64 kEpochMs = 210866760000000;  // 1970 in Julian milliseconds
constexpr double kDayMs = 86400000;

int VfsCurrentTimeInt64(sqlite3_vfs*, sqlite3_int64* now) {
  const int rc = g_real_time.milliseconds(g_below, now);
  if (rc == SQLITE_OK) *now = ProcessClock().At(*now - kEpochMs) + kEpochMs;
  return rc;
}
int VfsCurrentTime(sqlite3_vfs*, double* now) {
  const int rc = g_real_time.days(g_below, now);
  if (rc != SQLITE_OK) return rc;
  // Unmoved, it is passed on bit by bit: milliseconds are coarser.
  const auto real_ms = static_cast<sqlite3_int64>(*now * kDayMs) - kEpochMs;
  const sqlite3_int64 moved_ms = ProcessClock().At(real_ms);
  if (moved_ms != real_ms) *now = static_cast<double>(moved_ms + kEpochMs) / kDayMs;
  return rc;
}
int VfsGetLastError(sqlite3_vfs*, int bytes, char* out) {
  return g_below->xGetLastError(g_below, bytes, out);
}
int VfsSetSystemCall(sqlite3_vfs*, const char* name, sqlite3_syscall_ptr call) {
  return g_below->xSetSystemCall(g_below, name, call);
}
sqlite3_syscall_ptr VfsGetSystemCall(sqlite3_vfs*, const char* name) {
  return g_below->xGetSystemCall(g_below, name);
}
const char* VfsNextSystemCall(sqlite3_vfs*, const char* name) {
  return g_below->xNextSystemCall(g_below, name);
}

}  // extern "C"

}  // namespace

Interceptor& TheInterceptor() {
  // Never destroyed: a connection may be closed by another library's destructor after ours.
  static auto* interceptor = new Interceptor;
  return *interceptor;
}

void RecordCalls(CallRecorder recorder) { g_recorder = new CallRecorder(std::move(recorder)); }

sqlite3_vfs* ShimOver(sqlite3_vfs* below) {
  static sqlite3_vfs shim;
  if (g_below != nullptr) return &shim;
  g_below = below;
  shim.iVersion = below->iVersion < 3 ? below->iVersion : 3;
  shim.szOsFile = kBelowOffset + below->szOsFile;
  shim.mxPathname = below->mxPathname;
  shim.zName = kShimName;
  shim.xOpen = VfsOpen;
  shim.xDelete = VfsDelete;
  shim.xAccess = VfsAccess;
  shim.xFullPathname = VfsFullPathname;
  shim.xDlOpen = below->xDlOpen == nullptr ? nullptr : VfsDlOpen;
  shim.xDlError = below->xDlError == nullptr ? nullptr : VfsDlError;
  shim.xDlSym = below->xDlSym == nullptr ? nullptr : VfsDlSym;
  shim.xDlClose = below->xDlClose == nullptr ? nullptr : VfsDlClose;
  shim.xRandomness = VfsRandomness;
  shim.xSleep = VfsSleep;
  shim.xCurrentTime = VfsCurrentTime;
  shim.xGetLastError = below->xGetLastError == nullptr ? nullptr : VfsGetLastError;
  g_real_time.days = below->xCurrentTime;
  __atomic_store_n(&below->xCurrentTime, &VfsCurrentTime, __ATOMIC_RELEASE);
  if (shim.iVersion >= 2 && below->xCurrentTimeInt64 != nullptr) {
    g_real_time.milliseconds = below->xCurrentTimeInt64;
    shim.xCurrentTimeInt64 = VfsCurrentTimeInt64;
    __atomic_store_n(&below->xCurrentTimeInt64, &VfsCurrentTimeInt64, __ATOMIC_RELEASE);
  }
  if (shim.iVersion >= 3) {
    if (below->xSetSystemCall != nullptr) shim.xSetSystemCall = VfsSetSystemCall;
    if (below->xGetSystemCall != nullptr) shim.xGetSystemCall = VfsGetSystemCall;
    if (below->xNextSystemCall != nullptr) shim.xNextSystemCall = VfsNextSystemCall;
  }
  return &shim;
}

}  // namespace faults::vfs
