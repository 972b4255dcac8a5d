// honker_stream_publish(topic, key, payload) -> offset
//
// Appends one event. Offsets rise over all topics together and are never used again, whatever is
// deleted. Only one transaction writes at a time, so they rise in the order of the commits, and a
// reader that follows them misses nothing. A NULL key is none. One INSERT: atomic in every context
// by itself.
//
// honker_stream_read_since(topic, offset, limit) -> JSON array of events
//
// The first `limit` events of the topic behind `offset`, ascending:
// [{"offset":1,"topic":"t","key":null,"payload":"p","created_at":1700000000}]. limit 0 gives [],
// a negative one is an error. Fewer come back where the answer would be longer than SQLite allows a
// text to be. Reads only.
//
// A row that JSON cannot carry (a BLOB, invalid UTF-8, or longer than a text may be: written by
// hand or by another program) comes with null for what cannot be read, and a sentence as "error".
// So it is not passed over in silence, and a reader that saves the offset gets beyond it.
//
// honker_stream_save_offset(consumer, topic, offset) -> 1 or 0
//
// Remembers how far a consumer has come. It never goes back: 0, and nothing is changed, when the
// offset is not greater than the saved one. A negative offset is an error. One statement. A saved
// value that is no integer (somebody else's) is replaced.
//
// honker_stream_get_offset(consumer, topic) -> offset
//
// What was saved; 0 when nothing was. A saved value that is no integer is an error: read as 0, it
// would deliver everything again. Reads only.
#include "core/base/json_writer.h"
#include "core/base/utf8.h"
#include "core/fault_points.h"
#include "core/functions/families.h"
#include "core/functions/planted_bugs.h"
#include "core/sites.h"
#include "core/sql/function.h"
#include "core/sql/insert.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

constexpr char kPublish[] = R"sql(
  INSERT INTO main._honker_stream (topic, key, payload, created_at)
  VALUES (?1, ?2, ?3, unixepoch())
)sql";

constexpr char kReadSince[] = R"sql(
  SELECT "offset", key, payload, created_at FROM main._honker_stream
  WHERE topic = ?1 AND "offset" > ?2
  ORDER BY "offset" LIMIT ?3
)sql";

constexpr char kSaveOffset[] = R"sql(
  INSERT INTO main._honker_stream_consumers (name, topic, "offset") VALUES (?1, ?2, ?3)
  ON CONFLICT (name, topic) DO UPDATE SET "offset" = excluded."offset"
  WHERE excluded."offset" > _honker_stream_consumers."offset"
     OR typeof(_honker_stream_consumers."offset") <> 'integer'
)sql";

// A planted bug.
constexpr char kSaveFirstOffset[] = R"sql(
  INSERT OR IGNORE INTO main._honker_stream_consumers (name, topic, "offset") VALUES (?1, ?2, ?3)
)sql";

constexpr char kGetOffset[] = R"sql(
  SELECT "offset" FROM main._honker_stream_consumers WHERE name = ?1 AND topic = ?2
)sql";

Result<Answer> Publish(Call& call) {
  const std::string_view topic = call.arguments.Text(0);
  const std::optional<std::string_view> key = call.arguments.OptionalText(1);
  const std::string_view payload = call.arguments.Text(2);
  if (!call.arguments.ok()) return call.arguments.error();

  if (HONKER_MUTANT("offset_from_block") && sqlite3_get_autocommit(call.db) != 0) {
    return planted::PublishFromBlock(call.db, topic, payload);
  }
  Statement insert(call.db, kPublish);
  insert.Bind(1, topic).Bind(3, payload);
  if (key) {
    insert.Bind(2, *key);
  } else {
    insert.BindNull(2);
  }
  Result<Answer> offset = InsertedId(call.db, insert);
  if (offset.ok()) HONKER_MOMENT("publish.committed");
  return offset;
}

bool IsReadable(Statement& row, int column) {
  return row.ColumnType(column) == SQLITE_TEXT && IsUtf8(row.ColumnText(column));
}

