// Is this text Unicode? SQLite stores whatever bytes it is given as TEXT; JSON cannot carry them.
#ifndef CORE_BASE_UTF8_H_
#define CORE_BASE_UTF8_H_

#include <cstddef>
#include <string_view>

namespace honker {

// The offset of the first byte that does not belong to valid UTF-8 (Unicode 15, table 3-7: no
// overlong forms, no surrogates, nothing above U+10FFFF), or npos where all of it is valid. NUL is
// valid.
size_t FirstInvalidUtf8(std::string_view text);

inline bool IsUtf8(std::string_view text) {
  return FirstInvalidUtf8(text) == std::string_view::npos;
}

}  // namespace honker

#endif  // CORE_BASE_UTF8_H_
