// Writes down what SQLite does to its files, in order: the material for a checker of what a power
// loss may leave. recording.h reads it and describes the format.
//
// A call is written down before it is made and again when it has returned, each with one write(2)
// on an O_APPEND descriptor: processes share a recording, the order of its lines is the order of
// events, and a SIGKILL loses nothing that was done. Calls that a fault kept from being made are
// not there. Thread-safe. Keeps errno.

#ifndef HONKER_FAULTS_VFS_RECORDER_H_
#define HONKER_FAULTS_VFS_RECORDER_H_

#include <atomic>
#include <string>

#include "faults/result.h"
#include "faults/vfs/interceptor.h"

namespace faults::vfs {

enum class RecordWhat {
  kOrder,  // opens, writes, truncations, syncs and deletions
  kBytes,  // and what was written
  kCalls,  // every call, without bytes
};

class CallRecorder {
 public:
  // Creates the file if it is not there.
  [[nodiscard]] static Result<CallRecorder> Open(const std::string& path, RecordWhat what);
  CallRecorder(CallRecorder&& other) noexcept;
  CallRecorder& operator=(CallRecorder&&) = delete;
  CallRecorder(const CallRecorder&) = delete;
  ~CallRecorder();

  [[nodiscard]] bool Wants(Call call) const;
  // `bytes` is how much of call.data is written. Returns the call's number in this process, for
  // End.
  int64_t Begin(const VfsCall& call, int64_t bytes, const std::string& detail);
  void End(int64_t number, int rc);

 private:
  CallRecorder(int fd, RecordWhat what) : fd_(fd), what_(what) {}
  void Append(const std::string& line);

  int fd_;
  RecordWhat what_;
  std::atomic<int64_t> next_{1};
  std::atomic<bool> broken_{false};
};

}  // namespace faults::vfs

#endif  // HONKER_FAULTS_VFS_RECORDER_H_
