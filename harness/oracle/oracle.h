// What an oracle is: a pure function from a history to a verdict with its proof.
//
// No oracle sees a live database, a clock or the file system; the same history gives the same
// verdict, at once or a year later (`honker-harness report DIR` judges again). Linear in the number
// of ops up to a logarithm. An oracle that finds no evidence that the interesting thing happened
// says kUnknown, never kPass.
#ifndef HARNESS_ORACLE_ORACLE_H_
#define HARNESS_ORACLE_ORACLE_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/value.h"
#include "harness/history/history.h"

namespace harness {

enum class Outcome { kPass, kUnknown, kFail };  // in the order in which they outweigh each other

std::string_view ToString(Outcome outcome);

// One step of a proof: an op number and what it shows. Terminal, JSON and HTML print the same data.
struct ProofStep {
  size_t op;
  std::string sentence;
};

struct Verdict {
  Outcome outcome = Outcome::kUnknown;
  std::string reason;            // one line; for kUnknown what evidence is missing
  std::vector<ProofStep> proof;  // for kFail, ends in the contradiction
  Value figures;                 // an object of numbers, e.g. {"commits":200,"lost":3}
};

// What the cell was: oracles may look at the parameters that a card sets, and at nothing else.
struct Expectation {
  Value params;  // an object; each oracle's header lists the names that it reads
};

// An oracle as cards name it. `name` is what reports print; `check` never throws.
struct Oracle {
  std::string_view name;
  Verdict (*check)(const History&, const Expectation&);
};

// Percentiles of a set of nanosecond samples as figures in microseconds: {name}_p50_us, _p99_us,
// _max_us and {name}_n; nothing where there is no sample.
void AddPercentiles(Value& figures, const std::string& name, std::vector<int64_t> samples_ns);

}  // namespace harness

#endif  // HARNESS_ORACLE_ORACLE_H_
