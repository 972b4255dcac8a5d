#include "scenarios/fault/sweep.h"

#include <utility>

#include "faults/ledger.h"
#include "scenarios/fault/sweep_work.h"

namespace scenarios::fault {
namespace {

using harness::CellEnd;
using harness::CellVerdict;

// Against a fault that is struck for ever: no work of one point makes so many calls.
constexpr int64_t kMostPoints = 2000;

Value Exec(const std::string& sql, const std::string& tag, Value value) {
  Value v = Value::MakeObject({{"sql", sql}});
  v.Set(tag, std::move(value));
  return v;
}

// A connection of another process for one look, or one commit, at a time.
void OpenPlainly(Actor& checker, const std::string& path) {
  checker.Do("open", Value::MakeObject({{"path", path}}));
}

class Sweep {
 public:
  explicit Sweep(Stage& stage)
      : stage_(stage),
        work_(WorkNamed(stage.Axis("work"))),
        template_(stage.File("template.db")),
        ledger_(stage.File("ledger.jsonl")) {
    MakeTemplate(stage_, work_, template_);
    checker_ = &stage_.Start("checker:1");
    victim_ = &stage_.Start("victim:1", {{"FAULT_LEDGER", ledger_}});
    LoadShim(stage_, *victim_);
    if (Watches()) watcher_ = &stage_.Start("watcher:1");
  }

  void Run() {
    const std::string& nth = stage_.Axis("nth");
    const bool single = nth != "all";
    stage_.Record("states",
                  Value::MakeObject({{"states", StatesWithoutFaults()}, {"single", single}}));
    if (single) {
      (void)Point(std::stoll(nth));
      return;
    }
    int64_t n = 1;
    while (n <= kMostPoints && Point(n) > 0) ++n;
    // Where every call is meant, none at all means that nothing was intercepted: the oracle's
    // unknown.
    const bool every = stage_.Axis("fault") == "io_error" && stage_.Axis("at") == "vfs.*";
    if (n == 1 && !every) stage_.Skip("this work makes no call that the fault could strike");
  }

 private:
  bool Watches() const { return stage_.Axis("backend") != "none"; }

  std::string State(const std::string& path) {
    OpenPlainly(*checker_, path);
    const Value rows =
        checker_->Do("exec", Value::MakeObject({{"sql", StateQuery(work_)}}))["rows"];
    checker_->Do("close");
    return rows.items()[0].items()[0].Text();
  }

  // Before the work, and after each step of it; opening is a step.
  Value StatesWithoutFaults() {
    Value states = Value::MakeArray();
    const std::string path = stage_.File("reference.db");
    CopyDatabase(template_, path);
    states.Append(State(path));
    CopyDatabase(template_, path);
    victim_->Do("open", OpenArguments(path));
    if (work_.opens) states.Append(states.items()[0]);
    for (const std::string& sql : work_.steps) {
      victim_->Do("exec", Value::MakeObject({{"sql", Statement(sql)}}));
      states.Append(State(path));
    }
    victim_->Do("close");
    RemoveDatabase(path);
    return states;
  }

  std::string Statement(const std::string& sql) const {
    return sql.empty() ? StateQuery(work_) : sql;
  }

  Value OpenArguments(const std::string& path) const {
    return Value::MakeObject({{"path", path},
                              {"journal", stage_.Axis("journal")},
                              {"sync", "full"},
                              {"busy_ms", 0},
                              {"load", work_.jobs}});
  }

  // A read that is short is the end of the file to SQLite.
  std::string Sites() const {
    const bool short_writes = stage_.Axis("fault") == "short_io" && stage_.Axis("at") == "vfs.*";
    return short_writes ? "vfs.write.*" : stage_.Axis("at");
  }

  std::string FaultText(int64_t n) const {
    std::string text =
        stage_.Axis("fault") + " victim:1 at=" + Sites() + " nth=" + std::to_string(n);
    if (stage_.Axis("error") != "default") text += " error=" + stage_.Axis("error");
    return text + " " + stage_.Axis("lasting");
  }

