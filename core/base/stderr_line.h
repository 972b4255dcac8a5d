// The only way in which this library speaks outside of return values: one line on stderr.
#ifndef CORE_BASE_STDERR_LINE_H_
#define CORE_BASE_STDERR_LINE_H_

#include <string>
#include <string_view>

namespace honker {

// Writes `line` and a newline with one write(2), so that lines of several processes do not mix. A
// stderr that is closed, or a pipe that nobody reads for 100 ms, is nobody's error here: the line
// is dropped, without SIGPIPE. Control characters in `line` (a path may hold a newline) are printed
// as \xNN: it stays one line. Callable from any thread.
void WriteStderrLine(std::string_view line);

}  // namespace honker

#endif  // CORE_BASE_STDERR_LINE_H_
