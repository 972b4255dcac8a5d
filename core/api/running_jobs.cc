#include "core/api/running_jobs.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/api/session.h"
#include "core/watcher/own_connection.h"

namespace honker::api {
namespace {

using std::chrono::milliseconds;

// A third of the lease: two renewals may fail before the claim is lost.
milliseconds HeartbeatInterval(std::chrono::seconds lease) {
  return std::max(std::chrono::duration_cast<milliseconds>(lease) / 3, milliseconds(1));
}

}  // namespace

RunningJobs::RunningJobs(Database db, std::chrono::seconds lease, WorkerCounters& counters,
                         std::function<void(const Error&)> on_error)
    : db_(std::move(db)),
      lease_(lease),
      counters_(counters),
      on_error_(std::move(on_error)),
      thread_([this](const std::stop_token& stop) { RunSafely(stop); }) {}

RunningJobs::~RunningJobs() = default;

std::shared_ptr<RunningJob> RunningJobs::Add(const Job& job, std::chrono::seconds retry_delay,
                                             std::optional<milliseconds> timeout) {
  auto running = std::make_shared<RunningJob>();
  running->id = job.id();
  running->worker_id = job.worker_id();
  running->retry_delay = retry_delay;
  if (timeout) running->deadline = DeadlineAfter(*timeout);
  running->next_heartbeat = Clock::now() + HeartbeatInterval(lease_);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    jobs_.push_back(running);
    news_ = true;
  }
  changed_.notify_all();
  return running;
}

bool RunningJobs::BeginFinishing(RunningJob& job) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (job.phase == RunningJob::kSettled) return false;
  job.phase = RunningJob::kFinishing;
  return true;
}

void RunningJobs::Remove(const std::shared_ptr<RunningJob>& job) {
  const std::lock_guard<std::mutex> lock(mutex_);
  job->phase = RunningJob::kSettled;
  jobs_.remove(job);
}

// A request runs the handlers' own callbacks: never under the mutex.
void RunningJobs::RequestStops() {
  std::vector<std::shared_ptr<RunningJob>> jobs;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    jobs.assign(jobs_.begin(), jobs_.end());
  }
  for (const auto& job : jobs) job->stop.request_stop();
}

Clock::time_point RunningJobs::NextMoment() const {
  Clock::time_point next = Clock::now() + kForEver;
  for (const auto& job : jobs_) {
    if (job->phase == RunningJob::kSettled) continue;
    next = std::min(next, job->next_heartbeat);
    if (job->phase == RunningJob::kHandled && job->deadline) next = std::min(next, *job->deadline);
  }
  return next;
}

std::vector<RunningJobs::Due> RunningJobs::TakeDue() {
  const Clock::time_point now = Clock::now();
  std::vector<Due> due;
  for (const auto& job : jobs_) {
    if (job->phase == RunningJob::kSettled) continue;
    if (job->phase == RunningJob::kHandled && job->deadline && *job->deadline <= now) {
      job->phase = RunningJob::kSettled;
      due.push_back({job, true});
    } else if (job->next_heartbeat <= now) {
      job->next_heartbeat = now + HeartbeatInterval(lease_);
      due.push_back({job, false});
    }
  }
  return due;
}

// Nothing leaves the thread but through on_error.
void RunningJobs::RunSafely(const std::stop_token& stop) {
  try {
    Run(stop);
  } catch (const std::exception& problem) {
    on_error_({SQLITE_NOMEM, problem.what()});
  }
}

void RunningJobs::Run(const std::stop_token& stop) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait_until(lock, stop, NextMoment(), [this] { return news_; });
    news_ = false;
    const std::vector<Due> due = TakeDue();
    lock.unlock();
    for (const auto& [job, timed_out] : due) {
      if (timed_out) {
        EndLateJob(*job);
      } else {
        RenewLease(*job);
      }
    }
    lock.lock();
  }
}

void RunningJobs::EndLateJob(RunningJob& job) {
  job.stop.request_stop();
  counters_.timed_out += 1;
  Statement retry(db_.handle(), "SELECT honker_retry(?1, ?2, ?3, ?4)");
  retry.Bind(1, job.id).Bind(2, job.worker_id).Bind(3, job.retry_delay.count());
  const Result<bool> retried = Session::IsOne(retry.Bind(4, "the handler took too long"));
  // Without a renewal the lease ends by itself, and the job comes back then.
  if (!retried.ok() && !IsBusy(retried.error().code)) on_error_(retried.error());
}

void RunningJobs::RenewLease(RunningJob& job) {
  Statement heartbeat(db_.handle(), "SELECT honker_heartbeat(?1, ?2, ?3)");
  const Result<bool> renewed =
      Session::IsOne(heartbeat.Bind(1, job.id).Bind(2, job.worker_id).Bind(3, lease_.count()));
  if (!renewed.ok()) {
    if (!IsBusy(renewed.error().code)) on_error_(renewed.error());
    return;  // tried again at the next heartbeat
  }
  if (renewed.value()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    // Its thread may be finishing it at this moment: that is why there is nothing to renew.
    if (job.phase != RunningJob::kHandled) return;
    job.phase = RunningJob::kSettled;
  }
  counters_.lost += 1;
  job.stop.request_stop();
}

}  // namespace honker::api
