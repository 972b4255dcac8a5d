// A second process: this program again, in another role, with a pipe each way. Lines of text. What
// it writes on standard error is kept, and counted, instead of being mixed into this program's.
#ifndef BENCH_SUPPORT_CHILD_H_
#define BENCH_SUPPORT_CHILD_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

class Child {
 public:
  // It dies with this process. One that says nothing for `limit_ms` when it is asked is given up.
  Child(std::vector<std::string> arguments, int limit_ms);
  // Kills it where it has not ended by itself, and reaps it.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // False at the end of its output, or where it is given up.
  bool ReadLine(std::string* line);
  // Closes its standard input: the sign to go on, or to finish.
  void Finish();
  // What it has written on standard error so far.
  std::vector<std::string> ErrorLines() const;
  // Why ReadLine() said false: how it ended and its last line on standard error, or that it was
  // given up. Waits for its end for a moment.
  std::string Problem();

 private:
  pid_t pid_ = -1;
  int to_ = -1;
  int from_ = -1;
  int errors_ = -1;
  int limit_ms_;
  bool silent_ = false;
  std::string unread_;
};

// In a Child: how many lines this process has written on standard error so far.
int64_t LinesOnStderr();

// In a Child: whether Finish() was called; waits for that at most `wait_ms` (-1: for ever).
bool InputEnded(int wait_ms);

}  // namespace bench

#endif  // BENCH_SUPPORT_CHILD_H_
