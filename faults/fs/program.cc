#include "faults/fs/program.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <utility>

namespace faults {
namespace {

// In the child: async-signal-safe calls only.
[[noreturn]] void Become(char* const* words, int errors, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it died before the line above
  for (const int s : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) signal(s, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int null = open("/dev/null", O_RDWR);
  dup2(null, 0);
  dup2(null, 1);
  dup2(errors, 2);
  syscall(SYS_close_range, 3U, ~0U, 0);
  execv(words[0], words);
  _exit(127);
}

struct Started {
  pid_t pid;
  int errors;
};

Result<Started> StartProcess(const std::vector<std::string>& words) {
  const int errors = memfd_create("stderr", MFD_CLOEXEC);
  if (errors < 0) return ErrnoError("start " + words[0], "");
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) {
    const Error error = ErrnoError("start " + words[0], "");
    close(errors);
    return error;
  }
  if (pid == 0) Become(argv.data(), errors, parent);
  setpgid(pid, pid);  // here too: whoever comes first
  return Started{pid, errors};
}

// What it said, in one line.
std::string Said(int errors) {
  char text[2000];
  const ssize_t n = pread(errors, text, sizeof text, 0);
  std::string said(text, n > 0 ? static_cast<size_t>(n) : 0);
  while (!said.empty() && said.back() == '\n') said.pop_back();
  for (char& c : said) c = c == '\n' ? ' ' : c;
  return said;
}

Error Ended(const std::string& name, int status, int errors) {
  const std::string how = WIFSIGNALED(status)
                              ? "was killed by signal " + std::to_string(WTERMSIG(status))
                              : "ended with exit " + std::to_string(WEXITSTATUS(status));
  const std::string said = Said(errors);
  return Error{name, "", 0, how + (said.empty() ? "" : ": " + said)};
}

}  // namespace

Result<std::string> FindProgram(const std::string& name, const std::string& package,
                                const char* folders) {
  const char* path = getenv("PATH");
  std::istringstream in(
      folders != nullptr ? folders : std::string(path != nullptr ? path : "") + ":/usr/sbin:/sbin");
  for (std::string folder; std::getline(in, folder, ':');) {
    const std::string file = folder + "/" + name;
    if (!folder.empty() && access(file.c_str(), X_OK) == 0) return file;
  }
  return Error{"find " + name, "", ENOENT, "needs " + name + ": apt-get install " + package};
}

Status RunProgram(const std::vector<std::string>& words) {
  const auto started = StartProcess(words);
  if (!started.ok()) return started.error();
  const auto [pid, errors] = started.value();
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  Status result;
  if (status != 0) result = Ended(words[0], status, errors);
  close(errors);
  return result;
}

Result<Daemon> Daemon::Start(const std::vector<std::string>& words) {
  const auto started = StartProcess(words);
  if (!started.ok()) return started.error();
  return Daemon(started.value().pid, started.value().errors, words[0]);
}

Daemon::Daemon(Daemon&& other) noexcept { *this = std::move(other); }

Daemon& Daemon::operator=(Daemon&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(errors_, other.errors_);
  std::swap(name_, other.name_);
  return *this;
}

Daemon::~Daemon() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  if (errors_ >= 0) close(errors_);
}

Status Daemon::StillThere() {
  int status = 0;
  if (pid_ <= 0) return Error{name_, "", 0, "has ended"};
  if (waitpid(pid_, &status, WNOHANG) != pid_) return {};
  pid_ = -1;
  return Ended(name_, status, errors_);
}

}  // namespace faults
