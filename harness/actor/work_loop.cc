#include "harness/actor/work_loop.h"

#include <time.h>

#include <algorithm>

#include "harness/actor/connection_commands.h"
#include "harness/actor/job_commands.h"

namespace harness::actor {
namespace {

// A sleep is cut into slices only to notice `stop`; a slice that ends does not claim.
constexpr int64_t kSliceMs = 50;

// What a handler does between claim and ack: it takes time.
void Handle(int64_t handle_ms) {
  if (handle_ms <= 0) return;
  const timespec time{handle_ms / 1000, handle_ms % 1000 * 1'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
}

int64_t WallMs() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

OrNoHandle<std::unique_ptr<WorkLoop>> WorkLoop::Open(Session& session, Subject& subject,
                                                     const Value& arguments) {
  std::unique_ptr<WorkLoop> loop(new WorkLoop(session, arguments));
  const OpenOptions options = OpenOptions::From(arguments);
  std::string journal;
  const SqlStatus opened = OpenQueueConnection(options, subject, loop->db_, journal);
  if (!opened.ok()) return NoHandle{NoHandle::Kind::kError, opened.failure().message};
  const OrNoHandle<const WatcherAbi*> abi = subject.Abi();
  if (!abi.ok()) return abi.why();
  const std::set<pid_t> before = ThreadIds();
  OpenedPort port = OpenByAbi(*abi.value(), options.path, arguments["backend"].Text(), 0);
  if (!port.ok()) return port.why();
  loop->port_ = std::move(port).value();
  std::set<pid_t> watching = ThreadIds();
  std::erase_if(watching, [&](pid_t tid) { return before.contains(tid); });
  loop->looks_.emplace(watching, SleepsOfALook(options.path));
  loop->rests_.emplace(watching);
  return loop;
}

void WorkLoop::Run(const std::stop_token& stop) {
  for (Next next = Next::kClaim; next != Next::kEnd && !stop.stop_requested();) {
    next = next == Next::kClaim ? ClaimAndAck() : Sleep(stop);
  }
}

WorkLoop::Next WorkLoop::AfterFailure(const Reply& reply) {
  const auto primary_code = reply.value["code"].Int() & 0xff;
  // A subject may pass SQLite's sentence on under a code of its own.
  const bool says_locked = reply.value["message"].Text().find("is locked") != std::string::npos;
  if (primary_code == SQLITE_BUSY || primary_code == SQLITE_LOCKED || says_locked)
    return Next::kClaim;
  const std::lock_guard lock(mutex_);
  failed_ = reply.value.Print();
  return Next::kEnd;
}

WorkLoop::Next WorkLoop::ClaimAndAck() {
  const Value claim = Value::MakeObject({{"queue", arguments_["queue"]},
                                         {"worker", arguments_["worker"]},
                                         {"n", arguments_["batch"].Int(1)},
                                         {"json", arguments_["json"].Bool()},
                                         {"lease_s", arguments_["lease_s"].Int(1)}});
  const Reply claimed = session_.Nested("claim", claim, [&] { return ClaimJobs(db_, claim); });
  if (claimed.type != OpType::kOk) return AfterFailure(claimed);
  for (const Value& job : claimed.value["jobs"].items()) {
    Handle(arguments_["handle_ms"].Int());
    const Value ack = Value::MakeObject({{"id", job["id"]}, {"worker", arguments_["worker"]}});
    const Reply acked = session_.Nested("ack", ack, [&] { return AckJob(db_, ack); });
    // An ack that met contention leaves the job to whoever claims it next.
    if (acked.type != OpType::kOk && AfterFailure(acked) == Next::kEnd) return Next::kEnd;
  }
  return claimed.value["jobs"].items().empty() ? Next::kSleep : Next::kClaim;
}

Value WorkLoop::State() const {
  const int64_t slices = slices_;
  const std::lock_guard lock(mutex_);
  return Value::MakeObject({{"asleep", slices >= 0},
                            {"until", until_s_.load()},
                            {"sleep", sleeps_.load()},
                            {"slices", slices},
                            {"looks", looks_->Looks()},
                            {"rests", rests_->Rounds()},
                            {"failed", failed_}});
}

WorkLoop::Next WorkLoop::Sleep(const std::stop_token& stop) {
  const Value ask = Value::MakeObject({{"queue", arguments_["queue"]}});
  const Reply next = session_.Nested("next_claim_at", ask, [&] { return NextClaimAt(db_, ask); });
  if (next.type != OpType::kOk) return AfterFailure(next);
  const int64_t until_s = next.value["at"].Int(0);
  std::string woken_by;
  until_s_ = until_s;
  ++sleeps_;
  slices_ = 0;
  while (woken_by.empty()) {
    const int64_t left_ms = until_s == 0 ? kSliceMs : until_s * 1000 - WallMs();
    if (stop.stop_requested()) {
      woken_by = "stop";
    } else if (left_ms <= 0) {
      woken_by = "deadline";
    } else {
      const int rc = port_->Wait(static_cast<uint64_t>(std::min(left_ms, kSliceMs)));
      if (rc == 1) woken_by = "wake";
      if (rc < 0) woken_by = "dead";
      ++slices_;
    }
  }
  slices_ = -1;
  session_.Record("sleep", Value::MakeObject({{"until", until_s}, {"woken_by", woken_by}}));
  return woken_by == "dead" ? Next::kEnd : Next::kClaim;
}

}  // namespace harness::actor
