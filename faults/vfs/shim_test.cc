// The shim forwards everything: a connection through it behaves like one on the VFS below.

#include "faults/vfs/shim_fixture.h"
#include "faults/vfs/sites.h"

namespace faults::vfs {
namespace {

using testing::ShimTest;

TEST_F(ShimTest, IsTheDefaultForLaterOpensAndOnlyOnceOverItself) {
  EXPECT_STREQ(sqlite3_vfs_find(nullptr)->zName, "fault");
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &other), SQLITE_OK);
  sqlite3_enable_load_extension(other, 1);
  ASSERT_EQ(sqlite3_load_extension(other, FAULT_VFS, "sqlite3_faultvfs_init", nullptr), SQLITE_OK);
  EXPECT_EQ(Value(other, "SELECT typeof(fault_vfs_calls())"), "text");
  sqlite3_close(other);
  sqlite3* db = Open("a.db");
  char* name = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_VFSNAME, &name);
  EXPECT_STREQ(name, "fault/unix");
  sqlite3_free(name);
  sqlite3_close(db);
}

TEST_F(ShimTest, TheVfsHasWhatTheOneBelowHas) {
  sqlite3_vfs* shim = sqlite3_vfs_find("fault");
  sqlite3_vfs* below = sqlite3_vfs_find("unix");
  EXPECT_EQ(shim->iVersion, below->iVersion);
  EXPECT_EQ(shim->mxPathname, below->mxPathname);
  EXPECT_GT(shim->szOsFile, below->szOsFile);
  EXPECT_EQ(shim->xGetSystemCall(shim, "open"), below->xGetSystemCall(below, "open"));
  EXPECT_STREQ(shim->xNextSystemCall(shim, "open"), below->xNextSystemCall(below, "open"));
  EXPECT_EQ(shim->xDlOpen == nullptr, below->xDlOpen == nullptr);
  sqlite3_int64 now = 0;
  EXPECT_EQ(shim->xCurrentTimeInt64(shim, &now), SQLITE_OK);
  EXPECT_GT(now, 0);
}

// A VFS without shared memory (unix-none) must not get it from the shim, and one of an older
// version not a newer one: checked on the file the shim is over, and on its answers.
TEST_F(ShimTest, AFileHasWhatTheOneBelowHas) {
  sqlite3* through = Open("a.db");
  sqlite3* plain = Open("a.db", "unix");
  for (sqlite3* db : {through, plain}) {
    EXPECT_EQ(Value(db, "PRAGMA journal_mode=WAL"), "wal");
    EXPECT_EQ(Value(db, "CREATE TABLE IF NOT EXISTS t(x)"), "");
  }
  sqlite3_file* shim = FileOf(through);
  sqlite3_file* unix = FileOf(plain);
  EXPECT_EQ(shim->pMethods->iVersion, unix->pMethods->iVersion);
  EXPECT_EQ(shim->pMethods->xSectorSize(shim), unix->pMethods->xSectorSize(unix));
  EXPECT_EQ(shim->pMethods->xDeviceCharacteristics(shim),
            unix->pMethods->xDeviceCharacteristics(unix));
  sqlite3_int64 sizes[2];
  shim->pMethods->xFileSize(shim, &sizes[0]);
  unix->pMethods->xFileSize(unix, &sizes[1]);
  EXPECT_EQ(sizes[0], sizes[1]);

  // One WAL-index: the mapping a file pointer gives is the same memory for both.
  void volatile* maps[2] = {};
  ASSERT_EQ(shim->pMethods->xShmMap(shim, 0, 32768, 0, &maps[0]), SQLITE_OK);
  ASSERT_EQ(unix->pMethods->xShmMap(unix, 0, 32768, 0, &maps[1]), SQLITE_OK);
  EXPECT_EQ(maps[0], maps[1]);
  sqlite3_close(through);
  sqlite3_close(plain);
}

