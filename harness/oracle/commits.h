// The commits of a history: every `commit` call, of whatever process, with the mark that it set.
#ifndef HARNESS_ORACLE_COMMITS_H_
#define HARNESS_ORACLE_COMMITS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace harness {

struct Commit {
  Call call;
  std::string writer;  // the name under which re-reads report its mark
  int64_t seq;

  int64_t invoke_ns() const { return call.invoke->t_ns; }
  int64_t end_ns() const { return call.end_ns(); }
  // "writer:1 commits mark 1=17"
  std::string Text() const;
};

// In the order of their invokes. Points into `history`, which must outlive it.
std::vector<Commit> Commits(const History& history);

}  // namespace harness

#endif  // HARNESS_ORACLE_COMMITS_H_
