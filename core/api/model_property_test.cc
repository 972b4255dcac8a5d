// Random sequences of calls of a queue and of a subscription, against models that know the rules
// and no SQL. A sequence that goes wrong shrinks to a short one. Times are set in the rows: a lease
// ends when a command says so, and what is due later never comes due.
//
// Not covered: what several threads or processes do to each other (worker_test.cc, claims_test.cc).
#include <gtest/gtest.h>
// After gtest.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "core/api/testing.h"

namespace honker {
namespace {

using namespace std::chrono_literals;
using testing::Must;
using testing::Scratch;

enum class Do {
  kEnqueue,
  kRollBack,
  kClaim,
  kAck,
  kRetry,
  kDelay,
  kFail,
  kHeartbeat,
  kCancel,
  kLapse
};

struct Command {
  Do what;
  int a;  // a priority, a number of jobs, or which job
  int b;  // max_attempts
};

std::ostream& operator<<(std::ostream& out, const Command& command) {
  constexpr const char* kNames[] = {"enqueue", "roll back", "claim",     "ack",    "retry",
                                    "delay",   "fail",      "heartbeat", "cancel", "lapse"};
  return out << kNames[static_cast<int>(command.what)] << ' ' << command.a << ' ' << command.b;
}

rc::Gen<Command> AnyCommand() {
  return rc::gen::build<Command>(
      rc::gen::set(&Command::what, rc::gen::weightedElement<Do>({{4, Do::kEnqueue},
                                                                 {1, Do::kRollBack},
                                                                 {4, Do::kClaim},
                                                                 {2, Do::kAck},
                                                                 {2, Do::kRetry},
                                                                 {1, Do::kDelay},
                                                                 {1, Do::kFail},
                                                                 {1, Do::kHeartbeat},
                                                                 {1, Do::kCancel},
                                                                 {2, Do::kLapse}})),
      rc::gen::set(&Command::a, rc::gen::inRange(0, 4)),
      rc::gen::set(&Command::b, rc::gen::inRange(1, 4)));
}

// What a queue is, by the rules.
struct ModelJob {
  int64_t priority = 0;
  int64_t max_attempts = 0;
  int64_t attempts = 0;
  bool later = false;    // due in an hour
  bool retried = false;  // due after those that were not
  std::string holder;    // "" while pending
  bool lapsed = false;   // the holder's lease has run out

  bool Claimable() const { return !later && (holder.empty() || lapsed); }
  bool HeldBy(const std::string& worker) const { return holder == worker && !lapsed; }
};

class QueueModel {
 public:
  std::map<int64_t, ModelJob> live;
  std::vector<int64_t> dead;

  std::vector<int64_t> Claim(size_t wanted) {
    std::vector<int64_t> due;
    for (auto job = live.begin(); job != live.end();) {
      if (job->second.Claimable() && job->second.attempts >= job->second.max_attempts) {
        dead.push_back(job->first);
        job = live.erase(job);
      } else {
        if (job->second.Claimable()) due.push_back(job->first);
        ++job;
      }
    }
    std::stable_sort(due.begin(), due.end(), [this](int64_t a, int64_t b) {
      if (live[a].priority != live[b].priority) return live[a].priority > live[b].priority;
      return !live[a].retried && live[b].retried;
    });
    due.resize(std::min(due.size(), wanted));
    return due;
  }
  void Bury(int64_t id) {
    dead.push_back(id);
    live.erase(id);
  }
  // The job, if that claim on it is valid.
  ModelJob* Held(const Job& job) {
    const auto entry = live.find(job.id());
    return entry != live.end() && entry->second.HeldBy(job.worker_id()) ? &entry->second : nullptr;
  }
};

class QueueRun {
 public:
  void Carry(const Command& command) {
    switch (command.what) {
      case Do::kEnqueue:
        Enqueue(command);
        break;
      case Do::kRollBack: {
        Transaction transaction = Must(db_.Begin());
        Must(queue_.Enqueue("never"));
        break;
      }
      case Do::kClaim:
        Claim(static_cast<size_t>(command.a));
        break;
      case Do::kCancel:
        if (Job* job = Chosen(command.a)) {
          RC_ASSERT(Must(queue_.Cancel(job->id())) == (model_.live.erase(job->id()) == 1));
        }
        break;
      case Do::kLapse:
        if (Job* job = Chosen(command.a)) Lapse(job->id());
        break;
      default:
        if (Job* job = Chosen(command.a)) Finish(command.what, *job);
    }
    Compare();
  }

 private:
  // Any claim that was ever made, valid or not.
  Job* Chosen(int which) {
    if (claims_.empty()) return nullptr;
    // The newest ones are the interesting ones.
    return &claims_[claims_.size() - 1 - static_cast<size_t>(which) % claims_.size()];
  }

  void Enqueue(const Command& command) {
    const int64_t id = Must(queue_.Enqueue("p", {.run_at = std::chrono::sys_seconds(100s),
                                                 .priority = command.a,
                                                 .max_attempts = command.b}));
    RC_ASSERT(model_.live.count(id) == 0U);
    ModelJob& job = model_.live[id];
    job.priority = command.a;
    job.max_attempts = command.b;
  }

