#include <algorithm>

#include "harness/oracle/flat_work.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::claim {
namespace {

struct Rows {
  const char* name;
  const char* table;
  const char* columns;
  const char* values;
  bool paid;
  int64_t per_priority;
};

constexpr Rows kRows[] = {
#define ROWS(name, table, columns, values, paid, per_priority) \
  {#name, table, columns, values, paid, per_priority},
#include "scenarios/claim/rows.def"
#undef ROWS
};

constexpr int64_t kFew = 100;
constexpr int64_t kBatch = 32;
// Jobs that can be claimed, whatever else is there: for both claims, and for next_claim_at after
// them.
constexpr int64_t kDue = 2 * kBatch;

harness::Axis Kinds() {
  harness::Axis axis{"rows", {}};
  for (const Rows& rows : kRows) axis.values.emplace_back(rows.name);
  return axis;
}

std::string Insert(const std::string& table, const std::string& columns, const std::string& values,
                   int64_t count) {
  return "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < " +
         std::to_string(count) + ") INSERT INTO " + table + "(" + columns + ") SELECT " + values +
         " FROM i";
}

struct Asked {
  int64_t got = -1;  // what the call has to answer; -1: anything
  bool first = false;
};

// One database with so many rows of that kind, and what calls cost there.
class Measurement {
 public:
  Measurement(Stage& stage, const Rows& rows, int64_t size)
      : stage_(stage),
        rows_(rows),
        size_(size),
        caller_(stage.Start("caller:" + std::to_string(size))) {}

  void Fill() {
    caller_.Do("open", Value::MakeObject({{"path", stage_.File(std::to_string(size_) + ".db")},
                                          {"journal", "memory"},
                                          {"sync", "off"},
                                          {"create", true},
                                          {"load", true}}));
    Exec("PRAGMA cache_size = -65536");
    Exec("SELECT honker_bootstrap()");
    Exec(Insert(rows_.table, rows_.columns, rows_.values, size_));
    const Value there = Exec("SELECT count(*) FROM " + std::string(rows_.table));
    if (there.items()[0].items()[0].Int() != size_)
      throw harness::CellEnd(harness::CellVerdict::kError, "rows are missing: " + there.Print());
    Exec(
        Insert("_honker_live", "queue, payload, run_at", "'q', 'd', unixepoch() - 1000 + n", kDue));
    Exec("PRAGMA journal_mode = wal");
  }

  // In this order: what the first claim may move lies in the way of all that follow, and what only
  // a sweep moves in the way of all before it.
  void CountAll() {
    Claim(1, true);
    Measure("enqueue", "SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL)");
    const Value claimed = Claim(1, false);
    Measure("ack", "SELECT honker_ack(" + IdOf(claimed) + ", 'w')", {.got = 1});
    Claim(kBatch, false);
    const std::string next = "SELECT honker_queue_next_claim_at('q')";
    Measure("next_claim_at", next);
    Exec(ClaimSql(kDue));  // from here on the queue is idle, but where the rows themselves are due
    Measure("idle_claim", ClaimSql(1));
    Measure("idle_next_claim_at", next);
    if (!stage_.environment().subject.HasFunction("honker_sweep_expired")) return;
    const std::string sweep = "SELECT honker_sweep_expired('q')";
    Measure("sweep", sweep, {.first = true});
    Measure("sweep", sweep);
  }

 private:
  Value Exec(const std::string& sql) {
    return caller_.Do("exec", Value::MakeObject({{"sql", sql}}))["rows"];
  }

  Value Measure(const std::string& what, const std::string& sql, const Asked& asked = {}) {
    Value value = Value::MakeObject({{"what", what}, {"size", size_}, {"sql", sql}});
    if (asked.got >= 0) value.Set("got", asked.got);
    if (asked.first) value.Set("first", true);
    if (asked.first && rows_.paid) value.Set("paid", size_);
    if (rows_.per_priority > 0 && sql.starts_with("SELECT honker_claim_batch"))
      value.Set("priorities", size_ / rows_.per_priority);
    return caller_.Do("measure", std::move(value))["rows"];
  }

  // For longer than any of the rows is claimed: these come first in the order of the deadlines.
  static std::string ClaimSql(int64_t n) {
    return "SELECT honker_claim_batch('q', 'w', " + std::to_string(n) + ", 9000000)";
  }

  Value Claim(int64_t n, bool first) {
    return Measure("claim_" + std::to_string(n), ClaimSql(n), {.got = n, .first = first});
  }

  // Of the first job that was claimed; the oracle sees whether there was one.
  static std::string IdOf(const Value& rows) {
    const harness::Result<Value> jobs = Value::Parse(rows.items()[0].items()[0].Text());
    if (!jobs.ok() || jobs.value().items().empty()) return "0";
    return std::to_string(jobs.value().items()[0]["id"].Int());
  }

  Stage& stage_;
  const Rows& rows_;
  int64_t size_;
  Actor& caller_;
};

void Run(Stage& stage) {
  NeedFunctions(stage, {"honker_bootstrap", "honker_enqueue", "honker_claim_batch", "honker_ack",
                        "honker_queue_next_claim_at"});
  const Rows& rows = *std::ranges::find(kRows, stage.Axis("rows"),
                                        [](const Rows& r) { return std::string(r.name); });
  for (const int64_t size : {kFew, static_cast<int64_t>(std::stoll(stage.Axis("number")))}) {
    Measurement measurement(stage, rows, size);
    measurement.Fill();
    measurement.CountAll();
  }
}

}  // namespace

const Card flat{
    .name = "claim/flat",
    .claims = {"CLAIM-FLAT"},
    .situation =
        "Two databases, one with 100 rows of a kind and one with `number` of them, written by "
        "plain SQL (scenarios/claim/rows.def); 64 jobs can be claimed in each. What a call costs "
        "is counted on its connection: enqueue, claim of 1 and of 32, ack, next claim, sweep; "
        "claim and next claim once more when nothing else is due.",
    .expectation =
        "The same work in both, but for the depth of the b-trees. Rows that have expired, lapsed "
        "or run out of attempts are paid for once, in proportion, by the first call; priorities "
        "with delayed rows only cost a seek each.",
    .axes = {Kinds(), {"number", {"1000", "10000", "100000"}, {"10000"}}},
    .roles = {{"caller:N", "fills a database with N rows, and calls"}},
    .faults = {"none"},
    .oracles = {{{"flat_work", harness::CheckFlatWork}, "CLAIM-FLAT"}},
    .evidence = "that the rows are there, and that each call answered as it had to",
    .limits =
        "VM steps and requests to the page cache, of one connection that nobody disturbs: not "
        "time, not sorting within one step, not what waiting costs. Jobs that will have expired "
        "when "
        "they fall due are not among the rows. A sweep that the subject "
        "lacks is left out.",
    .run = Run};

}  // namespace scenarios::claim
