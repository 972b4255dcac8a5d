#include "harness/actor/watch_commands.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "harness/actor/marks.h"
#include "harness/actor/thread_activity.h"
#include "harness/base/patience.h"

namespace harness::actor {
namespace {

// How long the proof of silence may take after a death did not come.
constexpr int64_t kProofLimitMs = 120'000;

}  // namespace

void WatchCommands::Register() {
  session_.On("watch", [this](const Value& v) { return Watch(v); });
  session_.On("await", [this](const Value& v) { return Await(v, Goal::kMarks, 120'000); });
  session_.On("quiesce", [this](const Value& v) { return Await(v, Goal::kQuiet, 120'000); });
  session_.On("await_death", [this](const Value& v) { return Await(v, Goal::kDeath, 10'000); });
  session_.On("unwatch", [this](const Value& v) { return Unwatch(v); });
}

Reply WatchCommands::Watch(const Value& arguments) {
  const std::string& path = arguments["path"].Text();
  const std::string& backend = arguments["backend"].Text();
  const auto count = arguments["subscribers"].Int(1);
  const auto lazy = arguments["lazy"].Int(0);
  const auto first = arguments["first_sub"].Int(next_sub_);
  const auto poll_ms = static_cast<uint64_t>(arguments["poll_ms"].Int(0));
  const bool blind = arguments["blind"].Bool();
  const bool by_sql = arguments["via"].Text() == "sql";
  if (path.empty() || count < 1) return Reply::Fail("watch needs path and subscribers >= 1");

  const std::set<pid_t> before = ThreadIds();
  std::vector<std::unique_ptr<Subscriber>> opened;
  for (int64_t i = 0; i < count; ++i) {
    // An application has its database open, and has read from it, before it subscribes; with
    // `fresh` it opens the database for each re-read only.
    Connection reread;
    if (!arguments["fresh"].Bool() && !blind) {
      SqlStatus status = Connection::Open(
          path, SQLITE_OPEN_READWRITE,
          static_cast<int>(arguments["reread_busy_ms"].Int(Subscriber::kRereadBusyMs)), reread);
      Value ignored;
      if (status.ok()) status = ReadMarks(reread, ignored);
      if (!status.ok()) return Reply::Fail(status.failure());
    }
    OpenedPort port = NoHandle{};
    if (by_sql) {
      port = OpenBySql(subject_, path, backend, poll_ms);
    } else {
      const OrNoHandle<const WatcherAbi*> abi = subject_.Abi(arguments["load_first"].Bool(true));
      if (!abi.ok()) return Reply::NotOpened(abi.why());
      port = OpenByAbi(*abi.value(), path, backend, poll_ms);
    }
    if (!port.ok()) return Reply::NotOpened(port.why());
    opened.push_back(std::make_unique<Subscriber>(session_, first + i, std::move(port).value(),
                                                  blind ? "" : path, std::move(reread),
                                                  Subscriber::OvertriggerAfter(count), news_));
  }
  sleeps_of_a_look_ = std::max(sleeps_of_a_look_, SleepsOfALook(path));
  Value threads = Value::MakeArray();
  for (pid_t tid : ThreadIds()) {
    if (before.contains(tid)) continue;
    subject_threads_.insert(tid);
    threads.Append(tid);
  }
  next_sub_ = std::max(next_sub_, first + count);
  Value subs = Value::MakeArray();
  for (size_t i = 0; i < opened.size(); ++i) {
    subs.Append(opened[i]->number());
    if (static_cast<int64_t>(i) >= lazy) opened[i]->Start();
    subscribers_.push_back(std::move(opened[i]));
  }
  return Reply::Okay(Value::MakeObject({{"outcome", "opened"},
                                        {"subs", subs},
                                        {"lazy", lazy},
                                        {"threads", threads},
                                        {"sleeps_of_a_look", sleeps_of_a_look_}}));
}

Reply WatchCommands::Await(const Value& arguments, Goal goal, int64_t default_limit_ms) {
  // A death is waited for by the wall clock, which is what is promised; what decides is the proof
  // after it.
  const int64_t death_ns = NowNs() + arguments["limit_ms"].Int(default_limit_ms) * 1'000'000;
  Patience patience(arguments["limit_ms"].Int(default_limit_ms) +
                    (goal == Goal::kDeath ? kProofLimitMs : 0));
  const Value& marks = arguments["marks"];
  LookCounter looks(subject_threads_, sleeps_of_a_look_);
  RestCounter rests(subject_threads_);
  // A death may take its time: silence is proved only when the limit has passed.
  bool death_awaited = goal == Goal::kDeath;
  int64_t awake_since_ns = 0;  // when the watcher was first known to have looked often enough

  const auto judge = [&](const Subscriber& sub, bool at_limit) -> std::string {
    const SubscriberState s = sub.state();
    if (goal == Goal::kMarks) {
      const auto reached = [&](const Value::Member& m) {
        const auto it = s.seen.find(m.name);
        return it != s.seen.end() && it->second >= m.value.Int();
      };
      if (std::ranges::all_of(marks.members(), reached)) return "seen";
    }
    if (s.dead) return "dead";
    if (s.overtriggered && goal != Goal::kDeath) return "overtrigger";
    const bool quiet = awake_since_ns > 0 && s.quiet_since_ns > awake_since_ns;
    // While writers are known to be at work silence proves nothing.
    if (quiet && !death_awaited && !arguments["writers_busy"].Bool()) return "quiet";
    return at_limit ? "limit" : "";
  };

  while (true) {
    if (death_awaited && NowNs() >= death_ns) {
      death_awaited = false;
      awake_since_ns = 0;
      looks = LookCounter(subject_threads_, sleeps_of_a_look_);
      rests = RestCounter(subject_threads_);
    }
    const bool others = OthersAreLeft();
    RecordGone(looks.Gone(), others);
    const bool rested = rests.Rounds() >= kRestsForQuiet;
    if (awake_since_ns == 0 && (!others || (rested && looks.Looks() >= kLooksForQuiet))) {
      awake_since_ns = NowNs();
    }
    const bool at_limit = patience.IsOver({getpid()});
    Value subs = Value::MakeArray();
    bool undecided = false;
    for (const auto& sub : subscribers_) {
      if (!sub->waits()) continue;
      const std::string result = judge(*sub, at_limit);
      undecided |= result.empty();
      const SubscriberState s = sub->state();
      subs.Append(Value::MakeObject({{"sub", sub->number()},
                                     {"result", result},
                                     {"looks", looks.Looks()},
                                     {"waits", s.timeouts},
                                     {"wakes", s.wakes}}));
    }
    if (!undecided) return Reply::Okay(Value::MakeObject({{"subs", subs}}));
    std::unique_lock lock(news_mutex_);
    news_.wait_for(lock, std::chrono::milliseconds(2));
  }
}

void WatchCommands::WaitInForkedChild() {
  for (const auto& sub : subscribers_) sub->WaitInForkedChild();
}

void WatchCommands::CloseInForkedChild() {
  for (const auto& sub : subscribers_) sub->CloseInForkedChild();
}

bool WatchCommands::OthersAreLeft() const {
  size_t own = 1;
  for (const auto& sub : subscribers_) {
    const SubscriberState s = sub->state();
    own += sub->waits() && !s.dead ? 1 : 0;
  }
  return ThreadIds().size() > own;
}

void WatchCommands::RecordGone(const std::set<pid_t>& gone, bool others_are_left) {
  const bool waited_for = std::ranges::any_of(
      subscribers_, [](const auto& sub) { return sub->waits() && !sub->state().dead; });
  const bool news = std::ranges::any_of(gone, [&](pid_t tid) { return !gone_.contains(tid); });
  if (!waited_for || (!news && (others_are_left || said_none_))) return;
  gone_.insert(gone.begin(), gone.end());
  said_none_ = !others_are_left;
  Value threads = Value::MakeArray();
  for (pid_t tid : gone) threads.Append(tid);
  session_.Record("thread_gone",
                  Value::MakeObject({{"threads", threads}, {"others_left", others_are_left}}));
}

Reply WatchCommands::Unwatch(const Value& arguments) {
  const auto listed = [&](const std::unique_ptr<Subscriber>& sub) {
    if (!arguments["subs"].is_array()) return true;
    const auto& wanted = arguments["subs"].items();
    return std::ranges::any_of(wanted, [&](const Value& v) { return v.Int() == sub->number(); });
  };
  for (const auto& sub : subscribers_) {
    if (listed(sub)) sub->Stop();
  }
  const auto closed = std::erase_if(subscribers_, listed);
  // What ends from here on may have been told to.
  if (closed > 0) gone_ = subject_threads_;
  return Reply::Okay(Value::MakeObject({{"closed", closed}}));
}

}  // namespace harness::actor
