// A process of a cell: started through Boost.Process, in a process group of its own, tied to the
// runner.
//
// It gets no descriptor of the runner's beyond its three pipes, dies with the thread that started
// it (PR_SET_PDEATHSIG: start from a thread that outlives the cell), and is killed as a group.
// Boost.Process only starts it: its waiting calls are not safe from several threads, so the end is
// learnt through a pidfd.
#ifndef HARNESS_RUN_CHILD_PROCESS_H_
#define HARNESS_RUN_CHILD_PROCESS_H_

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.h"

namespace harness {

struct Command {
  std::string executable;
  std::vector<std::string> arguments;
  std::map<std::string, std::string>
      environment;          // added to the runner's own; empty value: removed
  std::string stderr_path;  // appended to
};

// How a process ended.
struct ExitStatus {
  bool signaled = false;
  int code = 0;               // exit code, or signal number
  std::string Words() const;  // "exit 3", "signal 11 (Segmentation fault)"
};

class ChildProcess {
 public:
  ChildProcess() = default;
  ~ChildProcess();  // kills the group and reaps
  ChildProcess(ChildProcess&& other) noexcept { *this = std::move(other); }
  ChildProcess& operator=(ChildProcess&& other) noexcept;

  static Result<ChildProcess> Start(const Command& command);

  pid_t pid() const { return pid_; }
  int stdin_fd() const { return stdin_fd_; }    // blocking; SIGPIPE must be ignored
  int stdout_fd() const { return stdout_fd_; }  // non-blocking
  void CloseStdin();

  // To the process, or to its whole group.
  void Signal(int signal_number) const;
  void SignalGroup(int signal_number) const;
  // Waits at most that long; empty while it runs. The status stays readable afterwards.
  std::optional<ExitStatus> Wait(int timeout_ms);

 private:
  pid_t pid_ = -1;
  int pid_fd_ = -1;
  int stdin_fd_ = -1;
  int stdout_fd_ = -1;
  std::optional<ExitStatus> status_;
};

// What became of a command: `status` is empty where it was not over in time, and was killed.
struct Ended {
  std::optional<ExitStatus> status;
  std::string output;
  std::string errors;  // its stderr
};

// Runs a command to its end. An error says that it could not be started, or that the run was
// interrupted meanwhile.
Result<Ended> RunUntilEnd(const Command& command, int timeout_ms);

// Runs a command to its end and returns what it printed. An error holds its stderr where it failed,
// could not be started, or was not over in time.
Result<std::string> RunToEnd(const Command& command, int timeout_ms);

}  // namespace harness

#endif  // HARNESS_RUN_CHILD_PROCESS_H_
