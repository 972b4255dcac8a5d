// Reads a JSON array of integers, and nothing else.
//
// SQLite's json_each() is no help here: it takes JSON5 from 3.42 on, stops at a NUL byte, turns
// numbers beyond 64 bits into REAL, and counts as a table, which an old snapshot cannot write upon.
#ifndef CORE_BASE_JSON_INTEGERS_H_
#define CORE_BASE_JSON_INTEGERS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace honker {

// The elements in their order. The error says at which byte (from 1) there is no JSON (RFC 8259) or
// no integer: 1.0 and 1e3 are none, nor is what does not fit into 64 bits.
Result<std::vector<int64_t>> ParseJsonIntegers(std::string_view text);

}  // namespace honker

#endif  // CORE_BASE_JSON_INTEGERS_H_
