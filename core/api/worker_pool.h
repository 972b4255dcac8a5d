// What is behind a Worker: its threads.
//
// Each thread of the pool owns a connection, an iterator of claims and one job at a time. One
// thread more looks after all of them (running_jobs.h). The pool ends when it is told to, or when
// one thread meets an error that does not pass.
#ifndef CORE_API_WORKER_POOL_H_
#define CORE_API_WORKER_POOL_H_

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/api/running_jobs.h"
#include "honker/worker.h"

namespace honker::api {

class WorkerPool {
 public:
  static Result<std::unique_ptr<WorkerPool>> Start(const Database& db, std::string queue,
                                                   Handler handler, WorkerOptions options);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  bool Stop(std::chrono::milliseconds timeout);
  Result<bool> Wait(std::chrono::milliseconds timeout, const std::stop_token& stop);
  WorkerCounts counts() const;

 private:
  // What a thread works with.
  struct Bench {
    Database db;
    Claims claims;
  };

  WorkerPool(Database watching, std::string queue, Handler handler, WorkerOptions options);

  Result<Bench> OpenBench(const Database& db) const;
  void Run(Bench given);  // a thread
  void RunJobs(Bench& bench);
  void CarryOut(Bench& bench, Job job);
  Outcome Handle(const JobContext& context) const;
  // True where the claim was valid to the end.
  Result<bool> Finish(Bench& bench, Job& job, const Outcome& outcome);
  void Fail(const Error& error);  // ends the pool

  const std::string queue_;
  const Handler handler_;
  const WorkerOptions options_;
  WorkerCounters counters_;
  std::stop_source stop_;                   // claim no more
  std::atomic<bool> stop_hurries_ = false;  // nor let handlers take their time
  std::mutex mutex_;                        // guards the next two
  std::condition_variable_any ended_;
  int threads_running_ = 0;
  std::optional<Error> error_;
  std::unique_ptr<RunningJobs> running_;
  std::vector<std::thread> threads_;
};

}  // namespace honker::api

#endif  // CORE_API_WORKER_POOL_H_
