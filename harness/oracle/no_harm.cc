#include "harness/oracle/no_harm.h"

#include <algorithm>
#include <string>

#include "harness/oracle/commits.h"
#include "harness/oracle/locks.h"
#include "harness/oracle/subscribers.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

constexpr int64_t kBusy = 5;    // SQLITE_BUSY
constexpr int64_t kLocked = 6;  // SQLITE_LOCKED

class Judge {
 public:
  explicit Judge(const Value& params) : params_(params) {}

  void LookAtWriters(const History& history) {
    // A commit is alone while nobody has asked for a watcher, and watched once one is open; one
    // that began in between is neither, but may not fail either.
    int64_t asked_ns = INT64_MAX;
    int64_t opened_ns = INT64_MAX;
    for (const Call& call : history.Calls("watch"))
      asked_ns = std::min(asked_ns, call.invoke->t_ns);
    for (const Subscriber& sub : Subscribers(history))
      opened_ns = std::min(opened_ns, sub.opened_ns);
    std::vector<int64_t> alone_ns;
    std::vector<int64_t> watched_ns;
    const Commit* first = nullptr;
    int64_t failed_alone = 0;
    int64_t failed = 0;
    int64_t busy = 0;
    const std::vector<Commit> commits = Commits(history);
    for (const Commit& commit : commits) {
      if (commit.call.ok()) {
        const int64_t took_ns = commit.end_ns() - commit.invoke_ns();
        if (commit.end_ns() <= asked_ns) alone_ns.push_back(took_ns);
        if (commit.invoke_ns() >= opened_ns) watched_ns.push_back(took_ns);
        continue;
      }
      // A commit in doubt failed where SQLite said so; one of a killed writer did not.
      const Value code = commit.call.end ? commit.call.end->value["code"] : Value();
      if (!commit.call.failed() && !code.is_int()) continue;
      if (commit.end_ns() <= asked_ns) {
        ++failed_alone;
        continue;
      }
      ++failed;
      busy += (code.Int() & 0xff) == kBusy || (code.Int() & 0xff) == kLocked ? 1 : 0;
      if (!first) first = &commit;
    }
    figures_.Set("commits_alone", alone_ns.size()).Set("commits_watched", watched_ns.size());
    figures_.Set("failed_alone", failed_alone).Set("failed", failed).Set("busy", busy);
    if (watched_ns.empty()) Undecided("no commit was acknowledged while a subscriber listened");
    AddPercentiles(figures_, "commit_alone", std::move(alone_ns));
    AddPercentiles(figures_, "commit_watched", std::move(watched_ns));
    if (failed <= params_["max_failed"].Int(0)) return;
    const Value& how = first->call.end->value;
    Contradict(
        Count(failed, "commit") + " failed under a watcher",
        {{first->call.invoke_index, first->Text() + " while it is watched"},
         {first->call.end_index, "the commit fails with code " + std::to_string(how["code"].Int()) +
                                     ": " + PlainText(how["message"])}});
  }

  void LookAtLocks(const History& history) {
    if (!params_["locks"].Bool(true)) return;
    const LockReport report = CompareLocks(history);
    figures_.Set("locks_before", report.held).Set("locks_lost", report.lost.size());
    if (!report.lost.empty()) {
      const LostLock& lost = report.lost.front();
      const std::string& process = history.ops()[lost.before_op].value["process"].Text();
      Contradict(process + " lost a lock that it never gave up",
                 {{lost.before_op, process + " holds a " + lost.lock.Text()},
                  {lost.after_op,
                   "other processes see that lock no more, not on all of its bytes: "
                   "SQLite in " +
                       process + " still counts on it"}});
    } else if (report.pairs == 0) {
      Undecided("no locks event before with one after of the same process");
    } else if (report.held == 0) {
      Undecided("no lock was held before");
    }
  }

  void LookAtCheckpoints(const History& history) {
    if (!params_["checkpoint"].Bool()) return;
    std::vector<Call> checkpoints = history.Calls("exec");
    std::erase_if(checkpoints, [](const Call& call) {
      std::string sql = PlainText(call.invoke->value["sql"]);
      std::ranges::transform(sql, sql.begin(), [](unsigned char c) { return std::tolower(c); });
      return !Contains(sql, "wal_checkpoint");
    });
    if (checkpoints.empty()) return Undecided("no checkpoint was tried");
    const Call& last = checkpoints.back();
    const ProofStep tried = {
        last.invoke_index, last.invoke->process + " does " + PlainText(last.invoke->value["sql"])};
    if (!last.ok()) {
      return Contradict(
          "the last checkpoint failed",
          {tried,
           {last.end_index,
            "it fails: " + (last.end ? PlainText(last.end->value["message"]) : "it never ended")}});
    }
    const Value::Array& rows = last.end->value["rows"].items();
    if (rows.empty() || rows[0].items().size() < 3) return Undecided("a checkpoint gave no row");
    const int64_t busy = rows[0].items()[0].Int();
    const int64_t log = rows[0].items()[1].Int();
    const int64_t done = rows[0].items()[2].Int();
    figures_.Set("checkpoint_busy", busy).Set("checkpoint_log", log).Set("checkpoint_done", done);
    if (busy == 0 && log < 0) return Undecided("the checkpoint was not in WAL mode");
    if (busy == 0 && log == done) return;
    Contradict(
        "the last checkpoint was held back",
        {tried,
         {last.end_index, "it answers busy=" + std::to_string(busy) + ", " + std::to_string(done) +
                              " of " + Count(log, "frame") + " checkpointed"}});
  }

  Verdict Say() {
    if (!proof_.empty()) return Fail(reason_, std::move(proof_), std::move(figures_));
    if (!why_.empty()) return Unknown(why_, std::move(figures_));
    const int64_t watched = figures_["commits_watched"].Int();
    return Pass(Count(watched, "watched commit") + " unharmed", std::move(figures_));
  }

 private:
  void Contradict(const std::string& reason, std::vector<ProofStep> proof) {
    if (!proof_.empty()) return;
    reason_ = reason;
    proof_ = std::move(proof);
  }
  void Undecided(const std::string& why) {
    if (why_.empty()) why_ = why;
  }

  const Value& params_;
  Value figures_ = Value::MakeObject();
  std::string why_;
  std::string reason_;
  std::vector<ProofStep> proof_;
};

}  // namespace

Verdict CheckNoHarm(const History& history, const Expectation& expectation) {
  Judge judge(expectation.params);
  judge.LookAtWriters(history);
  judge.LookAtLocks(history);
  judge.LookAtCheckpoints(history);
  return judge.Say();
}

}  // namespace harness
