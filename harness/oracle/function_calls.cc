#include "harness/oracle/function_calls.h"

namespace harness {
namespace {

const Value kNull;

}  // namespace

const std::string& FunctionCall::Text(size_t argument) const {
  return argument < arguments->size() ? (*arguments)[argument].Text() : kNull.Text();
}

int64_t FunctionCall::Int(size_t argument) const {
  return argument < arguments->size() ? (*arguments)[argument].Int() : 0;
}

const Value& FunctionCall::Answer() const { return call.ok() ? call.end->value["answer"] : kNull; }

std::vector<FunctionCall> FunctionCalls(const History& history, std::string_view prefix) {
  std::vector<FunctionCall> calls;
  for (const Call& call : history.Calls("call")) {
    const Value& v = call.invoke->value;
    const std::string& function = v["function"].Text();
    if (!std::string_view(function).starts_with(prefix)) continue;
    calls.push_back({.call = call,
                     .function = function,
                     .arguments = &v["arguments"].items(),
                     .rolled_back = v["rollback"].Bool(),
                     .from_s = call.ok() ? call.end->value["from"].Int() : 0,
                     .to_s = call.ok() ? call.end->value["to"].Int() : 0});
  }
  return calls;
}

}  // namespace harness
