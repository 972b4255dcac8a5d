// The programs that some file systems need: mkfs.*, and bindfs, which goes on as long as its mount.
//
// Each runs in a process group of its own, has /dev/null as stdin and stdout, holds no descriptor
// of the caller's, and dies with the thread that started it (PR_SET_PDEATHSIG): start one from a
// thread that outlives its mount.

#ifndef HONKER_FAULTS_FS_PROGRAM_H_
#define HONKER_FAULTS_FS_PROGRAM_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "faults/result.h"

namespace faults {

// Where the program is: a folder of $PATH, /usr/sbin or /sbin, or of `folders` where that is given
// ("a:b"). An Error names the program and the package that brings it.
[[nodiscard]] Result<std::string> FindProgram(const std::string& name, const std::string& package,
                                              const char* folders = nullptr);

// Runs it to its end. An Error holds what it said on stderr.
[[nodiscard]] Status RunProgram(const std::vector<std::string>& words);

// A program that goes on. One thread uses an object.
class Daemon {
 public:
  [[nodiscard]] static Result<Daemon> Start(const std::vector<std::string>& words);
  Daemon(Daemon&& other) noexcept;
  Daemon& operator=(Daemon&& other) noexcept;
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon();  // SIGKILL, and reaps it

  [[nodiscard]] pid_t pid() const { return pid_; }
  // An Error, with what it said on stderr, where it has ended by itself.
  [[nodiscard]] Status StillThere();

 private:
  Daemon(pid_t pid, int errors, std::string name)
      : pid_(pid), errors_(errors), name_(std::move(name)) {}
  pid_t pid_ = -1;
  int errors_ = -1;  // a file in memory
  std::string name_;
};

}  // namespace faults

#endif  // HONKER_FAULTS_FS_PROGRAM_H_
