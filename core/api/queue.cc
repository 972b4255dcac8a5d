#include "honker/queue.h"

#include <utility>

#include "core/api/await.h"
#include "core/api/claim_name.h"
#include "core/api/json.h"
#include "core/api/session.h"

namespace honker {
namespace {

using api::Session;

Statement& BindOptional(Statement& statement, int index, std::optional<int64_t> value) {
  return value ? statement.Bind(index, *value) : statement.BindNull(index);
}

std::optional<int64_t> Seconds(const std::optional<std::chrono::seconds>& duration) {
  if (!duration) return std::nullopt;
  return duration->count();
}

}  // namespace

Result<int64_t> Queue::Enqueue(std::string_view payload, const EnqueueOptions& options) {
  Statement call(session_->db(), "SELECT honker_enqueue(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  call.Bind(1, name_).Bind(2, payload).Bind(5, options.priority).Bind(6, options.max_attempts);
  std::optional<int64_t> run_at;
  if (options.run_at) run_at = options.run_at->time_since_epoch().count();
  BindOptional(call, 3, run_at);
  BindOptional(call, 4, Seconds(options.delay));
  BindOptional(call, 7, Seconds(options.expires));
  return Session::Int(call);
}

Result<std::vector<Job>> Queue::ClaimBatch(const ClaimOptions& options) {
  const std::string worker = api::UniqueName(options.worker);
  Statement call(session_->db(), "SELECT honker_claim_batch(?1, ?2, ?3, ?4)");
  call.Bind(1, name_).Bind(2, worker).Bind(3, options.batch).Bind(4, options.lease.count());
  const Result<std::string> json = Session::Text(call);
  if (!json.ok()) return json.error();
  Result<std::vector<api::ClaimedRow>> rows = api::ParseClaimed(json.value());
  if (!rows.ok()) return rows.error();
  std::vector<Job> jobs;
  jobs.reserve(rows.value().size());
  for (api::ClaimedRow& row : rows.value()) {
    Job job;
    job.session_ = session_;
    job.id_ = row.id;
    job.queue_ = name_;
    job.payload_ = std::move(row.payload);
    job.worker_id_ = worker;
    job.attempts_ = row.attempts;
    job.claim_expires_at_ = row.claim_expires_at;
    jobs.push_back(std::move(job));
  }
  return jobs;
}

Result<Claims> Queue::Claim(const ClaimOptions& options) {
  Result<UpdateEvents> events = Database(session_).WatchUpdates();
  if (!events.ok()) return events.error();
  return Claims(*this, options, std::move(events).value());
}

Result<int64_t> Queue::AckBatch(std::span<const Job> jobs) {
  // Each batch of claims has a name of its own, so one call each; the transaction is the caller's
  // or ours.
  std::optional<Transaction> transaction;
  if (!session_->in_transaction()) {
    Result<Transaction> begun = Database(session_).Begin();
    if (!begun.ok()) return begun.error();
    transaction.emplace(std::move(begun).value());
  }
  int64_t acked = 0;
  for (size_t i = 0; i < jobs.size();) {
    const std::string& worker = jobs[i].worker_id();
    std::vector<int64_t> ids;
    for (; i < jobs.size() && jobs[i].worker_id() == worker; ++i) ids.push_back(jobs[i].id());
    const std::string json = api::JsonOf(ids);
    Statement call(session_->db(), "SELECT honker_ack_batch(?1, ?2)");
    const Result<int64_t> count = Session::Int(call.Bind(1, json).Bind(2, worker));
    if (!count.ok()) return count.error();
    acked += count.value();
  }
  if (transaction) {
    Status committed = transaction->Commit();
    if (!committed.ok()) return committed.error();
  }
  return acked;
}

Result<bool> Queue::Cancel(int64_t id) {
  Statement call(session_->db(), "SELECT honker_cancel(?1)");
  return Session::IsOne(call.Bind(1, id));
}

Result<std::optional<JobInfo>> Queue::GetJob(int64_t id) {
  Statement call(session_->db(), "SELECT honker_get_job(?1)");
  const Result<std::string> json = Session::Text(call.Bind(1, id));
  if (!json.ok()) return json.error();
  if (json.value().empty()) return std::optional<JobInfo>();
  Result<JobInfo> job = api::ParseJob(json.value());
  if (!job.ok()) return job.error();
  return std::optional<JobInfo>(std::move(job).value());
}

Result<std::optional<int64_t>> Queue::NextClaimAt() {
  Statement call(session_->db(), "SELECT honker_queue_next_claim_at(?1)");
  const Result<int64_t> moment = Session::Int(call.Bind(1, name_));
  if (!moment.ok()) return moment.error();
  if (moment.value() == 0) return std::optional<int64_t>();
  return std::optional<int64_t>(moment.value());
}

Result<int64_t> Queue::SweepExpired() {
  Statement call(session_->db(), "SELECT honker_sweep_expired(?1)");
  return Session::Int(call.Bind(1, name_));
}

Result<bool> Job::Ack() {
  Statement call(session_->db(), "SELECT honker_ack(?1, ?2)");
  return Session::IsOne(call.Bind(1, id_).Bind(2, worker_id_));
}

Result<bool> Job::Retry(std::chrono::seconds delay, std::string_view error) {
  Statement call(session_->db(), "SELECT honker_retry(?1, ?2, ?3, ?4)");
  return Session::IsOne(
      call.Bind(1, id_).Bind(2, worker_id_).Bind(3, delay.count()).Bind(4, error));
}

Result<bool> Job::Fail(std::string_view error) {
  Statement call(session_->db(), "SELECT honker_fail(?1, ?2, ?3)");
  return Session::IsOne(call.Bind(1, id_).Bind(2, worker_id_).Bind(3, error));
}

Result<bool> Job::Heartbeat(std::chrono::seconds extend) {
  Statement call(session_->db(), "SELECT honker_heartbeat(?1, ?2, ?3)");
  return Session::IsOne(call.Bind(1, id_).Bind(2, worker_id_).Bind(3, extend.count()));
}

}  // namespace honker
