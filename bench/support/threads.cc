#include "bench/support/threads.h"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

namespace bench {
namespace {

// The clock of a thread's CPU time: what pthread_getcpuclockid() gives, which wants a pthread_t
// that nobody has for a subject's thread (Linux: CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_SCHED).
clockid_t CpuClock(pid_t tid) {
  return static_cast<clockid_t>((~static_cast<unsigned>(tid) << 3) | 6U);
}

bool ReadSleeps(pid_t tid, int64_t* sleeps) {
  std::ifstream in("/proc/self/task/" + std::to_string(tid) + "/status");
  const std::string name = "voluntary_ctxt_switches:";
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(name, 0) != 0) continue;
    *sleeps = std::stoll(line.substr(name.size()));
    return true;
  }
  return false;
}

}  // namespace

std::set<pid_t> ThreadIds() {
  std::set<pid_t> ids;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    ids.insert(static_cast<pid_t>(std::stol(entry.path().filename().string())));
  }
  return ids;
}

std::map<pid_t, ThreadUse> UseOf(const std::set<pid_t>& threads) {
  std::map<pid_t, ThreadUse> uses;
  for (const pid_t tid : threads) {
    ThreadUse use;
    timespec used{};
    if (clock_gettime(CpuClock(tid), &used) != 0 || !ReadSleeps(tid, &use.sleeps)) continue;
    use.cpu_ns = used.tv_sec * 1'000'000'000LL + used.tv_nsec;
    uses[tid] = use;
  }
  return uses;
}

ThreadUse UsedBetween(const std::map<pid_t, ThreadUse>& before,
                      const std::map<pid_t, ThreadUse>& after) {
  ThreadUse sum;
  for (const auto& [tid, use] : after) {
    const auto start = before.find(tid);
    if (start == before.end()) continue;
    sum.cpu_ns += use.cpu_ns - start->second.cpu_ns;
    sum.sleeps += use.sleeps - start->second.sleeps;
  }
  return sum;
}

}  // namespace bench
