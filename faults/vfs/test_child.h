// Runs faults_sql_child, for the tests of the gates.

#ifndef HONKER_FAULTS_VFS_TEST_CHILD_H_
#define HONKER_FAULTS_VFS_TEST_CHILD_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace faults::testing {

class Child {
 public:
  // Starts it with FAULT_VFS and FAULT_LEDGER set to these; empty leaves them unset. `more` are
  // further variables, "NAME=VALUE".
  Child(const std::string& extension, const std::string& database,
        const std::vector<std::string>& statements, const std::string& gates = "",
        const std::string& ledger = "", const std::vector<std::string>& more = {});
  // Kills it where it still runs.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void Kill();
  // Waits for its end; everything it printed. The exit status of waitpid is in status().
  std::string Finish();
  [[nodiscard]] int status() const { return status_; }
  // Its lines so far, up to and including the one that makes them `count`; blocks for them.
  std::string Lines(int count);

 private:
  bool ReadMore();
  pid_t pid_ = -1;
  int out_ = -1;
  int status_ = -1;
  std::string text_;
};

}  // namespace faults::testing

#endif  // HONKER_FAULTS_VFS_TEST_CHILD_H_