TEST_F(ShimTest, SeveralConnectionsShareAWal) {
  sqlite3* a = Open("a.db");
  sqlite3* b = Open("a.db");
  sqlite3* plain = Open("a.db", "unix");
  EXPECT_EQ(Value(a, "PRAGMA journal_mode=WAL"), "wal");
  EXPECT_EQ(Value(a, "CREATE TABLE t(x)"), "");
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(Value(i % 2 == 0 ? a : b, "INSERT INTO t VALUES(randomblob(5000))"), "");
  }
  EXPECT_EQ(Value(plain, "SELECT count(*) FROM t"), "50");
  EXPECT_EQ(Value(plain, "INSERT INTO t VALUES(1)"), "");
  EXPECT_EQ(Value(b, "PRAGMA wal_checkpoint(TRUNCATE)"), "0");
  EXPECT_EQ(Value(b, "PRAGMA mmap_size=1000000"), "1000000");
  EXPECT_EQ(Value(b, "SELECT count(*) FROM t WHERE length(x) > 0"), "51");
  for (sqlite3* db : {a, b, plain}) EXPECT_EQ(Value(db, "PRAGMA integrity_check"), "ok");
  EXPECT_NE(Value(loading_, "SELECT json_extract(fault_vfs_calls(), '$.\"vfs.fetch.db\"') > 0"),
            "0");
  for (sqlite3* db : {a, b, plain}) sqlite3_close(db);
  EXPECT_EQ(FileCount(), 1u) << "the last close removes -wal and -shm";
}

TEST_F(ShimTest, EveryJournalModeTempFilesAttachAndVacuum) {
  sqlite3* db = Open("a.db");
  EXPECT_EQ(Value(db, "CREATE TABLE t(x)"), "");
  for (const std::string mode :
       {"delete", "truncate", "persist", "memory", "off", "wal", "delete"}) {
    EXPECT_EQ(Value(db, "PRAGMA journal_mode=" + mode), mode);
    EXPECT_EQ(Value(db, "INSERT INTO t VALUES('" + mode + "')"), "");
  }
  // Two files in one transaction: a super-journal. A temp table that spills: an anonymous file.
  EXPECT_EQ(Value(db, "ATTACH '" + In("b.db") + "' AS b"), "");
  EXPECT_EQ(Value(db, "CREATE TABLE b.t(x)"), "");
  EXPECT_EQ(Value(db, "BEGIN"), "");
  EXPECT_EQ(Value(db, "INSERT INTO main.t VALUES(1)"), "");
  EXPECT_EQ(Value(db, "INSERT INTO b.t VALUES(1)"), "");
  EXPECT_EQ(Value(db, "COMMIT"), "");
  EXPECT_EQ(Value(db, "PRAGMA temp_store=FILE"), "");
  EXPECT_EQ(Value(db, "PRAGMA cache_size=1"), "");
  EXPECT_EQ(Value(db,
                  "CREATE TEMP TABLE big AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT "
                  "i+1 FROM n WHERE i<2000) SELECT randomblob(1000) AS x FROM n ORDER BY x"),
            "");
  EXPECT_EQ(Value(db, "VACUUM"), "");
  EXPECT_EQ(Value(db, "PRAGMA integrity_check"), "ok");
  EXPECT_EQ(Value(db, "SELECT count(*) FROM t"), "8");
  const std::string calls = Value(loading_, "SELECT fault_vfs_calls()");
  for (const char* site : {"vfs.delete.journal", "vfs.truncate.journal", "vfs.sync.superjournal",
                           "vfs.delete.superjournal", "vfs.write.temp", "vfs.check_lock.db"}) {
    EXPECT_NE(calls.find(std::string("\"") + site + "\":"), std::string::npos) << site << calls;
  }
  sqlite3_close(db);
}

TEST_F(ShimTest, AVfsErrorComesThrough) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open_v2(In("none.db").c_str(), &db, SQLITE_OPEN_READWRITE, nullptr),
            SQLITE_CANTOPEN);
  EXPECT_EQ(sqlite3_system_errno(db), ENOENT);
  sqlite3_close(db);
}

TEST(Sites, KindsByName) {
  EXPECT_EQ(KindOfName("/x/a.db"), FileKind::kDb);
  EXPECT_EQ(KindOfName("/x/a.db-wal"), FileKind::kWal);
  EXPECT_EQ(KindOfName("/x/a.db-shm"), FileKind::kShm);
  EXPECT_EQ(KindOfName("/x/a.db-journal"), FileKind::kJournal);
  EXPECT_EQ(KindOfName("/x/a.db-mj0A1B2C9D4"), FileKind::kSuperjournal);
  EXPECT_EQ(KindOfName("/x/a.db-mj0A"), FileKind::kDb) << "not the length SQLite makes";
}

TEST(Sites, NamesAndGlobs) {
  EXPECT_TRUE(MatchesSomeSite("vfs.sync.wal"));
  EXPECT_TRUE(MatchesSomeSite("vfs.*.shm"));
  EXPECT_FALSE(MatchesSomeSite("vfs.lock.wal"))
      << "cannot happen, so a gate there would never fire";
  EXPECT_FALSE(MatchesSomeSite("vfs"));
  EXPECT_EQ(NearestSite("vfs.sync.jurnal"), "vfs.sync.journal");
}

}  // namespace
}  // namespace faults::vfs
