// The guardian: a process of its own that cleans up when the runner cannot.
//
// It holds the reading end of a pipe whose writing end only the runner has. When the runner dies,
// also by SIGKILL, the pipe ends and the guardian kills every process group and removes every
// scratch folder that was still registered. It sits in a session of its own, so that Ctrl-C does
// not reach it.
#ifndef HARNESS_RUN_GUARDIAN_H_
#define HARNESS_RUN_GUARDIAN_H_

#include <sys/types.h>

#include <functional>
#include <mutex>
#include <string>

#include "harness/base/result.h"

namespace harness {

class Guardian {
 public:
  Guardian() = default;
  // Lets the guardian go and waits until it has: afterwards nothing registered is left.
  ~Guardian();
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;

  // Forks: call it before the process has a second thread.
  Status Start();

  // The following may be called from any thread; each takes effect before it returns.
  void AddGroup(pid_t group);
  void DropGroup(pid_t group);
  void AddFolder(const std::string& folder);
  void DropFolder(const std::string& folder);

 private:
  void Tell(const std::string& line);
  std::mutex mutex_;
  int pipe_ = -1;
  pid_t pid_ = -1;
};

// Calls `gone` until it says yes, at most `tries` times with a pause between: what was killed still
// writes until it is dead, and a folder that is being written to cannot be removed.
bool UntilGone(const std::function<bool()>& gone, int tries = 1000);

}  // namespace harness

#endif  // HARNESS_RUN_GUARDIAN_H_
