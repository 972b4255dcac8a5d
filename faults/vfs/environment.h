// What the environment of a process says about its faults, and arming by text.
//
//   FAULT_VFS       faults, separated by ';' or newlines
//   FAULT_LEDGER    file to which every fired fault is appended before it takes effect
//   FAULT_PROCESS   the name of this process: faults for other targets are not armed
//   FAULT_CLOCK     file of the clock that this process shares with others (faults/clock.h)
//   FAULT_RECORD    file to which calls are written down (recording.h), and
//   FAULT_RECORD_WHAT  which: order (default), bytes, calls (recorder.h)
//   FAULT_SEED      of chance (key p), decimal; default 0

#ifndef HONKER_FAULTS_VFS_ENVIRONMENT_H_
#define HONKER_FAULTS_VFS_ENVIRONMENT_H_

#include <string>

#include "faults/result.h"

namespace faults::vfs {

// Arms the faults of a text in TheInterceptor(): all of them, or with an Error none; how many are
// for this process.
[[nodiscard]] Result<int> ArmText(const std::string& text);

// Does what the environment says. Everything is checked first: an Error has changed nothing. Once a
// process.
[[nodiscard]] Status ReadEnvironment();

}  // namespace faults::vfs

#endif  // HONKER_FAULTS_VFS_ENVIRONMENT_H_
