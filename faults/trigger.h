// Which call a fault is about, and which of them it strikes: the keys at, path, detail, nth and p,
// and once or always. Shared by every layer that intercepts calls.
//
// A call matches when its site, path and detail do. Matches are counted from 1 since the fault was
// armed. `nth` (default 1) is the first match that may be struck; once strikes one match, always
// every one from there on. With p a match is struck by chance, and that depends on nothing but
// hash(seed, process, site, occurrence of that site) (chance.h): the same run strikes the same
// calls. A fault that says neither once nor always is once.
//
// Not thread-safe.

#ifndef HONKER_FAULTS_TRIGGER_H_
#define HONKER_FAULTS_TRIGGER_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "faults/fault.h"

namespace faults {

// Whose chance it is.
struct Dice {
  uint64_t seed = 0;
  std::string process =
      {};  // its name in the run ("writer:1"): the same in every run, unlike a pid
};

class Trigger {
 public:
  Trigger(const Fault& fault, Dice dice);

  // Whether calls of that site on that file are what it is about; before `detail` is looked at.
  [[nodiscard]] bool Concerns(std::string_view site, std::string_view path) const;

  // Counts a call for which Concerns is true, if `detail` fits. Returns the number of the match
  // where it is struck, 0 where it is not.
  [[nodiscard]] int64_t Count(std::string_view site, std::string_view detail);

 private:
  std::string at_, path_, detail_;
  int64_t nth_;
  bool always_;
  double p_;
  Dice dice_;
  int64_t matches_ = 0;
  bool spent_ = false;
  std::map<std::string, int64_t, std::less<>> of_site_;
};

}  // namespace faults

#endif  // HONKER_FAULTS_TRIGGER_H_
