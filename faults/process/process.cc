#include "faults/process/process.h"

#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace faults::process {
namespace {

constexpr int64_t kPauseMs = 100;
constexpr int64_t kForkMs = 100;

void SleepMs(int64_t ms) {
  timespec left{ms / 1000, ms % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

Status Sent(pid_t pid, int signal_number, const char* what) {
  if (kill(pid, signal_number) == 0) return {};
  return ErrnoError(what, std::to_string(pid));
}

// To the calling thread: a signal to the process may go to another thread, and this one would run
// on for a while.
Status SentHere(int signal_number, const char* what) {
  if (syscall(SYS_tgkill, getpid(), gettid(), signal_number) == 0) return {};
  return ErrnoError(what, "");
}

// A copy of this process that sends no SIGCHLD and that waitpid(-1) of the host does not find. The
// copy may only make system calls: other threads may have held any lock.
pid_t Copy() { return static_cast<pid_t>(syscall(SYS_clone, 0, 0, 0, 0, 0)); }

void Reap(pid_t copy) {
  while (waitpid(copy, nullptr, __WALL) < 0 && errno == EINTR) {
  }
}

Status PauseHere(int64_t for_ms) {
  const int self = static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0));
  if (self < 0) return ErrnoError("pause", "");
  const pid_t helper = Copy();
  if (helper < 0) {
    const Error error = ErrnoError("pause", "");
    close(self);
    return error;
  }
  if (helper == 0) {
    syscall(SYS_pidfd_send_signal, self, SIGSTOP, nullptr, 0);
    SleepMs(for_ms);
    syscall(SYS_pidfd_send_signal, self, SIGCONT, nullptr, 0);
    _exit(0);
  }
  Reap(helper);  // stopped in here, and continued before the helper goes
  close(self);
  return {};
}

// Twice, so that the child is nobody's whom the host could wait for: the middle one is reaped here.
Status ForkHere(int64_t for_ms) {
  const pid_t middle = Copy();
  if (middle < 0) return ErrnoError("fork", "");
  if (middle == 0) {
    if (Copy() == 0) SleepMs(for_ms);
    _exit(0);
  }
  Reap(middle);
  return {};
}

}  // namespace

bool IsProcessKind(const Fault& fault) {
  for (const char* kind : {"kill", "stop", "continue", "pause", "exit", "fork"}) {
    if (fault.kind == kind) return true;
  }
  return false;
}

Status ToProcess(const Fault& fault, pid_t pid) {
  if (fault.kind == "kill") return Sent(pid, SIGKILL, "kill");
  if (fault.kind == "stop") return Sent(pid, SIGSTOP, "stop");
  if (fault.kind == "continue") return Sent(pid, SIGCONT, "continue");
  if (fault.kind == "pause") {
    if (Status stopped = Sent(pid, SIGSTOP, "pause"); !stopped.ok()) return stopped;
    SleepMs(fault.GetInt("for_ms", kPauseMs));
    return Sent(pid, SIGCONT, "pause");
  }
  return Error{"process fault", "", EINVAL,
               "'" + fault.kind +
                   "' cannot be done to a process from outside (kill, stop, "
                   "continue and pause can)"};
}

Status Here(const Fault& fault) {
  if (fault.kind == "kill") return SentHere(SIGKILL, "kill");
  if (fault.kind == "stop") return SentHere(SIGSTOP, "stop");
  if (fault.kind == "pause") return PauseHere(fault.GetInt("for_ms", kPauseMs));
  if (fault.kind == "exit") _exit(static_cast<int>(fault.GetInt("code", 0)));
  if (fault.kind == "fork") return ForkHere(fault.GetInt("for_ms", kForkMs));
  return Error{"process fault", "", EINVAL,
               "a process cannot do '" + fault.kind +
                   "' to itself (kill, stop, pause, exit and "
                   "fork it can)"};
}

}  // namespace faults::process
