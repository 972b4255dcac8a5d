// The target sql_call: one call of one honker function, with any arguments, in any context.
//
// Beside crashes and sanitizers it looks for:
//   - a call that fails changes nothing, whatever made it fail; one that is interrupted changes
//     nothing or everything;
//   - a call that succeeds answers what is promised (promises.h), JSON parses, text is intact;
//   - wrong types are refused, by a message with the function's name;
//   - functions that only read change nothing, and a rollback takes everything back;
//   - no transaction, lock or statement stays open; last_insert_rowid() after a SELECT is as
//   before;
//   - codes that mean a mistake of ours (MISUSE, CORRUPT, BUSY with one connection) do not occur.
//
// Not covered: two connections, several calls in a row, watchers that really watch, lack of memory.
// One thread.
#ifndef FUZZ_SQL_CALL_H_
#define FUZZ_SQL_CALL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/sql_call_input.h"
#include "fuzz/world.h"

namespace honker::fuzz {

class SqlCall {
 public:
  explicit SqlCall(const Plant& plant = nullptr);

  // Tries one input. Comes back when all is well, aborts on a finding. What was there before an
  // input is there after it. True when the call succeeded.
  bool Try(const uint8_t* data, size_t size);

  // Every function with a fixed number of arguments: notify and honker_*, by name.
  const std::vector<Function>& functions() const { return functions_; }

 private:
  struct Outcome;
  World& WorldOf(const Input& input);
  Outcome Run(const Input& input, Trouble trouble);
  void CheckError(const Input& input, const Outcome& outcome);
  void CheckSuccess(const Input& input, const Outcome& outcome);
  void CheckNothingOpen(const Input& input, const Outcome& outcome);
  bool IsTheWholeCall(const Input& input, uint64_t digest);
  void End(const Input& input, bool failed);

  World lived_;
  World loaded_;
  std::vector<Function> functions_;
};

}  // namespace honker::fuzz

#endif  // FUZZ_SQL_CALL_H_
