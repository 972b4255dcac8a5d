#include "core/model/subject.h"

#include <cstdlib>

#include "core/testing/fixed_clock.h"

namespace honker::model {
namespace {

using Json = nlohmann::json;
using testing::Database;

// One prepared statement; its values as those of a row of the model. Anything unexpected ends the
// test program: the tables hold only what the functions have written.
class Query {
 public:
  Query(sqlite3* db, const std::string& sql) : db_(db) {
    if (sqlite3_prepare_v2(db, sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK) Die();
  }
  ~Query() { sqlite3_finalize(statement_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  sqlite3_stmt* get() { return statement_; }
  bool Row() {
    column_ = 0;
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) Die();
    return code == SQLITE_ROW;
  }
  // The next column of the row.
  int64_t Int() {
    if (sqlite3_column_type(statement_, column_) != SQLITE_INTEGER) Die();
    return sqlite3_column_int64(statement_, column_++);
  }
  std::string Text() {
    if (sqlite3_column_type(statement_, column_) != SQLITE_TEXT) Die();
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column_));
    const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_, column_++));
    return {bytes, size};
  }
  std::optional<int64_t> OptionalInt() {
    return Null() ? std::nullopt : std::optional<int64_t>(Int());
  }
  std::optional<std::string> OptionalText() {
    return Null() ? std::nullopt : std::optional<std::string>(Text());
  }

 private:
  bool Null() {
    if (sqlite3_column_type(statement_, column_) != SQLITE_NULL) return false;
    ++column_;
    return true;
  }
  [[noreturn]] void Die() {
    std::fprintf(stderr, "model test: %s: %s\n", sqlite3_sql(statement_), sqlite3_errmsg(db_));
    std::abort();
  }

  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
  int column_ = 0;
};

// Which argument an error names; the message is a contract (core/sql/arguments.h).
int NamedArgument(const std::string& message) {
  const std::string mark = ": argument ";
  const size_t at = message.find(mark);
  return at == std::string::npos ? Answer::kUnnamed : std::stoi(message.substr(at + mark.size()));
}

void Bind(sqlite3_stmt* statement, const std::vector<Value>& values) {
  for (size_t i = 0; i < values.size(); ++i) {
    const int index = static_cast<int>(i) + 1;
    if (const auto* number = std::get_if<int64_t>(&values[i])) {
      sqlite3_bind_int64(statement, index, *number);
    } else if (const auto* text = std::get_if<std::string>(&values[i])) {
      sqlite3_bind_text(statement, index, text->data(), static_cast<int>(text->size()),
                        SQLITE_STATIC);
    }
  }
}

bool AnswersJson(const std::string& function) {
  return function == "honker_claim_batch" || function == "honker_get_job" ||
         function == "honker_scheduler_tick" || function == "honker_scheduler_list" ||
         function == "honker_stream_read_since";
}

Json ReadAnswer(sqlite3_stmt* statement, const std::string& function) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  switch (sqlite3_column_type(statement, 0)) {
    case SQLITE_NULL:
      return nullptr;
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, 0);
    default:
      break;
  }
  std::string text(bytes, static_cast<size_t>(sqlite3_column_bytes(statement, 0)));
  if (!AnswersJson(function) || text.empty()) return text;
  Json parsed = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return parsed.is_discarded() ? Json("no JSON: " + text) : parsed;
}

std::string CallSql(const Step& step) {
  std::string parameters;
  for (size_t i = 0; i < step.arguments.size(); ++i) parameters += i == 0 ? "?" : ", ?";
  return "SELECT " + step.function + "(" + parameters + ")";
}

}  // namespace

Subject::Subject(const Damage* damage)
    : db_(":memory:", Database::kLoaded, Database::kReadWrite, testing::FixedClockVfs()),
      damage_(damage) {
  db_.Run("SELECT honker_bootstrap(); CREATE TEMP TABLE answers (answer)");
}

Answer Subject::Call(const std::string& sql, const Step& step) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(db_.db(), sql.c_str(), -1, &statement, nullptr);
  Answer answer;
  if (code == SQLITE_OK) {
    Bind(statement, step.arguments);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      answer.value = ReadAnswer(statement, step.function);
    }
  }
  if (code != SQLITE_DONE) {
    answer.value = sqlite3_errmsg(db_.db());
    answer.refused = {NamedArgument(sqlite3_errmsg(db_.db()))};
  }
  sqlite3_finalize(statement);
  return answer;
}

