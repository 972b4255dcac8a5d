// A row as a JSON object, or the reason why it cannot be one.
//
// Columns have an affinity in SQLite, not a type: another program may have left a BLOB or broken
// UTF-8 where there should be text. Such a row is unreadable; it is reported, never handed out
// changed.
#ifndef CORE_SQL_JSON_ROW_H_
#define CORE_SQL_JSON_ROW_H_

#include <span>
#include <string>

#include "core/base/result.h"
#include "core/sql/statement.h"

namespace honker {

struct JsonColumn {
  const char* name;
  enum Type { kInteger, kText } type;
  enum Null { kNeverNull, kMayBeNull } null = kNeverNull;
};

// Appends the row that `row` is on, whose columns are `columns` in that order, to `out`. The error
// names the column and what it holds; `out` is of no use then.
Status AppendJsonRow(std::string& out, Statement& row, std::span<const JsonColumn> columns);

}  // namespace honker

#endif  // CORE_SQL_JSON_ROW_H_
