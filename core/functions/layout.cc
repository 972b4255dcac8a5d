// honker_bootstrap() -> 1
//
// Creates every table and index that is missing and adds columns that an older file lacks, all or
// nothing. Without effect, and without a write lock, where nothing is missing. Any number of
// processes may call it on one fresh file at the same moment: with a busy timeout on their
// connections all succeed. Inside a statement that writes, or a trigger, it is refused.
#include "core/sql/layout.h"

#include "core/fault_points.h"
#include "core/functions/families.h"
#include "core/sql/function.h"

namespace honker {
namespace {

Result<Answer> Bootstrap(Call& call) {
  Status status = BringUpToDate(call.db, Part::kEverything);
  if (!status.ok() && !HONKER_MUTANT("bootstrap_says_one")) return status.error();
  return Answer{int64_t{1}};
}

constexpr Function kFunctions[] = {
    {"honker_bootstrap", Bootstrap, {}},
};

}  // namespace

Status RegisterLayoutFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
