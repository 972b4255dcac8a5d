// truncate: a file is cut or grown by a program that is not SQLite. Applied to a -shm that somebody
// has mapped, the next access beyond the new end is a SIGBUS in *that* process.

#ifndef HONKER_FAULTS_FILE_TRUNCATE_H_
#define HONKER_FAULTS_FILE_TRUNCATE_H_

#include <cstdint>
#include <string>

#include "faults/file/identity.h"
#include "faults/result.h"

namespace faults {

// truncate(2) to `size` bytes; a longer file is made shorter, a shorter one grows a hole. The file
// must exist. Same identity afterwards; the sizes are in the outcome.
//
// Opens nothing: any process may call it.
[[nodiscard]] Result<SwapOutcome> Truncate(const std::string& path, int64_t size);

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_TRUNCATE_H_
