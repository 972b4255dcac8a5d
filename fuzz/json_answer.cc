#include "fuzz/json_answer.h"

#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

#include "fuzz/finding.h"

namespace honker::fuzz {
namespace {

using Json = nlohmann::json;

bool SqliteTakes(sqlite3* db, const std::string& json) {
  sqlite3_stmt* query = nullptr;
  sqlite3_prepare_v2(db, "SELECT json_valid(?1)", -1, &query, nullptr);
  BindValue(query, 1, json);
  const bool valid = sqlite3_step(query) == SQLITE_ROW && sqlite3_column_int(query, 0) == 1;
  sqlite3_finalize(query);
  return valid;
}

bool IsCompact(const std::string& json) {
  bool inside = false;
  for (size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '"') inside = !inside;
    if (inside && json[i] == '\\') ++i;
    if (!inside && (json[i] == ' ' || json[i] == '\n')) return false;
  }
  return true;
}

SqlValue ValueOf(const Json& json) {
  if (json.is_number_integer()) return json.get<int64_t>();
  if (json.is_string()) return json.get<std::string>();
  return std::monostate{};
}

// Every job of the answer is a row under a claim of this worker that says the same.
void CheckClaim(sqlite3* db, const std::vector<SqlValue>& arguments, const Json& jobs) {
  static constexpr char kSql[] =
      "SELECT 1 FROM _honker_live WHERE id = ?1 AND queue = ?2 AND payload = ?3 AND worker_id = ?4 "
      "AND attempts = ?5 AND claim_expires_at = ?6 AND state = 'processing'";
  static constexpr const char* kNames[] = {"id",        "queue",    "payload",
                                           "worker_id", "attempts", "claim_expires_at"};
  for (const Json& job : jobs) {
    sqlite3_stmt* query = nullptr;
    sqlite3_prepare_v2(db, kSql, -1, &query, nullptr);
    int index = 0;
    for (const char* name : kNames) {
      BindValue(query, ++index, ValueOf(job.value(name, Json())));
    }
    const bool found = sqlite3_step(query) == SQLITE_ROW;
    sqlite3_finalize(query);
    const bool asked = ValueOf(job.value("queue", Json())) == arguments[0] &&
                       ValueOf(job.value("worker_id", Json())) == arguments[1];
    if (!found || !asked) Finding("a claimed job is its row, text intact", job.dump());
  }
}

// The object says what the row says, column by column.
void CheckJob(sqlite3* db, const std::vector<SqlValue>& arguments, const Json& job) {
  static constexpr char kSql[] =
      "SELECT 1 FROM _honker_live WHERE id = ?1 AND queue = ?2 AND payload = ?3 AND state = ?4 "
      "AND priority = ?5 AND run_at = ?6 AND worker_id IS ?7 AND claim_expires_at IS ?8 AND "
      "attempts = ?9 AND max_attempts = ?10 AND created_at = ?11 AND expires_at IS ?12 AND "
      "id = ?13";
  static constexpr const char* kNames[] = {
      "id",       "queue",        "payload",    "state",
      "priority", "run_at",       "worker_id",  "claim_expires_at",
      "attempts", "max_attempts", "created_at", "expires_at"};
  sqlite3_stmt* query = nullptr;
  sqlite3_prepare_v2(db, kSql, -1, &query, nullptr);
  int index = 0;
  for (const char* name : kNames) BindValue(query, ++index, ValueOf(job.value(name, Json())));
  BindValue(query, ++index, arguments[0]);
  const bool found = sqlite3_step(query) == SQLITE_ROW;
  sqlite3_finalize(query);
  if (!found || job.size() != std::size(kNames)) {
    Finding("a job that is looked up is its row", job.dump());
  }
}

}  // namespace

void CheckJson(sqlite3* db, const Promise& promise, const std::vector<SqlValue>& arguments,
               const std::string& json) {
  const Json parsed = Json::parse(json, nullptr, false);
  if (parsed.is_discarded() || !SqliteTakes(db, json)) Finding("JSON parses", json);
  const bool right = promise.answers == Answers::kArray ? parsed.is_array() : parsed.is_object();
  if (!right) Finding("JSON is an array, or an object", json);
  if (!IsCompact(json)) Finding("JSON is compact", json);
  const std::string_view name = promise.name;
  if (name == "honker_claim_batch") CheckClaim(db, arguments, parsed);
  if (name == "honker_get_job") CheckJob(db, arguments, parsed);
}

}  // namespace honker::fuzz
