// touch: the times of a file change and nothing else. A watcher of file events may wake for it; the
// database has not changed.

#ifndef HONKER_FAULTS_FILE_TOUCH_H_
#define HONKER_FAULTS_FILE_TOUCH_H_

#include <string>

#include "faults/file/identity.h"
#include "faults/result.h"

namespace faults {

// utimensat(2) with the present time on an existing file: unlike touch(1) it creates nothing.
//
// Opens nothing: any process may call it.
[[nodiscard]] Result<SwapOutcome> Touch(const std::string& path);

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_TOUCH_H_
