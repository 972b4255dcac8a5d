// The faults of a history that tell the identity of the database before and after: file swaps.
#ifndef HARNESS_ORACLE_REPLACEMENTS_H_
#define HARNESS_ORACLE_REPLACEMENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace harness {

struct Identity {
  int64_t dev = -1;
  int64_t ino = -1;
  bool operator==(const Identity&) const = default;
  // "(dev=1, ino=2)", as the death sentence writes it; "no file" where there was none.
  std::string Text() const;
};

struct Replacement {
  Call call;  // the `fault`, which ended ok
  Identity before;
  Identity after;  // both fields -1 where the file was gone afterwards
  int64_t begin_ns() const { return call.invoke->t_ns; }
  int64_t end_ns() const { return call.end->t_ns; }
};

// Whether the fault is aimed at files, and not at a process: "swap db ..." is, "kill worker:1 ..."
// is not.
bool TargetsFiles(const Call& fault);

// Every `fault` aimed at files that ended ok and says `before`, in the order of time. Points into
// `history`.
std::vector<Replacement> Replacements(const History& history);

}  // namespace harness

#endif  // HARNESS_ORACLE_REPLACEMENTS_H_
