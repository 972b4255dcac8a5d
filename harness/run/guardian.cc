#include "harness/run/guardian.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>

namespace harness {
namespace {

[[noreturn]] void Guard(int pipe_fd) {
  setsid();
  prctl(PR_SET_NAME, "honker-guardian");
  for (int s : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) signal(s, SIG_IGN);
  // Not one descriptor of the runner's: a reader of its output must see that end when the runner
  // ends.
  dup2(pipe_fd, 0);
  syscall(SYS_close_range, 1U, ~0U, 0);
  std::set<pid_t> groups;
  std::set<std::string> folders;
  std::string buffer;
  char chunk[4096];
  for (ssize_t n; (n = read(0, chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR);) {
    if (n < 0) continue;
    buffer.append(chunk, static_cast<size_t>(n));
    for (size_t end; (end = buffer.find('\n')) != std::string::npos; buffer.erase(0, end + 1)) {
      const std::string argument = buffer.substr(2, end - 2);
      const bool add = buffer[0] == '+';
      if (buffer[1] == 'g') {
        const auto group = static_cast<pid_t>(std::stol(argument));
        add ? (void)groups.insert(group) : (void)groups.erase(group);
      } else {
        add ? (void)folders.insert(argument) : (void)folders.erase(argument);
      }
    }
  }
  for (pid_t group : groups) kill(-group, SIGKILL);
  std::error_code ignored;
  for (const std::string& folder : folders) {
    (void)UntilGone([&] {
      std::filesystem::remove_all(folder, ignored);
      return !std::filesystem::exists(folder, ignored);
    });
  }
  _exit(0);
}

}  // namespace

bool UntilGone(const std::function<bool()>& gone, int tries) {
  constexpr useconds_t kPauseUs = 10'000;
  for (int i = 0; i < tries; ++i) {
    if (gone()) return true;
    usleep(kPauseUs);
  }
  return false;
}

Status Guardian::Start() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return ErrnoError("cannot make the guardian's pipe", errno);
  pid_ = fork();
  if (pid_ < 0) return ErrnoError("cannot start the guardian", errno);
  if (pid_ == 0) Guard(ends[0]);
  close(ends[0]);
  pipe_ = ends[1];
  return Ok();
}

Guardian::~Guardian() {
  if (pipe_ < 0) return;
  close(pipe_);
  waitpid(pid_, nullptr, 0);
}

void Guardian::AddGroup(pid_t group) { Tell("+g" + std::to_string(group)); }
void Guardian::DropGroup(pid_t group) { Tell("-g" + std::to_string(group)); }
void Guardian::AddFolder(const std::string& folder) { Tell("+d" + folder); }
void Guardian::DropFolder(const std::string& folder) { Tell("-d" + folder); }

void Guardian::Tell(const std::string& line) {
  if (pipe_ < 0) return;
  const std::lock_guard lock(mutex_);
  const std::string text = line + "\n";
  if (write(pipe_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    std::fprintf(stderr, "honker-harness: the guardian is gone; processes may be left behind\n");
  }
}

}  // namespace harness
