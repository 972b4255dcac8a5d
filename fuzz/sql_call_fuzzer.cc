// sql_call as libFuzzer and the replay driver call it.
#include <cstdio>

#include "fuzz/sql_call.h"

namespace {

// Never destroyed: a finding leaves in the middle.
honker::fuzz::SqlCall& Target() {
  static auto& target = *new honker::fuzz::SqlCall;
  return target;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  std::fprintf(stderr, "sql_call: %zu functions:", Target().functions().size());
  for (const auto& function : Target().functions()) {
    std::fprintf(stderr, " %s/%d%s", function.name.c_str(), function.arguments,
                 function.promise == nullptr ? " (no promises known)" : "");
  }
  std::fprintf(stderr, "\nsql_call: %s\n", honker::fuzz::LimitsOfInputs());
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)Target().Try(data, size);
  return 0;
}
