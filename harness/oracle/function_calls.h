// The `call` ops of a history: SQL functions by name, with what they answered and when.
//
// Points into the history, which must outlive it. Times are the database's own, in whole seconds:
// the function read its clock at or after `from_s` and at or before `to_s`.
#ifndef HARNESS_ORACLE_FUNCTION_CALLS_H_
#define HARNESS_ORACLE_FUNCTION_CALLS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/history.h"

namespace harness {

struct FunctionCall {
  Call call;
  std::string_view function;
  const Value::Array* arguments;
  bool rolled_back;  // its transaction was, on purpose
  int64_t from_s;    // 0 unless the call ended ok
  int64_t to_s;

  // "" and 0 where there is no such argument.
  const std::string& Text(size_t argument) const;
  int64_t Int(size_t argument) const;
  // Null unless the call ended ok.
  const Value& Answer() const;
  bool Says(int64_t number) const { return call.ok() && Answer().Int(-1) == number; }
};

// Those whose function begins with `prefix`, in the order of their invokes.
std::vector<FunctionCall> FunctionCalls(const History& history, std::string_view prefix);

}  // namespace harness

#endif  // HARNESS_ORACLE_FUNCTION_CALLS_H_
