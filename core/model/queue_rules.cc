// Jobs: from enqueue to ack or to the dead letters.
#include <algorithm>

#include "core/model/model.h"

namespace honker::model {
namespace {

using Json = nlohmann::json;

bool Expired(const Job& job, int64_t now) { return job.expires_at && *job.expires_at <= now; }
bool Exhausted(const Job& job) { return job.attempts >= job.max_attempts; }
bool Lapsed(const Job& job, int64_t now) { return job.processing && *job.claim_expires_at < now; }

bool Claimable(const Job& job, int64_t now) {
  return !Expired(job, now) && (job.processing ? Lapsed(job, now) : job.run_at <= now);
}

// The job `id` where `worker` holds a valid claim on it, else nullptr.
Job* Held(State& state, int64_t now, int64_t id, const std::string& worker) {
  const auto job = state.tables.live.find(id);
  if (job == state.tables.live.end() || !job->second.processing) return nullptr;
  if (job->second.worker != worker || *job->second.claim_expires_at < now) return nullptr;
  return &job->second;
}

void Bury(State& state, int64_t now, int64_t id, const std::string& error) {
  const auto job = state.tables.live.extract(id).mapped();
  state.tables.dead[id] = {.queue = job.queue,
                           .payload = job.payload,
                           .priority = job.priority,
                           .run_at = job.run_at,
                           .attempts = job.attempts,
                           .max_attempts = job.max_attempts,
                           .last_error = error,
                           .created_at = job.created_at,
                           .died_at = now};
}

// Ids of the queue's jobs that `chosen` picks.
template <typename Chosen>
std::vector<int64_t> JobsOf(const State& state, const std::string& queue, Chosen chosen) {
  std::vector<int64_t> ids;
  for (const auto& [id, job] : state.tables.live) {
    if (job.queue == queue && chosen(job)) ids.push_back(id);
  }
  return ids;
}

Answer Enqueue(State& state, int64_t now, const In& in) {
  Job job{.queue = in.Text(0),
          .payload = in.Text(1),
          .priority = in.Int(4),
          .run_at = in.OptionalInt(2).value_or(now),
          .max_attempts = in.Int(5),
          .created_at = now};
  std::set<int> bad;
  if (const auto delay = in.OptionalInt(3)) {
    const auto due = Sum(now, *delay);
    if (!due) bad.insert(4);
    job.run_at = due.value_or(0);
  }
  if (const auto expires = in.OptionalInt(6)) {
    job.expires_at = Sum(now, *expires);
    if (!job.expires_at) bad.insert(7);
  }
  if (!bad.empty()) return Refuse(bad);
  state.tables.live[++state.last_job] = job;
  return Gives(state.last_job);
}

// What a sweep takes: nobody holds it, and nobody ever will.
bool Over(const Job& job, int64_t now) {
  return Expired(job, now) && (!job.processing || Lapsed(job, now));
}

Answer ClaimBatch(State& state, int64_t now, const In& in) {
  const std::string& queue = in.Text(0);
  const int64_t wanted = in.Int(2);
  const int64_t timeout_s = in.Int(3);
  std::set<int> bad;
  if (wanted < 0) bad.insert(3);
  if (timeout_s <= 0) bad.insert(4);
  if (!bad.empty()) return Refuse(bad);
  if (wanted == 0) return Gives(Json::array());
  const auto claim_expires_at = Sum(now, timeout_s);
  if (!claim_expires_at) return Refuse({4});

  for (const int64_t id : JobsOf(state, queue, [now](const Job& job) { return Over(job, now); })) {
    Bury(state, now, id, "expired");
  }
  const auto claimable = [now](const Job& job) { return Claimable(job, now); };
  for (const int64_t id : JobsOf(state, queue, claimable)) {
    if (Exhausted(state.tables.live.at(id))) Bury(state, now, id, "max attempts exceeded");
  }
  std::vector<int64_t> ids = JobsOf(state, queue, claimable);
  std::sort(ids.begin(), ids.end(), [&state](int64_t a, int64_t b) {
    const Job& first = state.tables.live.at(a);
    const Job& second = state.tables.live.at(b);
    // The higher priority first, so the sides change places.
    return std::tuple(second.priority, first.run_at, a) <
           std::tuple(first.priority, second.run_at, b);
  });
  if (ids.size() > static_cast<uint64_t>(wanted)) ids.resize(static_cast<size_t>(wanted));

  Json claimed = Json::array();
  for (const int64_t id : ids) {
    Job& job = state.tables.live.at(id);
    job.processing = true;
    job.worker = in.Text(1);
    job.claim_expires_at = claim_expires_at;
    ++job.attempts;
    claimed.push_back({{"id", id},
                       {"queue", queue},
                       {"payload", job.payload},
                       {"worker_id", in.Text(1)},
                       {"attempts", job.attempts},
                       {"claim_expires_at", *claim_expires_at}});
  }
  return Gives(claimed);
}

int AckOne(State& state, int64_t now, int64_t id, const std::string& worker) {
  if (Held(state, now, id, worker) == nullptr) return 0;
  state.tables.live.erase(id);
  return 1;
}

Answer Ack(State& state, int64_t now, const In& in) {
  return Gives(AckOne(state, now, in.Int(0), in.Text(1)));
}

Answer AckBatch(State& state, int64_t now, const In& in) {
  const Json ids = Json::parse(in.Text(0), nullptr, /*allow_exceptions=*/false);
  if (!ids.is_array()) return Refuse({1});
  int64_t acked = 0;
  for (const Json& id : ids) {
    if (!id.is_number_integer()) return Refuse({1});
    acked += AckOne(state, now, id.get<int64_t>(), in.Text(1));
  }
  return Gives(acked);
}

Answer Retry(State& state, int64_t now, const In& in) {
  const auto due = Sum(now, in.Int(2));
  if (!due) return Refuse({3});
  Job* job = Held(state, now, in.Int(0), in.Text(1));
  if (job == nullptr) return Gives(0);
  if (Exhausted(*job)) {
    Bury(state, now, in.Int(0), in.Text(3));
    return Gives(1);
  }
  job->processing = false;
  job->worker.reset();
  job->claim_expires_at.reset();
  job->run_at = *due;
  return Gives(1);
}

Answer Fail(State& state, int64_t now, const In& in) {
  if (Held(state, now, in.Int(0), in.Text(1)) == nullptr) return Gives(0);
  Bury(state, now, in.Int(0), in.Text(2));
  return Gives(1);
}

Answer Heartbeat(State& state, int64_t now, const In& in) {
  const auto until = Sum(now, in.Int(2));
  if (!until) return Refuse({3});
  Job* job = Held(state, now, in.Int(0), in.Text(1));
  if (job == nullptr) return Gives(0);
  job->claim_expires_at = until;
  return Gives(1);
}

Answer Cancel(State& state, int64_t, const In& in) {
  return Gives(static_cast<int>(state.tables.live.erase(in.Int(0))));
}

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Answer GetJob(State& state, int64_t, const In& in) {
  const auto found = state.tables.live.find(in.Int(0));
  if (found == state.tables.live.end()) return Gives("");
  const Job& job = found->second;
  return Gives({{"id", found->first},
                {"queue", job.queue},
                {"payload", job.payload},
                {"state", job.processing ? "processing" : "pending"},
                {"priority", job.priority},
                {"run_at", job.run_at},
                {"worker_id", OrNull(job.worker)},
                {"claim_expires_at", OrNull(job.claim_expires_at)},
                {"attempts", job.attempts},
                {"max_attempts", job.max_attempts},
                {"created_at", job.created_at},
                {"expires_at", OrNull(job.expires_at)}});
}

// The earliest moment at which a claim could return something.
Answer NextClaimAt(State& state, int64_t now, const In& in) {
  std::optional<int64_t> next;
  for (const auto& [id, job] : state.tables.live) {
    if (job.queue != in.Text(0) || Exhausted(job)) continue;
    const auto moment = job.processing ? Sum(*job.claim_expires_at, 1) : std::optional(job.run_at);
    if (!moment || Expired(job, std::max(now, *moment))) continue;
    next = next ? std::min(*next, *moment) : moment;
  }
  // A moment at 0 or before must not look like "none".
  return Gives(next ? std::max<int64_t>(*next, 1) : 0);
}

Answer SweepExpired(State& state, int64_t now, const In& in) {
  const auto ids = JobsOf(state, in.Text(0), [now](const Job& job) { return Over(job, now); });
  for (const int64_t id : ids) Bury(state, now, id, "expired");
  return Gives(ids.size());
}

}  // namespace

const Rules& QueueRules() {
  static const auto& rules = *new Rules{
      {"honker_enqueue", Enqueue},
      {"honker_claim_batch", ClaimBatch},
      {"honker_ack", Ack},
      {"honker_ack_batch", AckBatch},
      {"honker_retry", Retry},
      {"honker_fail", Fail},
      {"honker_heartbeat", Heartbeat},
      {"honker_cancel", Cancel},
      {"honker_get_job", GetJob},
      {"honker_queue_next_claim_at", NextClaimAt},
      {"honker_sweep_expired", SweepExpired},
  };
  return rules;
}

}  // namespace honker::model
