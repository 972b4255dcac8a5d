// Bodies of planted bugs that take more than a condition (see core/fault_points.h). In the real
// library they are declared, never called and not there.
#ifndef CORE_FUNCTIONS_PLANTED_BUGS_H_
#define CORE_FUNCTIONS_PLANTED_BUGS_H_

#include <string_view>

#include "core/sql/function.h"
#include "core/sql/statement.h"

namespace honker::planted {

// Answers the first column of the row that the INSERT returns, and does not step it to its end:
// nothing checkpoints the WAL then.
Result<Answer> FirstRow(Statement& insert);

// Offsets from a block of a thousand that the connection took for itself: they do not rise in the
// order of the commits of several.
Result<Answer> PublishFromBlock(sqlite3* db, std::string_view topic, std::string_view payload);

}  // namespace honker::planted

#endif  // CORE_FUNCTIONS_PLANTED_BUGS_H_
