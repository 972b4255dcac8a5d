#include "bench/end_to_end.h"

#include <cstdio>
#include <utility>

#include "bench/support/child.h"

namespace bench {
namespace {

// A worker that has caught up sleeps until it is woken: the interval of a polling watcher.
constexpr int64_t kNapNs = 1'000'000;

Way WayOf(const std::string& name) { return name == "ours" ? Way::kOurs : Way::kBare; }

}  // namespace

Db OpenWithSubject(const std::string& path, const std::string& library) {
  Db db = OpenDb(path);
  Exec(db.get(), "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  sqlite3_db_config(db.get(), SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, nullptr);
  char* error = nullptr;
  if (sqlite3_load_extension(db.get(), library.c_str(), nullptr, &error) != SQLITE_OK) {
    Fail(error == nullptr ? "the extension cannot be loaded" : error);
  }
  return db;
}

EndToEnd::EndToEnd(std::string path, std::string library, int jobs, int limit_ms)
    : path_(std::move(path)),
      library_(std::move(library)),
      jobs_(jobs),
      limit_ms_(limit_ms),
      db_(OpenWithSubject(path_, library_)) {
  Exec(db_.get(), "SELECT honker_bootstrap()");
}

void EndToEnd::Round() {
  ours_.push_back(Time("ours"));
  bare_.push_back(Time("bare"));
}

Speed EndToEnd::Time(const std::string& way) {
  const std::function<int()> take = ClaimingAndAcking(db_.get(), WayOf(way), kBatch);
  (void)take();
  Child producer({"--producer-role", library_, path_, way, std::to_string(jobs_)}, limit_ms_);
  std::string line;
  if (!producer.ReadLine(&line)) Fail("the producer: " + producer.Problem());
  producer.Finish();
  const int64_t cpu_from = ThreadCpuNs();
  const int64_t from = NowNs();
  const int64_t until = from + limit_ms_ * 1'000'000LL;
  for (int done = 0; done < jobs_;) {
    const int taken = take();
    done += taken;
    if (taken < kBatch) SleepUntilNs(NowNs() + kNapNs);
    if (NowNs() > until) Fail("jobs are missing: " + producer.Problem());
  }
  const int64_t to = NowNs();
  const int64_t cpu_to = ThreadCpuNs();
  if (!producer.ReadLine(&line)) Fail("the producer: " + producer.Problem());
  const auto cpu = static_cast<double>(cpu_to - cpu_from) + std::stod(line);
  return {jobs_ * 1e9 / static_cast<double>(to - from), cpu / 1e3 / jobs_};
}

int RunProducer(const std::string& library, const std::string& path, const std::string& way,
                int jobs) {
  const Db db = OpenWithSubject(path, library);
  const Work enqueue = Enqueuing(db.get(), WayOf(way), 1);
  std::puts("ready");
  std::fflush(stdout);
  (void)InputEnded(-1);
  const int64_t from = ThreadCpuNs();
  enqueue(jobs);
  std::printf("%lld\n", static_cast<long long>(ThreadCpuNs() - from));
  return 0;
}

}  // namespace bench
