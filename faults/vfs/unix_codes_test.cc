// UnixCode against SQLite's own VFS: the system calls under it really fail (its table of system
// calls is replaced, and those that sync, which are not in the table, are defined here), and it is
// asked what it makes of that.

#include "faults/vfs/unix_codes.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "faults/file/test_files.h"

namespace {

int g_error = 0;            // what failing calls fail with; 0: none do
bool g_sync_fails = false;  // the next sync only

int Sync() {
  if (!std::exchange(g_sync_fails, false)) return 0;
  errno = g_error;
  return -1;
}

}  // namespace

// SQLite calls one of them, as it was built.
extern "C" int fdatasync(int) { return Sync(); }
extern "C" int fsync(int) { return Sync(); }

namespace faults::vfs {
namespace {

template <typename Return, typename... Arguments>
Return FailsWith(Arguments...) {
  errno = g_error;
  return static_cast<Return>(-1);
}

// Makes one system call of the VFS fail while it lives.
class FailingCall {
 public:
  FailingCall(const char* name, sqlite3_syscall_ptr with) : name_(name) {
    EXPECT_EQ(vfs_->xSetSystemCall(vfs_, name_, with), SQLITE_OK) << name;
  }
  ~FailingCall() { vfs_->xSetSystemCall(vfs_, name_, nullptr); }
  FailingCall(const FailingCall&) = delete;
  FailingCall& operator=(const FailingCall&) = delete;