Answer Subject::Do(const Step& step, int64_t now) {
  testing::SetClock(now);
  Answer answer;
  switch (step.kind) {
    case Step::Kind::kCall:
      answer = Call(CallSql(step), step);
      break;
    case Step::Kind::kCallInInsert:
      answer = Call("INSERT INTO answers " + CallSql(step), step);
      if (!answer.refused.empty()) break;
      answer = Call("DELETE FROM answers RETURNING answer", {.function = step.function});
      break;
    case Step::Kind::kWait:
      break;
    case Step::Kind::kRequeue:
      db_.Run(
          "INSERT INTO _honker_live (id, queue, payload, max_attempts) SELECT id, queue, "
          "payload, max_attempts FROM _honker_dead WHERE id = " +
          std::to_string(step.number));
      break;
    default:
      db_.Run(Show(step));
  }
  if (damage_ != nullptr && answer.refused.empty() && step.function == damage_->function) {
    if (damage_->answer) damage_->answer(answer.value);
    db_.Run(damage_->sql);
  }
  return answer;
}

// The key of a row is read before the row: an assignment would evaluate its right side first.
Tables Subject::Read() {
  sqlite3* db = db_.db();
  Tables tables;
  for (Query row(db,
                 "SELECT id, queue, payload, state, priority, run_at, worker_id, claim_expires_at, "
                 "attempts, max_attempts, created_at, expires_at FROM _honker_live");
       row.Row();) {
    Job& job = tables.live[row.Int()];
    job = {row.Text(), row.Text(),         row.Text() == "processing", row.Int(),
           row.Int(),  row.OptionalText(), row.OptionalInt(),          row.Int(),
           row.Int(),  row.Int(),          row.OptionalInt()};
  }
  for (Query row(db,
                 "SELECT id, queue, payload, priority, run_at, attempts, max_attempts, last_error, "
                 "created_at, died_at FROM _honker_dead");
       row.Row();) {
    DeadJob& job = tables.dead[row.Int()];
    job = {row.Text(), row.Text(), row.Int(), row.Int(), row.Int(),
           row.Int(),  row.Text(), row.Int(), row.Int()};
  }
  for (Query row(db, "SELECT name, owner, expires_at FROM _honker_locks"); row.Row();) {
    Lock& lock = tables.locks[row.Text()];
    lock = {row.Text(), row.Int()};
  }
  for (Query row(db, "SELECT name, window_start, count FROM _honker_rate_limits"); row.Row();) {
    const std::pair window{row.Text(), row.Int()};
    tables.windows[window] = row.Int();
  }
  for (Query row(db,
                 "SELECT name, queue, cron_expr, payload, priority, expires_s, next_fire_at, "
                 "enabled, max_attempts FROM _honker_scheduler_tasks");
       row.Row();) {
    Schedule& schedule = tables.schedules[row.Text()];
    schedule = {row.Text(),        row.Text(), row.Text(),     row.Int(),
                row.OptionalInt(), row.Int(),  row.Int() != 0, row.Int()};
  }
  for (Query row(db, "SELECT job_id, value, expires_at FROM _honker_results"); row.Row();) {
    JobResult& result = tables.results[row.Int()];
    result = {row.Text(), row.OptionalInt()};
  }
  for (Query row(db, "SELECT \"offset\", topic, \"key\", payload, created_at FROM _honker_stream");
       row.Row();) {
    Event& event = tables.stream[row.Int()];
    event = {row.Text(), row.OptionalText(), row.Text(), row.Int()};
  }
  for (Query row(db, "SELECT name, topic, \"offset\" FROM _honker_stream_consumers"); row.Row();) {
    const std::pair consumer{row.Text(), row.Text()};
    tables.offsets[consumer] = row.Int();
  }
  for (Query row(db, "SELECT id, channel, payload, created_at FROM _honker_notifications");
       row.Row();) {
    Notification& notification = tables.notifications[row.Int()];
    notification = {row.Text(), row.Text(), row.Int()};
  }
  return tables;
}

}  // namespace honker::model
