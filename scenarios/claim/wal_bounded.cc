#include "harness/oracle/wal_bounded.h"

#include <algorithm>
#include <filesystem>

#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::claim {
namespace {

struct Work {
  const char* name;
  const char* function;
  int64_t calls;  // in one statement
  const char* sql;
};

constexpr Work kWork[] = {
    {"enqueue", "honker_enqueue", 1, "SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL)"},
    {"claim_ack", "honker_claim_batch", 2,
     "SELECT honker_ack(json_extract(honker_claim_batch('q', 'w', 1, 3600), '$[0].id'), 'w')"},
    {"notify", "notify", 1, "SELECT notify('c', 'p')"},
    {"stream_publish", "honker_stream_publish", 1, "SELECT honker_stream_publish('t', NULL, 'p')"},
};

// As many as it takes for what they write to fill the WAL several times over.
constexpr int64_t kTransactions = 1000;
// Rounds while a read is open: the file grows with each of them. And the most that follow it.
constexpr int64_t kBesideRead = 1200;
constexpr int64_t kAfterRead = 2000;

harness::Axis Works() {
  harness::Axis axis{"work", {}};
  for (const Work& work : kWork) axis.values.emplace_back(work.name);
  return axis;
}

Value Exec(Actor& caller, const std::string& sql) {
  return caller.Do("exec", Value::MakeObject({{"sql", sql}}))["rows"];
}
int64_t Number(Actor& caller, const std::string& sql) {
  return Exec(caller, sql).items()[0].items()[0].Int();
}

void RecordWal(Stage& stage, Actor& caller, bool read_open) {
  const int64_t autocheckpoint = Number(caller, "PRAGMA wal_autocheckpoint");
  const int64_t page_size = Number(caller, "PRAGMA page_size");
  std::error_code none;
  const std::uintmax_t bytes = std::filesystem::file_size(stage.Db() + "-wal", none);
  if (none) throw harness::CellEnd(harness::CellVerdict::kError, "no -wal: " + none.message());
  stage.Record("wal", Value::MakeObject({{"bytes", static_cast<int64_t>(bytes)},
                                         {"page_size", page_size},
                                         {"autocheckpoint", autocheckpoint},
                                         {"read_open", read_open}}));
}

void Run(Stage& stage) {
  const Work& work = *std::ranges::find(kWork, stage.Axis("work"),
                                        [](const Work& w) { return std::string(w.name); });
  NeedFunctions(stage, {"honker_bootstrap", work.function});
  const std::string& stepped = stage.Axis("stepped");
  int64_t count = std::stoll(stage.Axis("calls")) / work.calls;
  if (stepped == "read_open") count = std::min(count, kAfterRead);
  const int64_t together = stepped == "transaction" ? count / kTransactions : 0;
  Actor& caller = stage.Start("caller:1");
  caller.Do("open", Value::MakeObject({{"path", stage.Db()},
                                       {"journal", "wal"},
                                       {"sync", "off"},
                                       {"create", true},
                                       {"load", true}}));
  Exec(caller, "SELECT honker_bootstrap()");
  // As many jobs as will be claimed: an empty claim would write nothing.
  if (std::string(work.name) == "claim_ack") {
    Exec(caller,
         "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < " +
             std::to_string(count + kBesideRead) +
             ") INSERT INTO _honker_live(queue, payload, run_at) SELECT 'q', 'p', 1000 + n FROM i");
    Exec(caller, "PRAGMA wal_checkpoint(TRUNCATE)");
  }
  const Value calls = Value::MakeObject({{"statements", Value::MakeArray().Append(work.sql)},
                                         {"count", count},
                                         {"step", stepped == "once" ? "once" : "to_end"},
                                         {"per_transaction", together}});
  if (stepped == "read_open") {
    Value open = calls;
    open.Set("beside", "SELECT name FROM sqlite_schema").Set("count", kBesideRead);
    caller.Do("repeat", open);
    RecordWal(stage, caller, true);
  }
  caller.Do("repeat", calls);
  RecordWal(stage, caller, false);
}

}  // namespace

const Card wal_bounded{
    .name = "claim/wal_bounded",
    .claims = {"WAL-BOUNDED"},
    .situation =
        "One connection in WAL makes the same call thousands of times: each statement stepped "
        "once and reset, to its end, in a thousand transactions, or with another read open on the "
        "connection, and then again without.",
    .expectation =
        "The WAL ends about as large as 1,000 pages, where SQLite's auto-checkpoint begins it "
        "anew. With a read open on the same connection SQLite never checkpoints; once that is "
        "closed the file grows no further.",
    .axes = {Works(),
             {"stepped", {"once", "to_end", "transaction", "read_open"}},
             {.name = "calls", .values = {"2000"}, .full = {"20000"}}},
    .roles = {{"caller:1", "the only connection"}},
    .faults = {"none"},
    .oracles = {{{"wal_bounded", harness::CheckWalBounded}, "WAL-BOUNDED"}},
    .evidence = "pages written, more than three such files would hold, and the size of the file",
    .limits =
        "At synchronous OFF, which no checkpoint depends on. Nobody else reads: what a reader of "
        "another connection holds back is SQLite's affair, "
        "and what a watcher does wake/checkpoint_is_not_held_back shows.",
    .run = Run};

}  // namespace scenarios::claim