// The row as JSON. What cannot be read is null; what would not fit is left out where `shortened`.
std::string Event(Statement& row, std::string_view topic, bool shortened) {
  const char* error = nullptr;
  std::string event;
  JsonObject object(event);
  object.Int("offset", row.ColumnInt(0)).Text("topic", topic);
  if (row.ColumnType(1) == SQLITE_NULL || shortened || !IsReadable(row, 1)) {
    if (row.ColumnType(1) != SQLITE_NULL) error = "unreadable: the key is not text of valid UTF-8";
    object.Null("key");
  } else {
    object.Text("key", row.ColumnText(1));
  }
  if (shortened || !IsReadable(row, 2)) {
    error = "unreadable: the payload is not text of valid UTF-8";
    object.Null("payload");
  } else {
    object.Text("payload", row.ColumnText(2));
  }
  if (row.ColumnType(3) == SQLITE_INTEGER) {
    object.Int("created_at", row.ColumnInt(3));
  } else {
    error = "unreadable: created_at is not an integer";
    object.Null("created_at");
  }
  if (shortened) {
    error = "unreadable: as JSON the event is longer than SQLite allows a text to be";
  }
  if (error != nullptr) object.Text("error", error);
  object.Close();
  return event;
}

Result<Answer> ReadSince(Call& call) {
  const std::string_view topic = call.arguments.Text(0);
  const int64_t offset = call.arguments.Int(1);
  const int64_t limit = call.arguments.Int(2);
  if (!call.arguments.ok()) return call.arguments.error();
  if (limit < 0) return call.arguments.Complaint(2, "must not be negative");

  const auto longest = static_cast<size_t>(sqlite3_limit(call.db, SQLITE_LIMIT_LENGTH, -1));
  Statement events(call.db, kReadSince);
  events.Bind(1, topic).Bind(2, offset).Bind(3, limit);
  std::string answer = "[";
  for (;;) {
    Result<bool> row = events.Step();
    if (!row.ok()) return row.error();
    if (!row.value()) break;
    std::string event = Event(events, topic, false);
    if (event.size() + 2 > longest) event = Event(events, topic, true);
    if (answer.size() > 1 && answer.size() + event.size() + 2 > longest) break;
    if (answer.size() > 1) answer += ',';
    answer += event;
  }
  answer += ']';
  return Answer{std::move(answer)};
}

Result<Answer> SaveOffset(Call& call) {
  const std::string_view consumer = call.arguments.Text(0);
  const std::string_view topic = call.arguments.Text(1);
  const int64_t offset = call.arguments.Int(2);
  if (!call.arguments.ok()) return call.arguments.error();
  if (offset < 0) return call.arguments.Complaint(2, "must not be negative");

  Statement save(call.db, HONKER_MUTANT("first_offset_stays") ? kSaveFirstOffset : kSaveOffset);
  save.Bind(1, consumer).Bind(2, topic).Bind(3, offset);
  return ChangedRows(call.db, save);
}

Result<Answer> GetOffset(Call& call) {
  const std::string_view consumer = call.arguments.Text(0);
  const std::string_view topic = call.arguments.Text(1);
  if (!call.arguments.ok()) return call.arguments.error();

  Statement saved(call.db, kGetOffset);
  saved.Bind(1, consumer).Bind(2, topic);
  Result<bool> row = saved.Step();
  if (!row.ok()) return row.error();
  if (!row.value()) return Answer{int64_t{0}};
  if (saved.ColumnType(0) != SQLITE_INTEGER) {
    return Error{SQLITE_ERROR,
                 "unreadable: the saved offset is not an integer (honker_stream_save_offset "
                 "replaces it)"};
  }
  return Answer{saved.ColumnInt(0)};
}

constexpr Function kFunctions[] = {
    {"honker_stream_publish", Publish, {"topic", "key", "payload"}},
    {"honker_stream_read_since", ReadSince, {"topic", "offset", "limit"}},
    {"honker_stream_save_offset", SaveOffset, {"consumer", "topic", "offset"}},
    {"honker_stream_get_offset", GetOffset, {"consumer", "topic"}},
};

}  // namespace

Status RegisterStreamFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