  void Claim(size_t wanted) {
    std::vector<Job> jobs =
        Must(queue_.ClaimBatch({.batch = static_cast<int64_t>(wanted), .lease = 3600s}));
    // A claim of none does nothing at all.
    const std::vector<int64_t> expected =
        wanted == 0 ? std::vector<int64_t>() : model_.Claim(wanted);
    std::vector<int64_t> ids;
    for (Job& job : jobs) {
      ids.push_back(job.id());
      ModelJob& claimed = model_.live[job.id()];
      ++claimed.attempts;
      RC_ASSERT(job.attempts() == claimed.attempts);
      claimed.holder = job.worker_id();
      claimed.lapsed = false;
      claims_.push_back(std::move(job));
    }
    RC_ASSERT(ids == expected);
  }

  void Lapse(int64_t id) {
    const auto entry = model_.live.find(id);
    if (entry == model_.live.end() || entry->second.holder.empty()) return;
    Must(db_.Execute("UPDATE _honker_live SET claim_expires_at = 1 WHERE id = ?1", {id}));
    entry->second.lapsed = true;
  }

  void Finish(Do what, Job& job) {
    ModelJob* held = model_.Held(job);
    const bool valid = held != nullptr;
    if (what == Do::kAck) {
      RC_ASSERT(Must(job.Ack()) == valid);
      if (valid) model_.live.erase(job.id());
    } else if (what == Do::kFail) {
      RC_ASSERT(Must(job.Fail("failed")) == valid);
      if (valid) model_.Bury(job.id());
    } else if (what == Do::kHeartbeat) {
      RC_ASSERT(Must(job.Heartbeat(7200s)) == valid);
    } else {
      const bool later = what == Do::kDelay;
      RC_ASSERT(Must(job.Retry(later ? 3600s : 0s, "again")) == valid);
      if (!valid) return;
      if (held->attempts >= held->max_attempts) return model_.Bury(job.id());
      held->holder.clear();
      held->later = later;
      held->retried = true;
      // The second in which it happened must not decide the order.
      if (!later)
        Must(db_.Execute("UPDATE _honker_live SET run_at = 200 WHERE id = ?1", {job.id()}));
    }
  }

  void Compare() {
    std::vector<Row> live;
    for (const auto& [id, job] : model_.live) live.push_back({id, job.attempts, job.priority});
    RC_ASSERT(Must(db_.Query("SELECT id, attempts, priority FROM _honker_live ORDER BY id")) ==
              live);
    std::vector<int64_t> dead;
    for (const Row& row : Must(db_.Query("SELECT id FROM _honker_dead"))) {
      dead.push_back(std::get<int64_t>(row[0]));
    }
    std::sort(model_.dead.begin(), model_.dead.end());
    std::sort(dead.begin(), dead.end());
    RC_ASSERT(dead == model_.dead);
    const bool due = std::any_of(model_.live.begin(), model_.live.end(), [](const auto& entry) {
      return entry.second.Claimable() && entry.second.attempts < entry.second.max_attempts;
    });
    const std::optional<int64_t> next = Must<std::optional<int64_t>>(queue_.NextClaimAt());
    RC_ASSERT((next && *next <= 200) == due);
  }

  Scratch scratch_;
  Database db_ = Must(Database::Open(scratch_.Path("a.db")));
  Queue queue_{db_, "q"};
  QueueModel model_;
  std::vector<Job> claims_;
};

RC_GTEST_PROP(QueueModel, EverySequenceDoesWhatTheRulesSay, ()) {
  const auto commands = *rc::gen::container<std::vector<Command>>(AnyCommand());
  QueueRun run;
  for (const Command& command : commands) run.Carry(command);
}

// A consumer that may end at any moment, with or without having saved.
RC_GTEST_PROP(SubscriptionModel, NothingIsSkippedAndLittleComesTwice, ()) {
  enum Step { kPublish, kPublishElsewhere, kNext, kSave, kReopen };
  const auto steps = *rc::gen::container<std::vector<Step>>(rc::gen::weightedElement<Step>(
      {{4, kPublish}, {1, kPublishElsewhere}, {5, kNext}, {1, kSave}, {1, kReopen}}));
  const int64_t save_every = *rc::gen::inRange<int64_t>(1, 5);

  const Scratch scratch;
  Database db = Must(Database::Open(scratch.Path("a.db")));
  Stream stream(db, "t");
  const auto open = [&] {
    return std::make_unique<Subscription>(
        Must(stream.Subscribe("c", {.save_every = save_every, .save_interval = 24h, .batch = 3})));
  };
  std::unique_ptr<Subscription> subscription = open();
  std::vector<int64_t> published;
  size_t handed_out = 0;  // how many of these, in this life of the consumer
  size_t handled = 0;     // how many it asked for the next one after
  size_t saved = 0;       // how many no later life gets again
  for (const Step step : steps) {
    switch (step) {
      case kPublish:
        published.push_back(Must(stream.Publish("p")));
        break;
      case kPublishElsewhere:
        Must(Stream(db, "other").Publish("p"));
        break;
      case kNext: {
        handled = handed_out;
        if (handled - saved >= static_cast<size_t>(save_every)) saved = handled;
        const std::optional<Event> event = Must<std::optional<Event>>(subscription->Next(0ms));
        RC_ASSERT(event.has_value() == (handed_out < published.size()));
        if (event) {
          RC_ASSERT(event->offset == published[handed_out++]);
        }
        break;
      }
      case kSave:
        Must(subscription->Save());
        saved = handled = handed_out;
        break;
      case kReopen:
        subscription.reset();  // saves what was handled
        subscription = open();
        saved = handed_out = handled;
        break;
    }
    RC_ASSERT(Must(stream.GetOffset("c")) == (saved == 0 ? 0 : published[saved - 1]));
  }
}

}  // namespace
}  // namespace honker
