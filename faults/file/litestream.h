// Where Litestream is: on the PATH, or where ci/fetch-litestream keeps what it has built.

#ifndef HONKER_FAULTS_FILE_LITESTREAM_H_
#define HONKER_FAULTS_FILE_LITESTREAM_H_

#include <string>

#include "faults/result.h"

namespace faults {

// The full path: a folder of $PATH, else the highest version below
// ${XDG_CACHE_HOME:-~/.cache}/honker-harness/tools/. An Error says how to get it. Runs nothing.
[[nodiscard]] Result<std::string> FindLitestream();

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_LITESTREAM_H_
