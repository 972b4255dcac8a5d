// A second process: this program again, in another role, with a pipe each way. Lines of text.
#ifndef BENCH_SUPPORT_CHILD_H_
#define BENCH_SUPPORT_CHILD_H_

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace bench {

class Child {
 public:
  // It dies with this process.
  explicit Child(std::vector<std::string> arguments);
  // Kills it where it has not ended by itself, and reaps it.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // False at the end of its output.
  bool ReadLine(std::string* line);
  // Closes its standard input: the sign to finish.
  void Finish();

 private:
  pid_t pid_ = -1;
  int to_ = -1;
  std::FILE* from_ = nullptr;
};

}  // namespace bench

#endif  // BENCH_SUPPORT_CHILD_H_