  // How many calls were struck.
  int64_t Point(int64_t n) {
    const std::string path = stage_.File("point" + std::to_string(n) + ".db");
    CopyDatabase(template_, path);
    const std::string fault = FaultText(n);
    stage_.Record("point", Value::MakeObject({{"n", n}, {"fault", fault}}));
    if (watcher_) Watch(path);
    // After some failures SQLite tries again for ten seconds, asleep.
    const Value arm = Value::MakeObject({{"faults", "hurry victim:1; " + fault}});
    bool open = true;
    if (work_.opens) {
      victim_->Do("arm", arm);
      Value arguments = OpenArguments(path);
      open = victim_->Try("open", arguments.Set("step", 1)).ok();
    } else {
      victim_->Do("open", OpenArguments(path));
      victim_->Do("arm", arm);
    }
    if (open) Steps();
    const int64_t fired = victim_->Do("disarm")["fired"].Int();
    if (open) (void)victim_->Try("close", Value::MakeObject({{"check", "close"}}));
    Check(path, n);
    RecordStruck(n);
    RemoveDatabase(path);
    return fired;
  }

  void Steps() {
    int64_t step = work_.opens ? 2 : 1;
    for (const std::string& sql : work_.steps) {
      Value exec = Exec(Statement(sql), "step", step++);
      if (!victim_->Try("exec", exec.Set("reads", sql.empty())).ok()) {
        // As an application does; where SQLite has rolled back by itself this is an error of no
        // meaning.
        (void)victim_->Try("exec", Value::MakeObject({{"sql", "ROLLBACK"}}));
        return;
      }
    }
  }

  void Check(const std::string& path, int64_t n) {
    OpenPlainly(*checker_, path);
    (void)checker_->Try("exec", Exec("PRAGMA integrity_check", "check", "integrity"));
    (void)checker_->Try("exec", Exec(StateQuery(work_), "check", "state"));
    (void)checker_->Try("commit",
                        Value::MakeObject({{"writer", 9}, {"seq", n}, {"check", "usable"}}));
    if (watcher_) {
      Value await = Marks(9, n);
      (void)watcher_->Try("await", await.Set("check", "watcher"));
      watcher_->Do("unwatch");
      checker_->Do("close", Value::MakeObject({{"conn", "keeper"}}));
    }
    checker_->Do("close");
  }

  // The -shm is there before the watcher: some back-ends want it.
  void Watch(const std::string& path) {
    checker_->Do("open", Value::MakeObject({{"path", path}, {"conn", "keeper"}}));
    checker_->Do("exec",
                 Value::MakeObject({{"sql", "SELECT count(*) FROM t"}, {"conn", "keeper"}}));
    stage_.Watch(*watcher_, Value::MakeObject({{"path", path}}));
  }

  void RecordStruck(int64_t n) {
    const auto ledger = faults::ReadLedger(ledger_);
    if (!ledger.ok()) throw CellEnd(CellVerdict::kError, ledger.Message());
    for (size_t i = std::exchange(told_, ledger.value().size()); i < told_; ++i) {
      const faults::LedgerEntry& entry = ledger.value()[i];
      if (entry.site.empty()) continue;  // the hurry
      stage_.Record("struck",
                    Value::MakeObject({{"n", n}, {"site", entry.site}, {"detail", entry.detail}}));
      return;
    }
  }

  Stage& stage_;
  const Work& work_;
  const std::string template_;
  const std::string ledger_;
  size_t told_ = 0;  // entries of the ledger that were looked at
  Actor* checker_ = nullptr;
  Actor* victim_ = nullptr;
  Actor* watcher_ = nullptr;
};

}  // namespace

void RunSweep(Stage& stage) {
  const Work& work = WorkNamed(stage.Axis("work"));
  if (work.jobs) {
    NeedFunctions(stage, {"honker_bootstrap", "honker_claim_batch", "honker_ack_batch"});
  }
  if (stage.Axis("work") == "checkpoint" && stage.Axis("journal") != "wal")
    stage.Skip("only a WAL has checkpoints");
  if (work.crashed && stage.Axis("backend") != "none")
    stage.Skip("a watcher that is there first does the recovery itself");
  Sweep(stage).Run();
}

}  // namespace scenarios::fault
