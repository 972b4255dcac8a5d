// When a call was over, also where its process died in it: nobody writes an end for it then, but
// from the runner's `died` event on it has no further effect.
#ifndef HARNESS_ORACLE_DEATHS_H_
#define HARNESS_ORACLE_DEATHS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace harness {

class Deaths {
 public:
  explicit Deaths(const History& history);

  // The end of the call; where it has none, the death of its process; where there is none,
  // INT64_MAX.
  int64_t EndOf(const Call& call) const;

 private:
  std::map<std::string, std::vector<int64_t>> died_ns_;
};

}  // namespace harness

#endif  // HARNESS_ORACLE_DEATHS_H_
