#include "harness/base/patience.h"

#include <time.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace harness {
namespace {

constexpr int64_t kBlockedCountsAs = 20;  // so many times slower
// Looking at every thread of every process is not for each turn of a loop that asks more often.
constexpr int64_t kLookEveryNs = 50'000'000;

int64_t MonotonicNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

bool InUninterruptibleSleep(pid_t pid) {
  std::error_code ec;
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  for (auto it = std::filesystem::directory_iterator(tasks, ec);
       !ec && it != std::filesystem::directory_iterator(); it.increment(ec)) {
    std::ifstream in(it->path() / "stat");
    std::string line;
    std::getline(in, line);
    // "pid (name) state ...": the name may hold anything, also ") D".
    const size_t end = line.rfind(')');
    if (end != std::string::npos && line.substr(end).starts_with(") D")) return true;
  }
  return false;
}

Patience::Patience(int64_t limit_ms, Clock now_ns, Blocked blocked)
    : limit_ns_(limit_ms * 1'000'000),
      now_ns_(now_ns ? std::move(now_ns) : MonotonicNs),
      blocked_(std::move(blocked)) {
  Restart();
}

void Patience::Restart() {
  asked_ns_ = now_ns_();
  spent_ns_ = 0;
}

bool Patience::IsOver(const std::vector<pid_t>& pids) {
  const int64_t now = now_ns_();
  const int64_t passed = now - asked_ns_;
  if (passed < kLookEveryNs && spent_ns_ + passed < limit_ns_) return false;
  asked_ns_ = now;
  spent_ns_ += std::ranges::any_of(pids, blocked_) ? passed / kBlockedCountsAs : passed;
  return spent_ns_ >= limit_ns_;
}

}  // namespace harness
