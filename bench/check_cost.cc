// What one check costs: each backend of core/ through its interface, quiet, beside the bare calls
// it is made of, in one run (Google Benchmark; the rounds are interleaved at random).
//
// Not covered: what a check costs somebody else (a writer that meets its lock), and the sleeping
// and waking around it; bench_idle_cost has the latter.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "bench/primitives.h"
#include "bench/support/program.h"
#include "core/watcher/backend_name.h"
#include "core/watcher/wal_index.h"

extern "C" int sqlite3_honkerext_init(sqlite3* db, char** error_message,
                                      const sqlite3_api_routines* api);

namespace bench {
namespace {

constexpr char kHelp[] =
    R"(Usage: bench_check_cost [--dir FOLDER] [--benchmark_... option]...

Measures one quiet check of each watcher backend beside the bare primitives.

  --dir FOLDER   where databases are made and removed (default: beside the build)

Everything that starts with --benchmark_ is Google Benchmark's own, among them
  --benchmark_filter=REGEX  --benchmark_repetitions=N  --benchmark_out=FILE
  --benchmark_min_time=SECONDS  --benchmark_enable_random_interleaving=true

Examples:
  bench_check_cost
  bench_check_cost --benchmark_filter='polling|pragma_cached' --benchmark_repetitions=5

Exit codes: 0 done, 1 something failed, 64 usage.
)";

// The extension is linked in: tell it which SQLite to call, as loading it would.
void LoadCore() {
  sqlite3_auto_extension(reinterpret_cast<void (*)()>(sqlite3_honkerext_init));
  const Db loads_it = OpenDb(":memory:");
  sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(sqlite3_honkerext_init));
}

void Check(benchmark::State& state, honker::BackendKind kind, const std::string& path) {
  honker::Result<std::unique_ptr<honker::Backend>> backend = honker::OpenBackend(kind, path);
  if (!backend.ok()) return state.SkipWithError(backend.error().message.c_str());
  (void)backend.value()->Check();
  for (auto _ : state) {
    honker::Look look = backend.value()->Check();
    if (look.kind != honker::Look::kQuiet) return state.SkipWithError("a check was not quiet");
    benchmark::DoNotOptimize(look);
  }
}

// The part of a shm check that reads memory, alone.
void ReadHeader(benchmark::State& state, const std::string& path) {
  const Db db = OpenDb(path);
  (void)StepInt(Prepare(db.get(), "SELECT count(*) FROM sqlite_schema").get());
  sqlite3_file* file = nullptr;
  volatile void* map = nullptr;
  sqlite3_file_control(db.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  file->pMethods->xShmMap(file, 0, honker::kWalIndexRegionBytes, 0, &map);
  honker::WalIndexHeader header;
  for (auto _ : state) {
    const bool read = honker::ReadWalIndexHeader(map, &header);
    if (!read) return state.SkipWithError("the WAL-index header does not hold");
    benchmark::DoNotOptimize(header);
  }
}

void RegisterChecks(const std::string& wal, const std::string& rollback) {
  using benchmark::RegisterBenchmark;
  RegisterBenchmark("check/polling/wal", Check, honker::BackendKind::kPolling, wal);
  RegisterBenchmark("check/polling/delete", Check, honker::BackendKind::kPolling, rollback);
  RegisterBenchmark("check/kernel/wal", Check, honker::BackendKind::kKernel, wal);
  RegisterBenchmark("check/kernel/delete", Check, honker::BackendKind::kKernel, rollback);
  RegisterBenchmark("check/shm/wal", Check, honker::BackendKind::kShm, wal);
  RegisterBenchmark("part/shm_header/wal", ReadHeader, wal);
}

// Takes --dir and --help out of the arguments; the rest is Google Benchmark's.
std::string TakeOwnOptions(std::vector<char*>& arguments) {
  std::string dir = BuildFolder();
  std::vector<char*> rest = {arguments[0]};
  for (size_t i = 1; i < arguments.size(); ++i) {
    const std::string argument = arguments[i];
    if (argument == "--help" || argument == "-h") {
      std::fputs(kHelp, stdout);
      std::exit(0);
    }
    if (argument == "--dir") {
      if (++i == arguments.size()) Fail("--dir needs a folder. Try --help.", kExUsage);
      dir = arguments[i];
    } else if (argument.rfind("--benchmark_", 0) == 0) {
      rest.push_back(arguments[i]);
    } else {
      Fail("unknown argument '" + argument + "'. Try --help.", kExUsage);
    }
  }
  arguments = rest;
  return dir;
}

int Main(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc);
  const std::string dir = TakeOwnOptions(arguments);
  const Scratch scratch(dir);
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return kExUsage;
  benchmark::AddCustomContext("sqlite", sqlite3_libversion());
  LoadCore();
  // Kept open by the application, as a database in use is.
  const Db wal = MakeDb(scratch.Path("wal.db"), "wal");
  const Db rollback = MakeDb(scratch.Path("delete.db"), "delete");
  RegisterPrimitives(scratch.Path("wal.db"), scratch.Path("delete.db"));
  RegisterChecks(scratch.Path("wal.db"), scratch.Path("delete.db"));
  const size_t ran = benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return ran == 0 ? 1 : 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
