// One step of a sequence: a call of an SQL function, something the application does beside it, or
// time that passes.
#ifndef CORE_MODEL_STEP_H_
#define CORE_MODEL_STEP_H_

#include <cstdint>
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace honker::model {

using Value = std::variant<std::monostate, int64_t, std::string>;  // NULL, INTEGER, TEXT

struct Step {
  enum class Kind {
    kCall,          // SELECT function(arguments)
    kCallInInsert,  // INSERT INTO answers SELECT function(arguments)
    kWait,          // `number` seconds pass
    kBegin,
    kCommit,
    kRollback,
    kSavepoint,   // one name for all: they nest
    kRollbackTo,  // and RELEASE of it
    kRelease,
    kRequeue,  // the application puts the dead job `number` back, and leaves the dead row
  };
  Kind kind = Kind::kCall;
  std::string function = {};
  std::vector<Value> arguments = {};
  int64_t number = 0;
};

// As it would stand in SQL; "wait 30 s" for time.
std::string Show(const Step& step);

// What a step comes to.
struct Answer {
  // Empty where the call worked, else which argument (from 1) the error names, or kUnnamed. From
  // the model: all that it may name, since SPEC.md leaves open which of several mistakes is told.
  static constexpr int kUnnamed = -1;
  std::set<int> refused = {};
  // What the function returned; a JSON text is parsed. With an error its words.
  nlohmann::json value = nullptr;
};

// Is `found` one of the answers that `expected` allows? The words of an error are not compared,
// only what it is about.
bool Agree(const Answer& expected, const Answer& found);

std::ostream& operator<<(std::ostream& out, const Answer& answer);

}  // namespace honker::model

#endif  // CORE_MODEL_STEP_H_
