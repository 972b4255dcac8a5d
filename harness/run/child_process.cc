#include "harness/run/child_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/process.hpp>
#include <boost/process/extend.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include "harness/run/interrupt.h"

namespace harness {
namespace {

namespace bp = boost::process;

// Runs in the child between fork and exec: async-signal-safe calls only.
struct TieToRunner : bp::extend::handler {
  template <typename Executor>
  void on_exec_setup(Executor&) const {
    setpgid(0, 0);
    syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
  }
};

// The error in words, with the way out where it is the number of open files.
Error NoDescriptor(const std::string& what, int error) {
  Error said = ErrnoError(what, error);
  if (error == EMFILE)
    said.message += " (RLIMIT_NOFILE, see ulimit -n: raise it, or run fewer cells with --jobs)";
  return said;
}

}  // namespace

std::string ExitStatus::Words() const {
  if (!signaled) return "exit " + std::to_string(code);
  return "signal " + std::to_string(code) + " (" + strsignal(code) + ")";
}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pid_fd_, other.pid_fd_);
  std::swap(stdin_fd_, other.stdin_fd_);
  std::swap(stdout_fd_, other.stdout_fd_);
  std::swap(status_, other.status_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0 && !status_) {
    SignalGroup(SIGKILL);
    (void)Wait(-1);
  }
  for (int fd : {pid_fd_, stdin_fd_, stdout_fd_}) {
    if (fd >= 0) close(fd);
  }
}

Result<ChildProcess> ChildProcess::Start(const Command& command) {
  try {
    bp::environment environment = boost::this_process::environment();  // a copy: the type matters
    // set() and reset(), not [] and erase(): those look with a find() that reads past the end of
    // variables shorter than the name (Boost 1.74, seen by AddressSanitizer).
    for (const auto& [name, value] : command.environment) {
      if (value.empty()) {
        environment.reset(name);
      } else {
        environment.set(name, value);
      }
    }
    bp::pipe in;
    bp::pipe out;
    std::unique_ptr<FILE, int (*)(FILE*)> errors(std::fopen(command.stderr_path.c_str(), "ae"),
                                                 fclose);
    if (!errors) return NoDescriptor("cannot open " + command.stderr_path, errno);
    bp::child child(bp::exe = command.executable, bp::args = command.arguments, environment,
                    bp::std_in<in, bp::std_out> out, bp::std_err > errors.get(), TieToRunner{});
    ChildProcess made;
    made.pid_ = child.id();
    child.detach();
    made.pid_fd_ = static_cast<int>(syscall(SYS_pidfd_open, made.pid_, 0));
    if (made.pid_fd_ < 0) {
      const int error = errno;
      made.SignalGroup(SIGKILL);
      waitpid(made.pid_, nullptr, 0);  // without a pidfd nothing else learns of its end
      made.pid_ = -1;
      return NoDescriptor("cannot watch over " + command.executable + ": pidfd_open", error);
    }
    made.stdin_fd_ = in.native_sink();
    in.assign_sink(-1);
    made.stdout_fd_ = out.native_source();
    out.assign_source(-1);
    fcntl(made.stdin_fd_, F_SETFD, FD_CLOEXEC);
    fcntl(made.stdout_fd_, F_SETFD, FD_CLOEXEC);
    fcntl(made.stdout_fd_, F_SETFL, O_NONBLOCK);
    return made;
  } catch (const std::exception& e) {
    const auto* failure = dynamic_cast<const std::system_error*>(&e);
    if (failure && failure->code() == std::errc::too_many_files_open)
      return NoDescriptor("cannot start " + command.executable, EMFILE);
    return Error{"cannot start " + command.executable + ": " + e.what()};
  }
}

void ChildProcess::CloseStdin() {
  if (stdin_fd_ >= 0) close(stdin_fd_);
  stdin_fd_ = -1;
}

void ChildProcess::Signal(int signal_number) const {
  if (pid_ > 0 && !status_) kill(pid_, signal_number);
}

void ChildProcess::SignalGroup(int signal_number) const {
  if (pid_ > 0 && !status_) {
    if (kill(-pid_, signal_number) != 0) kill(pid_, signal_number);  // before its setpgid
  }
}

std::optional<ExitStatus> ChildProcess::Wait(int timeout_ms) {
  if (status_ || pid_ <= 0) return status_;
  pollfd poll_fd{pid_fd_, POLLIN, 0};
  int ready;
  do {
    ready = poll(&poll_fd, 1, timeout_ms);
  } while (ready < 0 && errno == EINTR);
  int status = 0;
  if (ready <= 0 || waitpid(pid_, &status, 0) != pid_) return std::nullopt;
  status_ = WIFSIGNALED(status) ? ExitStatus{true, WTERMSIG(status)}
                                : ExitStatus{false, WEXITSTATUS(status)};
  return status_;
}

Result<Ended> RunUntilEnd(const Command& command, int timeout_ms) {
  constexpr int64_t kInterruptSliceMs = 100;
  Result<ChildProcess> started = ChildProcess::Start(command);
  if (!started.ok()) return Error{started.error()};
  ChildProcess& child = started.value();
  child.CloseStdin();
  Ended ended;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  const auto left_ms = [&] {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    return std::max<int64_t>(left.count(), 0);
  };
  for (char buffer[4096];;) {
    if (Interrupted()) return Error{"interrupted"};
    const int64_t slice_ms = std::min(left_ms(), kInterruptSliceMs);
    if (slice_ms == 0) break;
    pollfd poll_fd{child.stdout_fd(), POLLIN, 0};
    if (poll(&poll_fd, 1, static_cast<int>(slice_ms)) <= 0) continue;
    const ssize_t n = read(child.stdout_fd(), buffer, sizeof buffer);
    if (n == 0) break;
    if (n > 0) ended.output.append(buffer, static_cast<size_t>(n));
  }
  ended.status = child.Wait(static_cast<int>(left_ms()));
  std::stringstream errors;
  errors << std::ifstream(command.stderr_path).rdbuf();
  ended.errors = errors.str();
  return ended;
}

Result<std::string> RunToEnd(const Command& command, int timeout_ms) {
  const Result<Ended> run = RunUntilEnd(command, timeout_ms);
  if (!run.ok()) return Error{run.error()};
  const Ended& ended = run.value();
  if (!ended.status) {
    return Error{command.executable + " was not over after " + std::to_string(timeout_ms) + " ms"};
  }
  if (!ended.status->signaled && ended.status->code == 0) return ended.output;
  return Error{command.executable + " ended with " + ended.status->Words() + ": " + ended.errors};
}

}  // namespace harness
