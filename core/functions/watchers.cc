// honker_update_watcher_open(path, backend [, poll_ms]) -> handle
// honker_update_watcher_wait(handle, timeout_ms) -> 1, 0 or -1
// honker_update_watcher_close(handle) -> 1
//
// The C ABI of include/honker/watcher.h as SQL, for hosts that can do no more than run a statement.
// Handles are numbers from 1 up and belong to the process, not to the connection. A NULL or empty
// backend is polling; a NULL poll_ms is 1. The wait blocks its connection; sqlite3_interrupt() ends
// it within 100 ms, with SQLITE_INTERRUPT. Effects outside of the database: direct use only, never
// from triggers or views.
#include <algorithm>
#include <string>

#include "core/functions/families.h"
#include "core/sql/function.h"
#include "core/sql/statement.h"
#include "core/watcher/handles.h"

namespace honker {
namespace {

Result<Answer> Open(Call& call, bool with_interval) {
  Arguments& arguments = call.arguments;
  const std::string path(arguments.Text(0));
  const std::string backend(arguments.OptionalText(1).value_or(""));
  const int64_t interval_ms = with_interval ? arguments.OptionalInt(2).value_or(1) : 1;
  if (!arguments.ok()) return arguments.error();
  if (path.find('\0') != std::string::npos) return arguments.Complaint(0, "holds a NUL byte");
  if (backend.find('\0') != std::string::npos) return arguments.Complaint(1, "holds a NUL byte");
  if (interval_ms <= 0) return arguments.Complaint(2, "must be greater than 0");
  const Result<int64_t> handle =
      OpenHandle(path.c_str(), backend.c_str(), static_cast<uint64_t>(interval_ms));
  if (!handle.ok()) return handle.error();
  return Answer{handle.value()};
}

Result<Answer> OpenDefault(Call& call) { return Open(call, false); }
Result<Answer> OpenWithInterval(Call& call) { return Open(call, true); }

Result<Answer> Wait(Call& call) {
  const int64_t handle = call.arguments.Int(0);
  const int64_t timeout_ms = call.arguments.Int(1);
  if (!call.arguments.ok()) return call.arguments.error();
  if (timeout_ms < 0) return call.arguments.Complaint(1, "must not be negative");

  // No SQLite before 3.41 says whether it was interrupted; any statement does, by its result.
  constexpr uint64_t kSliceMs = 100;
  Statement probe(call.db, "SELECT 1");
  for (auto left = static_cast<uint64_t>(timeout_ms);;) {
    const uint64_t slice = std::min(left, kSliceMs);
    const int result = WaitHandle(handle, slice);
    left -= slice;
    if (result != 0 || left == 0) return Answer{int64_t{result}};
    Status alive = probe.Run();
    if (!alive.ok()) return alive.error();
    probe.Reset();
  }
}

Result<Answer> Close(Call& call) {
  const int64_t handle = call.arguments.Int(0);
  if (!call.arguments.ok()) return call.arguments.error();
  CloseHandle(handle);
  return Answer{int64_t{1}};
}

constexpr Function kFunctions[] = {
    {"honker_update_watcher_open", OpenDefault, {"path", "backend"}, Where::kDirectOnly},
    {"honker_update_watcher_open",
     OpenWithInterval,
     {"path", "backend", "poll_ms"},
     Where::kDirectOnly},
    {"honker_update_watcher_wait", Wait, {"handle", "timeout_ms"}, Where::kDirectOnly},
    {"honker_update_watcher_close", Close, {"handle"}, Where::kDirectOnly},
};

}  // namespace

Status RegisterWatcherFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
