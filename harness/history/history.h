// What happened in a cell: the ops of all its processes in one order.
//
// Each process writes one file, one JSON object a line (docs/protocol.md). The first line says
// whose it is; every other line is an op:
//
//   {"t":<CLOCK_MONOTONIC
//   ns>,"type":"invoke|ok|fail|info|event","call":N,"op":"commit","value":{...}}
//
// `invoke` opens a call, `ok`, `fail` or `info` with the same call number closes it: ok happened,
// fail certainly did not, info may have. An `event` belongs to no call. A line is on disk before
// the reply it stands for leaves the process, so a SIGKILL loses nothing that was acknowledged; a
// torn last line is tolerated. The runner writes a file of its own (process "runner"): faults,
// windows, deaths, stderr.
//
// CLOCK_MONOTONIC is one clock for all processes of a machine, so times of different files compare.
#ifndef HARNESS_HISTORY_HISTORY_H_
#define HARNESS_HISTORY_HISTORY_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/base/value.h"

namespace harness {

enum class OpType { kInvoke, kOk, kFail, kInfo, kEvent };

std::string_view ToString(OpType type);

struct Op {
  int64_t t_ns = 0;
  OpType type = OpType::kEvent;
  int64_t call = 0;  // pairs an invoke with its end inside one process; 0 for events
  std::string process;
  std::string name;
  Value value;
};

// One call: where it began and how it ended. `end` is null while it is pending (its process died
// without the runner's knowledge, or the history was cut): to be treated as info.
struct Call {
  size_t invoke_index;
  size_t end_index;  // == invoke_index while pending
  const Op* invoke;
  const Op* end;

  bool ok() const { return end != nullptr && end->type == OpType::kOk; }
  bool failed() const { return end != nullptr && end->type == OpType::kFail; }
  bool in_doubt() const { return !ok() && !failed(); }
  // When the call was over; INT64_MAX while it is pending.
  int64_t end_ns() const { return end ? end->t_ns : INT64_MAX; }
};

// Immutable once made. Op numbers (`#17` in proofs) are indexes into ops().
class History {
 public:
  // Orders by time; ops of one process with equal times keep their order.
  static History FromOps(std::vector<Op> ops);
  // Reads every *.jsonl below `folder`. An unreadable file or a broken line that is not the last
  // one of its file is an error that names file and line.
  static Result<History> Load(const std::string& folder);

  const std::vector<Op>& ops() const { return ops_; }
  // Calls with that name in the order of their invokes; pointers live as long as the history.
  std::vector<Call> Calls(std::string_view name) const;
  // Indexes of the events with that name.
  std::vector<size_t> Events(std::string_view name) const;

 private:
  std::vector<Op> ops_;
};

// One line of a history file, without the newline.
std::string PrintOp(const Op& op);
Result<Op> ParseOp(const std::string& line, const std::string& process);

// Appends ops to one file; every line is handed to the kernel before the call returns. One process
// writes a file; Append may be called from any thread.
class HistoryWriter {
 public:
  HistoryWriter() = default;
  ~HistoryWriter();
  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;

  // Creates the file and writes its first line: process name, process id, clock, protocol version.
  Status Open(const std::string& path, const std::string& process);
  // Stamps the op with the time of now and returns it. A write that fails ends the process: a
  // history with holes proves nothing.
  int64_t Append(OpType type, int64_t call, std::string_view name, Value value);
  // The same with a time that was taken before.
  void AppendAt(int64_t t_ns, OpType type, int64_t call, std::string_view name, Value value);

 private:
  int fd_ = -1;
};

// CLOCK_MONOTONIC in nanoseconds.
int64_t NowNs();

}  // namespace harness

#endif  // HARNESS_HISTORY_HISTORY_H_
