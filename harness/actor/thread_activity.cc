#include "harness/actor/thread_activity.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace harness::actor {

std::set<pid_t> ThreadIds() {
  std::set<pid_t> ids;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", ec)) {
    ids.insert(static_cast<pid_t>(std::stol(entry.path().filename().string())));
  }
  return ids;
}

namespace {

// What follows `name` in the thread's status; "" where the thread is gone.
std::string StatusOf(pid_t tid, std::string_view name) {
  std::ifstream in("/proc/self/task/" + std::to_string(tid) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name)) return line.substr(name.size());
  }
  return "";
}

bool AtWork(pid_t tid) {
  const std::string state = StatusOf(tid, "State:\t");
  return !state.empty() && (state[0] == 'R' || state[0] == 'D');
}

}  // namespace

int64_t VoluntarySwitches(pid_t tid) {
  const std::string count = StatusOf(tid, "voluntary_ctxt_switches:");
  return count.empty() ? -1 : std::stoll(count);
}

int64_t CpuTimeNs(pid_t tid) {
  std::ifstream in("/proc/self/task/" + std::to_string(tid) + "/schedstat");
  int64_t ns = 0;
  return in >> ns ? ns : 0;
}

int64_t SleepsOfALook(const std::string& path) {
  // Twice what was measured of polling on FUSE without a page cache (wake/cost).
  constexpr int64_t kWhereCallsAreAnswered = 8;
  struct statfs status {};
  // A database that is not there yet will be where its folder is.
  if (statfs(path.c_str(), &status) != 0 &&
      statfs(std::filesystem::path(path).parent_path().c_str(), &status) != 0) {
    return 1;
  }
  switch (static_cast<uint32_t>(status.f_type)) {
    case FUSE_SUPER_MAGIC:
    case V9FS_MAGIC:
    case NFS_SUPER_MAGIC:
    case CIFS_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
    case CEPH_SUPER_MAGIC:
      return kWhereCallsAreAnswered;
    default:
      return 1;
  }
}

LookCounter::LookCounter(const std::set<pid_t>& threads, int64_t sleeps_of_a_look)
    : sleeps_of_a_look_(sleeps_of_a_look) {
  for (pid_t tid : threads) start_[tid] = VoluntarySwitches(tid);
}

int64_t LookCounter::Looks() const {
  int64_t most = 0;
  for (const auto& [tid, start] : start_) most = std::max(most, VoluntarySwitches(tid) - start);
  return most / sleeps_of_a_look_;
}

int64_t RestCounter::Rounds() {
  std::erase_if(at_work_, [](const auto& entry) {
    const int64_t now = VoluntarySwitches(entry.first);
    return now < 0 || now > entry.second;
  });
  if (at_work_.empty()) {
    ++rounds_;
    Begin();
  }
  return rounds_;
}

void RestCounter::Begin() {
  for (pid_t tid : threads_) {
    // The switches first: a thread that sleeps in between is at rest, and not waited for.
    const int64_t switches = VoluntarySwitches(tid);
    if (AtWork(tid)) at_work_[tid] = switches;
  }
}

std::set<pid_t> LookCounter::Gone() const {
  std::set<pid_t> gone;
  for (const auto& [tid, start] : start_) {
    if (VoluntarySwitches(tid) < 0) gone.insert(tid);
  }
  return gone;
}

}  // namespace harness::actor
