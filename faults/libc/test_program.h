// Runs a program with the preload library and reads what came of it: for the tests.
#ifndef HONKER_FAULTS_LIBC_TEST_PROGRAM_H_
#define HONKER_FAULTS_LIBC_TEST_PROGRAM_H_

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "faults/ledger.h"

namespace faults::testing {

// A folder of its own, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Program {
 public:
  // The environment is this process's without FAULT_*, FIU_* and LD_PRELOAD, and with these.
  Program(const std::vector<std::string>& words,
          const std::map<std::string, std::string>& environment);
  ~Program();  // kills it where it still runs
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  // One line to its stdin.
  void Say(const std::string& line) const;
  // Everything it has printed until there are `count` lines or it has ended. Stderr too.
  std::string Lines(int count);
  // Closes its stdin and waits for its end: all that it printed.
  std::string Finish();
  [[nodiscard]] int status() const { return status_; }  // of waitpid, after Finish

 private:
  bool ReadMore();
  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  int status_ = -1;
  std::string text_;
};

// The entries of `event`; none where there is no ledger.
[[nodiscard]] std::vector<LedgerEntry> Entries(const std::string& ledger, const std::string& event);

}  // namespace faults::testing

#endif  // HONKER_FAULTS_LIBC_TEST_PROGRAM_H_
