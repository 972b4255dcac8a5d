#include "harness/actor/process_commands.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <thread>

#include "harness/actor/thread_activity.h"
#include "harness/base/patience.h"

namespace harness::actor {
namespace {

constexpr std::string_view kChildren[] = {"exit", "handlers", "wait", "close", "stay"};

// How long a child may take. That fork without exec is not supported is documented: a child that
// hangs is a figure, and no promise is broken by it.
constexpr int64_t kChildLimitMs = 2000;

std::string Words(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit " + std::to_string(WEXITSTATUS(status));
}

// The runner reads until the last holder of the pipe is gone, and nobody but the parent answers.
void LeaveThePipes() {
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nowhere >= 0) {
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
  }
}

[[noreturn]] void BeTheChild(const std::string& what, pid_t parent, WatchCommands& watchers) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(0);
  LeaveThePipes();
  if (what == "handlers") std::exit(0);
  if (what == "wait") watchers.WaitInForkedChild();
  if (what == "close") watchers.CloseInForkedChild();
  while (what == "stay") pause();
  _exit(0);
}

int64_t OpenDescriptors() {
  int64_t count = 0;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", ec)) {
    (void)entry;
    ++count;
  }
  return count - 1;  // that of the folder itself
}

}  // namespace

ProcessCommands::~ProcessCommands() {
  for (const pid_t child : stayed_) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
}

void ProcessCommands::Register() {
  session_.On("fork", [this](const Value& v) { return Fork(v); });
  session_.On("cost", [this](const Value&) { return Cost(); });
  session_.On("chdir", [](const Value& v) {
    const std::string& folder = v["folder"].Text();
    if (chdir(folder.c_str()) == 0) return Reply::Okay();
    return Reply::Fail("cannot go to \"" + folder + "\": " + std::strerror(errno));
  });
}

Reply ProcessCommands::Fork(const Value& arguments) {
  const std::string& what = arguments["child"].Text();
  std::string valid;
  bool known = false;
  for (const std::string_view name : kChildren) {
    known |= name == what;
    valid += (valid.empty() ? "" : ", ") + std::string(name);
  }
  if (!known) return Reply::Fail("fork's child \"" + what + "\" is none of " + valid);

  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return Reply::Fail(std::string("cannot fork: ") + std::strerror(errno));
  if (child == 0) BeTheChild(what, parent, watchers_);

  std::string ended = "stays";
  if (what == "stay") {
    stayed_.push_back(child);
  } else {
    Patience patience(kChildLimitMs);
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
      if (patience.IsOver({child})) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        return Reply::Okay(Value::MakeObject({{"ended", "hung"}}));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ended = Words(status);
  }
  return Reply::Okay(Value::MakeObject({{"ended", ended}}));
}

Reply ProcessCommands::Cost() const {
  const std::set<pid_t>& threads = watchers_.subject_threads();
  int64_t sleeps = 0;
  int64_t cpu_us = 0;
  int64_t live = 0;
  for (const pid_t tid : threads) {
    const int64_t switches = VoluntarySwitches(tid);
    if (switches < 0) continue;
    ++live;
    sleeps += switches;
    cpu_us += CpuTimeNs(tid) / 1000;
  }
  return Reply::Okay(Value::MakeObject(
      {{"threads", live}, {"sleeps", sleeps}, {"cpu_us", cpu_us}, {"fds", OpenDescriptors()}}));
}

}  // namespace harness::actor
