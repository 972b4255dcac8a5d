#include "bench/primitives.h"

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "bench/support/program.h"

namespace bench {
namespace {

constexpr char kPragma[] = "PRAGMA main.data_version";

// As the polling backend opens them: a writer in WAL, a reader otherwise, no mutex, private cache.
Db OpenLikeAWatcher(const std::string& path, bool wal) {
  Db db = OpenDb(path, (wal ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
                           SQLITE_OPEN_PRIVATECACHE);
  (void)StepInt(Prepare(db.get(), "SELECT count(*) FROM main.sqlite_schema").get());
  return db;
}

void PragmaPreparedEachTime(benchmark::State& state, const std::string& path, bool wal) {
  const Db db = OpenLikeAWatcher(path, wal);
  for (auto _ : state) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(db.get(), kPragma, -1, &statement, nullptr);
    sqlite3_step(statement);
    benchmark::DoNotOptimize(sqlite3_column_int64(statement, 0));
    sqlite3_finalize(statement);
  }
}

void PragmaCached(benchmark::State& state, const std::string& path, bool wal) {
  const Db db = OpenLikeAWatcher(path, wal);
  const Stmt statement = Prepare(db.get(), kPragma);
  for (auto _ : state) {
    sqlite3_step(statement.get());
    benchmark::DoNotOptimize(sqlite3_column_int64(statement.get(), 0));
    sqlite3_reset(statement.get());
  }
}

void FcntlDataVersion(benchmark::State& state, const std::string& path, bool wal) {
  const Db db = OpenLikeAWatcher(path, wal);
  for (auto _ : state) {
    unsigned version = 0;
    sqlite3_file_control(db.get(), "main", SQLITE_FCNTL_DATA_VERSION, &version);
    benchmark::DoNotOptimize(version);
  }
}

// A descriptor of its own, and locks that nobody in this process needs any more.
void PreadChangeCounter(benchmark::State& state, const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) Fail("cannot open \"" + path + "\": " + std::strerror(errno));
  for (auto _ : state) {
    unsigned char counter[4];
    benchmark::DoNotOptimize(pread(file, counter, sizeof counter, 24));
    benchmark::DoNotOptimize(counter);
  }
  close(file);
}

const volatile uint32_t* MapWalIndex(sqlite3* db) {
  sqlite3_file* file = nullptr;
  volatile void* map = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods->iVersion < 2 ||
      file->pMethods->xShmMap(file, 0, 32768, 0, &map) != SQLITE_OK || map == nullptr) {
    Fail("the WAL-index of this SQLite cannot be mapped");
  }
  return static_cast<const volatile uint32_t*>(map);
}

void MappedHeaderBothCopies(benchmark::State& state, const std::string& path) {
  const Db db = OpenLikeAWatcher(path, true);
  const volatile uint32_t* map = MapWalIndex(db.get());
  for (auto _ : state) {
    uint32_t first[12];
    uint32_t second[12];
    for (int i = 0; i < 12; ++i) first[i] = map[i];
    std::atomic_thread_fence(std::memory_order_acquire);
    for (int i = 0; i < 12; ++i) second[i] = map[12 + i];
    benchmark::DoNotOptimize(std::memcmp(first, second, sizeof first));
    benchmark::DoNotOptimize(first[2]);
  }
}

void MappedChangeWord(benchmark::State& state, const std::string& path) {
  const Db db = OpenLikeAWatcher(path, true);
  const volatile uint32_t* map = MapWalIndex(db.get());
  for (auto _ : state) benchmark::DoNotOptimize(map[2]);
}

void Stat(benchmark::State& state, const std::string& path) {
  for (auto _ : state) {
    struct stat status {};
    benchmark::DoNotOptimize(stat(path.c_str(), &status));
    benchmark::DoNotOptimize(status);
  }
}

}  // namespace

void RegisterPrimitives(const std::string& wal, const std::string& rollback) {
  using benchmark::RegisterBenchmark;
  RegisterBenchmark("bare/pragma_prepared_each_time/wal", PragmaPreparedEachTime, wal, true);
  RegisterBenchmark("bare/pragma_prepared_each_time/delete", PragmaPreparedEachTime, rollback,
                    false);
  RegisterBenchmark("bare/pragma_cached/wal", PragmaCached, wal, true);
  RegisterBenchmark("bare/pragma_cached/delete", PragmaCached, rollback, false);
  RegisterBenchmark("bare/fcntl_data_version/wal", FcntlDataVersion, wal, true);
  RegisterBenchmark("bare/fcntl_data_version/delete", FcntlDataVersion, rollback, false);
  RegisterBenchmark("bare/pread_change_counter/delete", PreadChangeCounter, rollback);
  RegisterBenchmark("bare/mapped_header_both_copies/wal", MappedHeaderBothCopies, wal);
  RegisterBenchmark("bare/mapped_change_word/wal", MappedChangeWord, wal);
  RegisterBenchmark("bare/stat/wal", Stat, wal);
}

}  // namespace bench