 private:
  sqlite3_vfs* vfs_ = sqlite3_vfs_find("unix");
  const char* name_;
};

template <typename Function>
sqlite3_syscall_ptr Pointer(Function* function) {
  return reinterpret_cast<sqlite3_syscall_ptr>(function);
}

constexpr std::array kErrors = {EIO,   ENOSPC, EACCES, EPERM,  EAGAIN, ENOLCK, EDQUOT,
                                EROFS, EMFILE, ENXIO,  ERANGE, ENOMEM, EFBIG,  ESTALE};

class UnixCodesTest : public testing::ScratchTest {
 protected:
  void SetUp() override {
    ScratchTest::SetUp();
    ASSERT_EQ(sqlite3_open_v2(In("a.db").c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                              "unix"),
              SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db_, "CREATE TABLE t(x)", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_file_control(db_, "main", SQLITE_FCNTL_FILE_POINTER, &file_);
  }
  void TearDown() override {
    sqlite3_close(db_);
    ScratchTest::TearDown();
  }

  // For each errno: what `call` answers while the system call `name` fails with it.
  template <typename Do>
  void Compare(const UnixCall& call, const char* name, sqlite3_syscall_ptr failing, const Do& ask) {
    for (const int error : kErrors) {
      g_error = error;
      int real = SQLITE_OK;
      {
        const FailingCall fails(name, failing);
        real = ask();
      }
      EXPECT_STREQ(CodeName(UnixCode(call, error)), CodeName(real))
          << call.site.Name() << " " << strerrorname_np(error) << " " << real;
    }
  }

  const sqlite3_io_methods& methods() { return *file_->pMethods; }

  sqlite3* db_ = nullptr;
  sqlite3_file* file_ = nullptr;
};

ssize_t PreadFails(int, void*, size_t, off_t) { return FailsWith<ssize_t>(); }
ssize_t PwriteFails(int, const void*, size_t, off_t) { return FailsWith<ssize_t>(); }
int FtruncateFails(int, off_t) { return FailsWith<int>(); }
int FstatFails(int, struct stat*) { return FailsWith<int>(); }
int UnlinkFails(const char*) { return FailsWith<int>(); }
int StatFails(const char*, struct stat*) { return FailsWith<int>(); }
void* MmapFails(void*, size_t, int, int, int, off_t) {
  errno = g_error;
  return reinterpret_cast<void*>(-1);
}
int OpenFails(const char*, int, mode_t) { return FailsWith<int>(); }
int FcntlFails(int, int, ...) { return FailsWith<int>(); }

TEST_F(UnixCodesTest, ReadAndWrite) {
  char byte = 0;
  // pread64 where the library was built with large files for 32 bits; pread elsewhere.
  for (const char* name : {"pread", "pread64"}) {
    if (sqlite3_vfs* unix = sqlite3_vfs_find("unix"); unix->xGetSystemCall(unix, name) == nullptr)
      continue;
    Compare({{Call::kRead, FileKind::kDb}, ""}, name, Pointer(PreadFails),
            [&] { return methods().xRead(file_, &byte, 1, 0); });
    break;
  }
  for (const char* name : {"pwrite", "pwrite64"}) {
    if (sqlite3_vfs* unix = sqlite3_vfs_find("unix"); unix->xGetSystemCall(unix, name) == nullptr)
      continue;
    Compare({{Call::kWrite, FileKind::kDb}, ""}, name, Pointer(PwriteFails),
            [&] { return methods().xWrite(file_, &byte, 1, 1 << 20); });
    break;
  }
}

TEST_F(UnixCodesTest, TruncateSizeAndSync) {
  Compare({{Call::kTruncate, FileKind::kDb}, ""}, "ftruncate", Pointer(FtruncateFails),
          [&] { return methods().xTruncate(file_, 1 << 20); });
  Compare({{Call::kSize, FileKind::kDb}, ""}, "fstat", Pointer(FstatFails), [&] {
    sqlite3_int64 size = 0;
    return methods().xFileSize(file_, &size);
  });
  for (const int error : kErrors) {
    g_error = error;
    g_sync_fails = true;
    EXPECT_EQ(UnixCode({{Call::kSync, FileKind::kDb}, ""}, error),
              methods().xSync(file_, SQLITE_SYNC_NORMAL));
    EXPECT_FALSE(g_sync_fails) << "the sync did not come here";
  }
}

TEST_F(UnixCodesTest, Locks) {
  Compare({{Call::kLock, FileKind::kDb}, ""}, "fcntl", Pointer(FcntlFails),
          [&] { return methods().xLock(file_, SQLITE_LOCK_SHARED); });
  Compare({{Call::kCheckLock, FileKind::kDb}, ""}, "fcntl", Pointer(FcntlFails), [&] {
    int held = 0;
    return methods().xCheckReservedLock(file_, &held);
  });
  for (const char* level : {"shared", "none"}) {
    const bool shared = level[0] == 's';
    Compare({{Call::kUnlock, FileKind::kDb}, "", level}, "fcntl", Pointer(FcntlFails), [&] {
      // Taken while fcntl works, lost while it fails.
      sqlite3_vfs* unix = sqlite3_vfs_find("unix");
      unix->xSetSystemCall(unix, "fcntl", nullptr);
      EXPECT_EQ(methods().xLock(file_, SQLITE_LOCK_SHARED), SQLITE_OK);
      if (shared) {
        EXPECT_EQ(methods().xLock(file_, SQLITE_LOCK_RESERVED), SQLITE_OK);
        EXPECT_EQ(methods().xLock(file_, SQLITE_LOCK_EXCLUSIVE), SQLITE_OK);
      }
      unix->xSetSystemCall(unix, "fcntl", Pointer(FcntlFails));
      const int rc = methods().xUnlock(file_, shared ? SQLITE_LOCK_SHARED : SQLITE_LOCK_NONE);
      unix->xSetSystemCall(unix, "fcntl", nullptr);
      methods().xUnlock(file_, SQLITE_LOCK_NONE);
      return rc;
    });
  }
}

TEST_F(UnixCodesTest, SharedMemory) {
  ASSERT_EQ(sqlite3_exec(db_, "PRAGMA journal_mode=WAL; INSERT INTO t VALUES(1)", nullptr, nullptr,
                         nullptr),
            SQLITE_OK);
  Compare({{Call::kLock, FileKind::kShm}, ""}, "fcntl", Pointer(FcntlFails),
          [&] { return methods().xShmLock(file_, 3, 1, SQLITE_SHM_LOCK | SQLITE_SHM_SHARED); });
  void volatile* memory = nullptr;
  g_error = ENOMEM;
  {
    const FailingCall fails("mmap", Pointer(MmapFails));
    EXPECT_EQ(methods().xShmMap(file_, 5, 32768, 1, &memory),
              UnixCode({{Call::kMap, FileKind::kShm}, ""}, ENOMEM));
  }
  g_error = EIO;
  {
    const FailingCall fails("fstat", Pointer(FstatFails));
    EXPECT_EQ(methods().xShmMap(file_, 9, 32768, 1, &memory),
              UnixCode({{Call::kMap, FileKind::kShm}, ""}, EIO));
  }
}

TEST_F(UnixCodesTest, SharedMemoryThatCannotBeOpened) {
  ASSERT_EQ(sqlite3_exec(db_, "PRAGMA journal_mode=WAL; INSERT INTO t VALUES(1)", nullptr, nullptr,
                         nullptr),
            SQLITE_OK);
  sqlite3_close(db_);
  db_ = nullptr;
  ASSERT_EQ(sqlite3_open_v2(In("a.db").c_str(), &db_, SQLITE_OPEN_READWRITE, "unix"), SQLITE_OK);
  sqlite3_file_control(db_, "main", SQLITE_FCNTL_FILE_POINTER, &file_);
  for (const int error : {EACCES, EMFILE, ENFILE, EROFS}) {
    g_error = error;
    const FailingCall fails("open", Pointer(OpenFails));
    void volatile* memory = nullptr;
    EXPECT_EQ(methods().xShmMap(file_, 0, 32768, 1, &memory),
              UnixCode({{Call::kMap, FileKind::kShm}, ""}, error))
        << strerrorname_np(error);
  }
}

TEST_F(UnixCodesTest, OpenDeleteAndAccess) {
  sqlite3_vfs* unix = sqlite3_vfs_find("unix");
  std::string file(static_cast<size_t>(unix->szOsFile), '\0');
  const auto open = [&](const std::string& path, int flags) {
    auto* opened = reinterpret_cast<sqlite3_file*>(file.data());
    return unix->xOpen(unix, path.c_str(), opened, flags, nullptr);
  };
  const int make = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  Compare({{Call::kOpen, FileKind::kDb}, In("b.db")}, "open", Pointer(OpenFails),
          [&] { return open(In("b.db"), make | SQLITE_OPEN_MAIN_DB); });
  Compare({{Call::kOpen, FileKind::kWal}, In("a.db-wal")}, "open", Pointer(OpenFails),
          [&] { return open(In("a.db-wal"), make | SQLITE_OPEN_WAL); });
  Compare({{Call::kDelete, FileKind::kJournal}, In("a.db")}, "unlink", Pointer(UnlinkFails),
          [&] { return unix->xDelete(unix, In("a.db").c_str(), 0); });
  EXPECT_EQ(UnixCode({{Call::kDelete, FileKind::kJournal}, ""}, ENOENT),
            unix->xDelete(unix, In("no-journal").c_str(), 0));
  Compare({{Call::kAccess, FileKind::kDb}, In("a.db")}, "stat", Pointer(StatFails), [&] {
    int there = 7;
    const int rc = unix->xAccess(unix, In("a.db").c_str(), SQLITE_ACCESS_EXISTS, &there);
    EXPECT_EQ(there, 0) << "a failed stat is taken for an answer";
    return rc;
  });
}

TEST_F(UnixCodesTest, Fetch) {
  sqlite3_int64 limit = 1 << 20;
  ASSERT_EQ(methods().xFileControl(file_, SQLITE_FCNTL_MMAP_SIZE, &limit), SQLITE_OK);
  void* memory = nullptr;
  g_error = ENOMEM;
  {
    const FailingCall fails("mmap", Pointer(MmapFails));
    EXPECT_EQ(methods().xFetch(file_, 0, 100, &memory),
              UnixCode({{Call::kFetch, FileKind::kDb}, ""}, ENOMEM));
    EXPECT_EQ(memory, nullptr);
  }
}

// A fetch must stat the file first, and that may fail.
TEST_F(UnixCodesTest, FetchOfAFileWhoseSizeIsNotTold) {
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open_v2(In("a.db").c_str(), &other, SQLITE_OPEN_READWRITE, "unix"), SQLITE_OK);
  sqlite3_file* file = nullptr;
  sqlite3_file_control(other, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  sqlite3_int64 limit = 1 << 20;
  ASSERT_EQ(file->pMethods->xFileControl(file, SQLITE_FCNTL_MMAP_SIZE, &limit), SQLITE_OK);
  g_error = EIO;
  void* memory = nullptr;
  {
    const FailingCall fails("fstat", Pointer(FstatFails));
    EXPECT_EQ(file->pMethods->xFetch(file, 0, 100, &memory),
              UnixCode({{Call::kFetch, FileKind::kDb}, ""}, EIO));
  }
  sqlite3_close(other);
}

}  // namespace
}  // namespace faults::vfs
