// The jobs that the threads of one pool are carrying out, and the thread that looks after them: it
// renews leases and ends what takes too long.
//
// It has a connection of its own, because the handlers' threads are busy with the handlers. Who
// settles a job, its thread or this one, is decided under one mutex by the job's phase; only who
// won speaks to the database about it.
#ifndef CORE_API_RUNNING_JOBS_H_
#define CORE_API_RUNNING_JOBS_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/api/deadline.h"
#include "honker/worker.h"

namespace honker::api {

struct RunningJob {
  int64_t id = 0;
  std::string worker_id;
  std::chrono::seconds retry_delay{0};  // after a time-out
  std::stop_source stop;                // the handler's

  enum Phase {
    kHandled,    // the handler runs
    kFinishing,  // it has returned, its thread tells the database; the lease is renewed meanwhile
    kSettled,    // timed out or lost: whatever the handler returns is dropped
  };
  Phase phase = kHandled;  // guarded by the mutex of RunningJobs, as are the next two
  std::optional<Clock::time_point> deadline;
  Clock::time_point next_heartbeat;
};

// Counted by the threads of a pool.
struct WorkerCounters {
  std::atomic<int64_t> done = 0;
  std::atomic<int64_t> retried = 0;
  std::atomic<int64_t> failed = 0;
  std::atomic<int64_t> timed_out = 0;
  std::atomic<int64_t> lost = 0;
};

class RunningJobs {
 public:
  // Starts the thread. `db` is its own from here on; `on_error` is called on it for errors that do
  // not pass by themselves.
  RunningJobs(Database db, std::chrono::seconds lease, WorkerCounters& counters,
              std::function<void(const Error&)> on_error);
  // Ends the thread. No job may be running.
  ~RunningJobs();
  RunningJobs(const RunningJobs&) = delete;
  RunningJobs& operator=(const RunningJobs&) = delete;

  // The handler of `job` starts now, and has until `timeout` from now. Its lease is renewed from
  // here on.
  std::shared_ptr<RunningJob> Add(const Job& job, std::chrono::seconds retry_delay,
                                  std::optional<std::chrono::milliseconds> timeout);
  // The handler has returned. False: the job was settled meanwhile, its outcome is void.
  bool BeginFinishing(RunningJob& job);
  // The lease is not renewed any more.
  void Remove(const std::shared_ptr<RunningJob>& job);

  // Requests the stop of every handler that runs.
  void RequestStops();

 private:
  struct Due {
    std::shared_ptr<RunningJob> job;
    bool timed_out;
  };

  void RunSafely(const std::stop_token& stop);  // the thread
  void Run(const std::stop_token& stop);
  std::vector<Due> TakeDue();            // mutex held
  Clock::time_point NextMoment() const;  // the same
  void EndLateJob(RunningJob& job);
  void RenewLease(RunningJob& job);

  Database db_;
  const std::chrono::seconds lease_;
  WorkerCounters& counters_;
  const std::function<void(const Error&)> on_error_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<std::shared_ptr<RunningJob>> jobs_;
  bool news_ = false;    // a job was added: its moments may come first
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace honker::api

#endif  // CORE_API_RUNNING_JOBS_H_
