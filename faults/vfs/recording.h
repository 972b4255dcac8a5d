// Reads what a recorder (recorder.h) wrote.
//
// The format: one JSON object a line, in the order of events over all processes. A call has two
// lines,
//
//   {"t_ns":N,"pid":P,"begin":K,"site":"vfs.write.wal","path":"/x/app.db-wal","offset":32,"bytes":24,
//    "detail":"32+24","data":"base64 of the bytes"}
//   {"t_ns":N,"pid":P,"end":K,"rc":0}
//
// with K from 1 in each process, and t_ns of CLOCK_MONOTONIC. `offset` is where a read or write
// begins and the new size of a truncation; `detail` is what faults match (interceptor.h), for a
// delete "sync" where the directory is synced too; `rc` is SQLite's extended result code. `path`,
// `offset`, `bytes`, `detail` and `data` are left out where they mean nothing or were not asked
// for. A call without its second line is one that its process died in, or is still in.

#ifndef HONKER_FAULTS_VFS_RECORDING_H_
#define HONKER_FAULTS_VFS_RECORDING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "faults/result.h"

namespace faults::vfs {

struct RecordedCall {
  int64_t pid = 0;
  int64_t number = 0;     // of its process
  std::string site = {};  // "vfs.write.wal"
  std::string path = {};  // empty for an anonymous file
  int64_t offset = -1;
  int64_t bytes = 0;
  std::string detail = {};
  std::optional<std::string> data = {};  // what was written, where it was recorded
  int64_t begin_t_ns = 0;
  size_t begin_line = 0;       // its place in the order of events, from 1
  std::optional<int> rc = {};  // none: it has not returned
  size_t end_line = 0;         // 0: likewise
};

// Every call, in the order in which they began. A torn last line is left out; any other line that
// is none, an end without its begin, or a number that is missing is an Error: the recording is not
// whole.
[[nodiscard]] Result<std::vector<RecordedCall>> ReadRecording(const std::string& path);

// Whether a sync that succeeded makes that write or truncation durable: of the same file, and begun
// after the write had returned. (One that was begun before may or may not.)
[[nodiscard]] bool MakesDurable(const RecordedCall& sync, const RecordedCall& change);

}  // namespace faults::vfs

#endif  // HONKER_FAULTS_VFS_RECORDING_H_
