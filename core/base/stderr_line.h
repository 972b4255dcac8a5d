// The only way in which this library speaks outside of return values: one line on stderr.
#ifndef CORE_BASE_STDERR_LINE_H_
#define CORE_BASE_STDERR_LINE_H_

#include <string>
#include <string_view>

namespace honker {

// Writes `line` and a newline with one write(2), so that lines of several processes do not mix. A
// stderr that is closed or full is nobody's error here: the line is dropped. Control characters in
// `line` (a path may hold a newline) are printed as \xNN: it stays one line.
// May block while stderr is a full pipe, so tell subscribers first and print afterwards.
void WriteStderrLine(std::string_view line);

}  // namespace honker

#endif  // CORE_BASE_STDERR_LINE_H_
