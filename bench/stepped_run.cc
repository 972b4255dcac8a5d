#include "bench/stepped_run.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>

#include "bench/stepped_board.h"
#include "bench/support/child.h"
#include "bench/support/program.h"
#include "bench/support/subject.h"

namespace bench {
namespace {

constexpr char kInsert[] = "INSERT INTO t(text) VALUES('a payload of some forty bytes or so')";

struct Run {
  const SteppedCase& the_case;
  const std::string path;
  const SharedBoard& board;
  const int64_t limit_ns;
  std::mutex mutex;  // guards `result`
  SteppedResult result;
};

Db Open(const Run& run) {
  Db db = OpenDb(run.path, SQLITE_OPEN_READWRITE);
  Exec(db.get(), "PRAGMA synchronous=" + run.the_case.synchronous);
  Exec(db.get(), "PRAGMA busy_timeout=60000");
  return db;
}

// Sleeps in short steps: a spinning writer would take the watcher's core.
void AwaitSeen(Run& run, int64_t id, int64_t returned) {
  while (run.board->seen_id < id && NowNs() < returned + run.limit_ns)
    SleepUntilNs(NowNs() + 50'000);
  const bool seen = run.board->seen_id >= id;
  const std::lock_guard<std::mutex> lock(run.mutex);
  ++run.result.commits;
  run.result.lost += seen ? 0 : 1;
  if (seen) run.result.wake_ns.push_back(run.board->woke_ns - returned);
}

void WriteStepped(Run& run, int commits) {
  const bool brief = run.the_case.writers == "brief";
  Db db = brief ? nullptr : Open(run);
  for (int i = 0; i < commits; ++i) {
    if (brief) db = Open(run);
    Exec(db.get(), kInsert);
    const int64_t returned = NowNs();
    const int64_t id = sqlite3_last_insert_rowid(db.get());
    if (brief) db.reset();
    AwaitSeen(run, id, returned);
  }
}

std::vector<int64_t> WriteBusily(Run& run, int busy_ms) {
  const Db db = Open(run);
  const Stmt insert = Prepare(db.get(), kInsert);
  std::vector<int64_t> returned;
  const int64_t end = NowNs() + static_cast<int64_t>(busy_ms) * 1'000'000;
  while (NowNs() < end) {
    (void)StepInt(insert.get());
    returned.push_back(NowNs());
  }
  return returned;
}

// Each commit, and the first wake after it. A commit is visible a moment before the writer has the
// return of COMMIT, and on few cores the watcher runs first.
void Match(const std::vector<int64_t>& returned, const std::vector<int64_t>& wakes,
           SteppedResult* result) {
  constexpr int64_t kBeforeReturnNs = 200'000;
  for (const int64_t at : returned) {
    const auto wake = std::lower_bound(wakes.begin(), wakes.end(), at - kBeforeReturnNs);
    ++result->commits;
    if (wake == wakes.end()) {
      ++result->lost;
    } else {
      result->wake_ns.push_back(*wake - at);
    }
  }
}

// False where the watcher process ended before its time.
bool ReadWakes(Child& watcher, std::vector<int64_t>* wakes) {
  watcher.Finish();
  for (std::string line; watcher.ReadLine(&line);) {
    if (line == "end") return true;
    wakes->push_back(std::strtoll(line.c_str(), nullptr, 10));
  }
  return false;
}

// The child inherits the environment: it is told of no file event.
class WithoutEvents {
 public:
  explicit WithoutEvents(bool on) : on_(on) {
    if (!on_) return;
    setenv("LD_PRELOAD", (BuildFolder() + "/libbench_deaf.so").c_str(), 1);
  }
  ~WithoutEvents() {
    if (!on_) return;
    unsetenv("LD_PRELOAD");
  }
  WithoutEvents(const WithoutEvents&) = delete;
  WithoutEvents& operator=(const WithoutEvents&) = delete;

 private:
  const bool on_;
};

}  // namespace

SteppedResult RunStepped(const std::string& library, const std::string& folder,
                         const SteppedCase& the_case, int commits, int busy_ms, int limit_ms) {
  const std::string path = folder + "/stepped.db";
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    std::filesystem::remove(path + suffix);
  std::filesystem::remove(folder + "/board");
  // Kept open but for the writer that comes and goes: that one may be the first and the last.
  Db made = MakeDb(path, the_case.journal);
  const bool persistent = the_case.journal == "wal" || the_case.journal == "delete";
  if (!persistent) Exec(made.get(), "PRAGMA journal_mode=" + the_case.journal);
  if (the_case.writers == "brief") made.reset();
  const SharedBoard board(folder + "/board");
  Run run{the_case, path, board, static_cast<int64_t>(limit_ms) * 1'000'000, {}, {}};

  constexpr int kGivenUpMs = 60'000;
  std::unique_ptr<Child> watcher;
  {
    const WithoutEvents without(the_case.writers == "dropped");
    watcher = std::make_unique<Child>(std::vector<std::string>{"--watcher-role", library, folder,
                                                               the_case.backend, the_case.writers},
                                      kGivenUpMs);
  }
  std::string answer;
  bool answered = false;
  do {  // a subject may write on standard output as well
    answered = watcher->ReadLine(&answer);
  } while (answered && answer != "ready" && answer.rfind("refused ", 0) != 0);
  if (!answered) {
    run.result.failure = watcher->Problem();
    return run.result;
  }
  if (answer != "ready") {
    run.result.refusal = answer.substr(8);
    return run.result;
  }
  std::vector<int64_t> returned;
  if (the_case.writers == "busy") {
    returned = WriteBusily(run, busy_ms);
    SleepUntilNs(NowNs() + run.limit_ns);  // for the wakes of the last ones
  } else {
    const int writers = the_case.writers == "four" ? 4 : 1;
    std::vector<std::thread> threads;
    for (int i = 0; i < writers; ++i)
      threads.emplace_back([&run, commits, writers] { WriteStepped(run, commits / writers); });
    for (std::thread& thread : threads) thread.join();
  }
  std::vector<int64_t> wakes;
  if (!ReadWakes(*watcher, &wakes)) {
    run.result.failure = watcher->Problem();
  } else if (the_case.writers == "busy") {
    Match(returned, wakes, &run.result);
  }
  return run.result;
}

int RunSteppedWatcher(const std::string& library, const std::string& folder,
                      const std::string& backend, const std::string& writers) {
  constexpr uint64_t kLookAtInputMs = 50;
  constexpr uint64_t kIntervalMs = 1;
  const Subject subject(library);
  const SharedBoard board(folder + "/board");
  const std::string path = folder + "/stepped.db";
  const Db db = OpenDb(path, SQLITE_OPEN_READWRITE);
  Exec(db.get(), "PRAGMA busy_timeout=60000");
  const Stmt newest = Prepare(db.get(), "SELECT max(id) FROM t");
  (void)StepInt(newest.get());
  std::string refusal;
  HonkerWatcherHandle* handle = subject.Open(path, backend, kIntervalMs, &refusal);
  if (handle == nullptr) {
    std::printf("refused %s\n", refusal.c_str());
    return 0;
  }
  std::vector<int64_t> wakes;
  std::puts("ready");
  std::fflush(stdout);
  while (!InputEnded(0)) {
    const int answer = subject.Wait(handle, kLookAtInputMs);
    if (answer < 0) Fail("the watcher died: wait returned " + std::to_string(answer));
    if (answer == 0) continue;
    const int64_t woke = NowNs();
    if (writers == "busy") {
      wakes.push_back(woke);
      continue;
    }
    const int64_t id = StepInt(newest.get());
    if (id > board->seen_id) {
      board->woke_ns = woke;
      board->seen_id = id;
    }
  }
  for (const int64_t wake : wakes) std::printf("%" PRId64 "\n", wake);
  std::puts("end");
  std::fflush(stdout);
  subject.Close(handle);
  return 0;
}

}  // namespace bench
