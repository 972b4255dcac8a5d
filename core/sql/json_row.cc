#include "core/sql/json_row.h"

#include "core/base/json_writer.h"
#include "core/base/utf8.h"

namespace honker {
namespace {

const char* NameOf(int type) {
  switch (type) {
    case SQLITE_INTEGER:
      return "an INTEGER";
    case SQLITE_FLOAT:
      return "a REAL";
    case SQLITE_TEXT:
      return "TEXT";
    case SQLITE_BLOB:
      return "a BLOB";
    default:
      return "NULL";
  }
}

Error Unreadable(const JsonColumn& column, const std::string& what) {
  return {SQLITE_ERROR, std::string("unreadable: its ") + column.name + " is " + what};
}

}  // namespace

Status AppendJsonRow(std::string& out, Statement& row, std::span<const JsonColumn> columns) {
  JsonObject object(out);
  int index = 0;
  for (const JsonColumn& column : columns) {
    const int type = row.ColumnType(index);
    if (type == SQLITE_NULL && column.null == JsonColumn::kMayBeNull) {
      object.Null(column.name);
    } else if (type == SQLITE_INTEGER && column.type == JsonColumn::kInteger) {
      object.Int(column.name, row.ColumnInt(index));
    } else if (type == SQLITE_TEXT && column.type == JsonColumn::kText) {
      const std::string_view text = row.ColumnText(index);
      if (!IsUtf8(text)) return Unreadable(column, "TEXT that is not valid UTF-8");
      object.Text(column.name, text);
    } else {
      return Unreadable(column, NameOf(type));
    }
    ++index;
  }
  object.Close();
  return Ok();
}

}  // namespace honker
