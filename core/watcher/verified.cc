// The verified backend: a file event is a hint, the commit counter is the truth.
//
// An event (file_events.h) says that something is being written; it comes before the commit is
// visible, and may not come at all. The commit counter (commit_counter.h) says what is committed,
// but has to be asked. So an event starts a short series of looks at the counter, which settle.h
// spaces; and a safety look goes with the identity check every 100 ms. A wake is given when the
// counter says so and at no other time: no wake without a commit, in any journal mode, and none
// before the commit is visible.
//
// The bound: with every event lost a subscriber is woken at most 100 ms after the commit became
// visible, plus what the scheduler takes. That holds too where a lock keeps the counter from being
// confirmed: from the moment at which the lock is gone.
//
// What it costs: idle ten wake-ups a second; a commit, a few looks of some microseconds each. No
// lock is taken to look, no descriptor of the database or -shm is opened or closed outside of
// SQLite, nothing is held between looks but the locks that SQLite keeps on any open WAL
// connection. In the rollback modes a look that found the counter moved takes a SHARED lock for
// some microseconds, once a commit.
//
// Where inotify is not to be had (its limits are reached), or cannot tell of every write (a network
// file system), that is said once, and the counter is asked every interval instead: a poller, which
// takes no locks to look either.
//
// Not covered: what other programs do to the file behind SQLite's back, where it leaves the counter
// as it was.
#include <sys/prctl.h>

#include <optional>

#include "core/base/stderr_line.h"
#include "core/fault_points.h"
#include "core/watcher/backend.h"
#include "core/watcher/commit_counter.h"
#include "core/watcher/file_events.h"
#include "core/watcher/settle.h"

namespace honker {
namespace {

class Verified : public Backend {
 public:
  explicit Verified(std::string path) : path_(std::move(path)) {}

  // Events first: what is written while the baseline is taken is looked at afterwards.
  Status Start() {
    const std::string missing = WhyEventsAreMissing(path_);
    if (missing.empty()) {
      events_.emplace(path_);
      const Status started = events_->Start();
      if (!started.ok()) BecomePoller(started.error().message);
    } else {
      BecomePoller(missing);
    }
    auto counter = CommitCounter::Open(path_);
    if (!counter.ok()) return counter.error();
    counter_ = std::move(counter).value();
    return Ok();
  }

  // The looks of a series are microseconds apart; by default the kernel may be 50 us late.
  void EnterThread() override { prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0); }

  Look Check() override {
    Settle::Time now = Settle::Clock::now();
    const bool called = events_ && TakeEvents(now);
    Look look = counter_->Check(now);
    // The last event of a commit comes some microseconds before its lock is given up, or its header
    // published: less than it takes to go to sleep and wake up, on a busy machine much less, and a
    // writer that never pauses is soon at it again.
    const Settle::Time until = now + kStaysAwake;
    while (called && now < until && MayChangeAnyMoment(look)) {
      now = Settle::Clock::now();
      look = counter_->Check(now);
    }
    settle_.Looked(now,
                   look.kind == Look::kChanged ? Settle::kCommit
                   : look.kind == Look::kBusy  ? Settle::kUnclear
                                               : Settle::kNothing,
                   counter_->writer_at_work());
    return look;
  }

  int event_fd() const override { return events_ ? events_->descriptor() : -1; }

  Attention attention() const override {
    if (!events_) return {.interval = true, .identity = true};
    if (HONKER_MUTANT("look_once")) return {.events = true};
    return settle_.attention();
  }

  // What is compared is what is committed, whenever it was.
  bool TroubleHidesCommits() const override { return false; }
  bool SeesPath() override { return counter_->SeesPath(); }
  void Abandon() override { counter_->Abandon(); }
  const char* thread_name() const override { return "honker-verified"; }

 private:
  static constexpr std::chrono::microseconds kStaysAwake{25};

  bool MayChangeAnyMoment(const Look& look) const {
    return look.kind == Look::kBusy || (look.kind == Look::kQuiet && counter_->writer_at_work());
  }

  // True where there were any of this database.
  bool TakeEvents(Settle::Time now) {
    FileNews news = events_->Take();
    if (news.lost) {
      // Moved, perhaps: what the path leads to is what counts. The identity check has the last
      // word.
      const Status again = events_->Start();
      if (!again.ok()) news.problem = again.error().message;
    }
    const bool ours = news.written || news.overflow || news.lost;
    if (news.any) settle_.Event(now, ours);
    if (!news.problem.empty()) BecomePoller(news.problem);
    return ours;
  }

  void BecomePoller(const std::string& reason) {
    events_.reset();
    WriteStderrLine("honker: the verified watcher of \"" + path_ +
                    "\" gets no file events and looks every interval instead: " + reason);
  }

  const std::string path_;
  std::optional<FileEvents> events_;  // none: a poller
  std::unique_ptr<CommitCounter> counter_;
  Settle settle_;
};

}  // namespace

Result<std::unique_ptr<Backend>> OpenVerified(const std::string& path) {
  auto verified = std::make_unique<Verified>(path);
  Status started = verified->Start();
  if (!started.ok()) return started.error();
  return std::unique_ptr<Backend>(std::move(verified));
}

}  // namespace honker
