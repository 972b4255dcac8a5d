#include "bench/support/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "bench/support/program.h"

namespace bench {
namespace {

// All of a file, wherever its offset stands.
std::string Contents(int file) {
  std::string text;
  char part[4096];
  for (ssize_t got = 0;
       (got = pread(file, part, sizeof part, static_cast<off_t>(text.size()))) > 0;) {
    text.append(part, static_cast<size_t>(got));
  }
  return text;
}

}  // namespace

Child::Child(std::vector<std::string> arguments, int limit_ms) : limit_ms_(limit_ms) {
  std::vector<char*> argv = {program_invocation_name};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  int in[2];
  int out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) {
    Fail(std::string("pipe: ") + std::strerror(errno));
  }
  // A file, not a pipe: a subject that writes much must not wait for a reader.
  errors_ = memfd_create("stderr of a measured process", MFD_CLOEXEC);
  if (errors_ < 0) Fail(std::string("memfd_create: ") + std::strerror(errno));
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) Fail(std::string("fork: ") + std::strerror(errno));
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);  // it died before the line above
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(errors_, STDERR_FILENO);
    execv("/proc/self/exe", argv.data());
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  to_ = in[1];
  from_ = out[0];
}

Child::~Child() {
  Finish();
  close(from_);
  close(errors_);
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);  // its answer has been read, or nobody wants it
  waitpid(pid_, nullptr, 0);
}

bool Child::ReadLine(std::string* line) {
  for (;;) {
    const size_t end = unread_.find('\n');
    if (end != std::string::npos) {
      *line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return true;
    }
    pollfd output{from_, POLLIN, 0};
    const int ready = poll(&output, 1, limit_ms_);
    if (ready < 0 && errno == EINTR) continue;
    silent_ = ready == 0;
    char part[4096];
    const ssize_t got = ready > 0 ? read(from_, part, sizeof part) : 0;
    if (got <= 0) return false;
    unread_.append(part, static_cast<size_t>(got));
  }
}

void Child::Finish() {
  if (to_ >= 0) close(to_);
  to_ = -1;
}

std::vector<std::string> Child::ErrorLines() const {
  const std::string text = Contents(errors_);
  std::vector<std::string> lines;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

std::string Child::Problem() {
  if (pid_ < 0) return "its end has been told";
  if (silent_) return "no answer for " + std::to_string(limit_ms_) + " ms";
  int status = 0;
  pid_t over = 0;
  for (int i = 0; i < 500 && over == 0; ++i) {
    over = waitpid(pid_, &status, WNOHANG);
    if (over == 0) usleep(10'000);
  }
  if (over != pid_) return "no answer, and no end";
  pid_ = -1;
  std::string problem = WIFSIGNALED(status) ? "killed by signal " + std::to_string(WTERMSIG(status))
                                            : "ended with " + std::to_string(WEXITSTATUS(status));
  const std::vector<std::string> lines = ErrorLines();
  if (!lines.empty()) problem += ": " + lines.back();
  return problem;
}

int64_t LinesOnStderr() {
  const std::string text = Contents(STDERR_FILENO);
  return std::count(text.begin(), text.end(), '\n');
}

bool InputEnded(int wait_ms) {
  pollfd in{STDIN_FILENO, POLLIN, 0};
  return poll(&in, 1, wait_ms) > 0;
}

}  // namespace bench
