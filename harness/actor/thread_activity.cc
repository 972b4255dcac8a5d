#include "harness/actor/thread_activity.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace harness::actor {

std::set<pid_t> ThreadIds() {
  std::set<pid_t> ids;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", ec)) {
    ids.insert(static_cast<pid_t>(std::stol(entry.path().filename().string())));
  }
  return ids;
}

int64_t VoluntarySwitches(pid_t tid) {
  std::ifstream in("/proc/self/task/" + std::to_string(tid) + "/status");
  constexpr std::string_view kName = "voluntary_ctxt_switches:";
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(kName)) return std::stoll(line.substr(kName.size()));
  }
  return -1;
}

LookCounter::LookCounter(const std::set<pid_t>& threads) {
  for (pid_t tid : threads) start_[tid] = VoluntarySwitches(tid);
}

int64_t LookCounter::Looks() const {
  int64_t most = 0;
  for (const auto& [tid, start] : start_) most = std::max(most, VoluntarySwitches(tid) - start);
  return most;
}

std::set<pid_t> LookCounter::Gone() const {
  std::set<pid_t> gone;
  for (const auto& [tid, start] : start_) {
    if (VoluntarySwitches(tid) < 0) gone.insert(tid);
  }
  return gone;
}

}  // namespace harness::actor
