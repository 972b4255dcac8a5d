#include "bench/notify_listener.h"

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include "bench/support/child.h"
#include "bench/support/program.h"
#include "honker/honker.h"

namespace bench {
namespace {

using std::chrono::milliseconds;

constexpr char kChannel[] = "orders";
constexpr char kPayload[] =
    R"({"order":4711,"customer":"c-1704","items":["tea","milk"],"total":12.5})";

template <typename T>
T Must(honker::Result<T> result) {
  if (!result.ok()) Fail(result.error().message);
  return std::move(result).value();
}

honker::Database Open(const std::string& path, const std::string& backend = "polling") {
  return Must(honker::Database::Open(path, {.watcher_backend = backend}));
}

// Takes what has arrived, at least one, and says how many; gives up after the limit.
using Receive = std::function<int()>;

Receive ReceivingOurs(const honker::Database& db, milliseconds limit) {
  auto listener = std::make_shared<honker::Listener>(Must(honker::Listener::Open(db, kChannel)));
  return [listener, limit] {
    const std::optional<honker::Notification> got = Must(listener->Next(limit));
    if (!got || got->payload.size() != sizeof kPayload - 1) Fail("a notification is missing");
    return 1;
  };
}

// What a listener has to do at least: sleep until a commit, read what is new, keep its place.
Receive ReceivingBare(const honker::Database& db, milliseconds limit) {
  auto events = std::make_shared<honker::UpdateEvents>(Must(db.WatchUpdates()));
  const std::shared_ptr<sqlite3_stmt> newest =
      Prepare(db.handle(), "SELECT coalesce(max(id), 0) FROM _honker_notifications");
  const std::shared_ptr<sqlite3_stmt> behind =
      Prepare(db.handle(),
              "SELECT id, payload, created_at FROM _honker_notifications "
              "WHERE channel = ?1 AND id > ?2 ORDER BY id");
  sqlite3_bind_text(behind.get(), 1, kChannel, -1, SQLITE_STATIC);
  return [events, behind, limit, seen = StepInt(newest.get())]() mutable {
    for (;;) {
      int got = 0;
      sqlite3_bind_int64(behind.get(), 2, seen);
      int code = SQLITE_OK;
      while ((code = sqlite3_step(behind.get())) == SQLITE_ROW) {
        seen = sqlite3_column_int64(behind.get(), 0);
        if (sqlite3_column_bytes(behind.get(), 1) != sizeof kPayload - 1) Fail("another payload");
        ++got;
      }
      sqlite3_reset(behind.get());
      if (code != SQLITE_DONE) Fail(sqlite3_errmsg(sqlite3_db_handle(behind.get())));
      if (got > 0) return got;
      if (Must(events->Wait(limit)) == honker::Wake::kTimeout) Fail("a notification is missing");
    }
  };
}

Receive Receiving(const honker::Database& db, const std::string& way, int limit_ms) {
  const milliseconds limit(limit_ms);
  return way == "ours" ? ReceivingOurs(db, limit) : ReceivingBare(db, limit);
}

// Sends one, and says so by returning.
std::function<void()> Sending(honker::Database& db, const std::string& way) {
  if (way == "ours") {
    return [&db] { (void)Must(honker::Notify(db, kChannel, kPayload)); };
  }
  const std::shared_ptr<sqlite3_stmt> insert =
      Prepare(db.handle(), "INSERT INTO _honker_notifications (channel, payload) VALUES (?1, ?2)");
  sqlite3_bind_text(insert.get(), 1, kChannel, -1, SQLITE_STATIC);
  sqlite3_bind_text(insert.get(), 2, kPayload, -1, SQLITE_STATIC);
  return [insert] { (void)StepInt(insert.get()); };
}

// A listener and a notifier that are ready to begin, upon an empty table.
class Pair {
 public:
  Pair(const std::string& path, const ListenerCase& the_case, const std::string& way,
       int notifications, double gap_ms, uint64_t seed, int limit_ms)
      : db_(OpenEmpty(path, the_case.backend)),
        notifier_({"--notifier-role", path, way, std::to_string(the_case.batch),
                   std::to_string(notifications), std::to_string(gap_ms), std::to_string(seed)},
                  limit_ms),
        receive_(Receiving(db_, way, limit_ms)) {
    (void)Line();
  }

  void Begin() { notifier_.Finish(); }
  int Receive() { return receive_(); }
  int64_t Line() {
    std::string line;
    if (!notifier_.ReadLine(&line)) Fail("the notifier: " + notifier_.Problem());
    return line == "ready" ? 0 : std::stoll(line);
  }

 private:
  static honker::Database OpenEmpty(const std::string& path, const std::string& backend) {
    honker::Database db = Open(path, backend);
    Exec(db.handle(), "DELETE FROM _honker_notifications");
    Exec(db.handle(), "PRAGMA wal_checkpoint(TRUNCATE)");
    return db;
  }

  honker::Database db_;
  Child notifier_;
  bench::Receive receive_;
};

}  // namespace

Crowd TimeCrowd(const std::string& path, const ListenerCase& the_case, const std::string& way,
                int notifications, int limit_ms) {
  Pair pair(path, the_case, way, notifications, 0, 0, limit_ms);
  const int64_t cpu_from = ThreadCpuNs();
  const int64_t from = NowNs();
  pair.Begin();
  for (int got = 0; got < notifications;) got += pair.Receive();
  const int64_t to = NowNs();
  const auto cpu = static_cast<double>(ThreadCpuNs() - cpu_from + pair.Line());
  return {notifications * 1e9 / static_cast<double>(to - from), cpu / 1e3 / notifications};
}

std::vector<int64_t> TimeEach(const std::string& path, const ListenerCase& the_case,
                              const std::string& way, int notifications, double gap_ms,
                              uint64_t seed, int limit_ms) {
  Pair pair(path, the_case, way, notifications, gap_ms, seed, limit_ms);
  pair.Begin();
  std::vector<int64_t> held;
  while (static_cast<int>(held.size()) < notifications) {
    const int got = pair.Receive();
    held.insert(held.end(), static_cast<size_t>(got), NowNs());
  }
  (void)pair.Line();
  for (int64_t& moment : held) moment -= pair.Line();
  return held;
}

int RunNotifier(const std::string& path, const std::string& way, int batch, int notifications,
                double gap_ms, uint64_t seed) {
  honker::Database db = Open(path);
  const std::function<void()> send = Sending(db, way);
  const Stmt begin = Prepare(db.handle(), "BEGIN IMMEDIATE");
  const Stmt commit = Prepare(db.handle(), "COMMIT");
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> gap_ns(0.5e6 * gap_ms, 1.5e6 * gap_ms);
  std::vector<int64_t> returned;
  returned.reserve(static_cast<size_t>(notifications));
  std::puts("ready");
  std::fflush(stdout);
  (void)InputEnded(-1);
  const int64_t cpu_from = ThreadCpuNs();
  int64_t at = NowNs();
  for (int sent = 0; sent < notifications; sent += batch) {
    if (gap_ms > 0) SleepUntilNs(at += static_cast<int64_t>(gap_ns(random)));
    if (batch > 1) (void)StepInt(begin.get());
    for (int i = 0; i < batch; ++i) send();
    if (batch > 1) (void)StepInt(commit.get());
    if (gap_ms > 0) returned.insert(returned.end(), static_cast<size_t>(batch), NowNs());
  }
  std::printf("%" PRId64 "\n", ThreadCpuNs() - cpu_from);
  for (const int64_t moment : returned) std::printf("%" PRId64 "\n", moment);
  return 0;
}

}  // namespace bench
