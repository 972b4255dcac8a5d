// What a run shows while it goes on: one bar that is drawn again on a terminal, one line a finished
// cell elsewhere. May be called from any thread.
#ifndef HARNESS_REPORT_PROGRESS_H_
#define HARNESS_REPORT_PROGRESS_H_

#include <chrono>
#include <mutex>
#include <set>
#include <string>

#include "harness/run/cell_runner.h"

namespace harness {

class Progress {
 public:
  explicit Progress(size_t total);  // draws the bar where stderr is a terminal
  Progress(size_t total, bool terminal) : total_(total), terminal_(terminal) {}
  void Began(const Cell& cell);
  void Ended(const CellResult& result);
  // Clears the bar.
  void Finish();

 private:
  void Draw();
  const size_t total_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  size_t done_ = 0;
  size_t unexpected_ = 0;
  std::multiset<std::string> running_;  // under --repeat a place runs several times at once
};

}  // namespace harness

#endif  // HARNESS_REPORT_PROGRESS_H_
