#include "fuzz/promises.h"

#include <cstring>

#include "core/base/utf8.h"
#include "fuzz/finding.h"
#include "fuzz/json_answer.h"

namespace honker::fuzz {
namespace {

using enum Answers;

constexpr Promise kPromises[] = {
    {"honker_bootstrap", "", kOne},
    {"notify", "tt", kId, false,
     "SELECT 1 FROM _honker_notifications WHERE id = ?20 AND channel = ?1 AND payload = ?2"},
    {"honker_enqueue", "ttIIiiI", kId, false,
     "SELECT 1 FROM _honker_live WHERE id = ?20 AND queue = ?1 AND payload = ?2 "
     "AND state = 'pending' AND attempts = 0 AND priority = ?5 AND max_attempts = ?6"},
    {"honker_claim_batch", "ttii", kArray},
    {"honker_ack", "it", kBool},
    {"honker_ack_batch", "tt", kCount},
    {"honker_retry", "itit", kBool},
    {"honker_fail", "itt", kBool},
    {"honker_heartbeat", "iti", kBool},
    {"honker_cancel", "i", kBool},
    {"honker_get_job", "i", kObjectOrEmpty, true},
    {"honker_queue_next_claim_at", "t", kCount, true},
    {"honker_sweep_expired", "t", kCount},
    {"honker_lock_acquire", "tti", kBool},
    {"honker_lock_renew", "tti", kBool},
    {"honker_lock_release", "tt", kBool},
    {"honker_rate_limit_try", "tii", kBool},
    {"honker_rate_limit_sweep", "i", kCount},
    {"honker_scheduler_register", "ttttiI", kOne},
    {"honker_scheduler_register", "ttttiIi", kOne},
    {"honker_scheduler_unregister", "t", kBool},
    {"honker_scheduler_pause", "t", kBool},
    {"honker_scheduler_resume", "t", kBool},
    {"honker_scheduler_update", "tTTIIi", kBool},
    {"honker_scheduler_update", "tTTIIiIi", kBool},
    {"honker_scheduler_tick", "i", kArray},
    {"honker_scheduler_soonest", "", kInteger, true},
    {"honker_scheduler_list", "", kArray, true},
    {"honker_cron_next_after", "ti", kInteger, true},
    {"honker_result_save", "iti", kOne, false,
     "SELECT 1 FROM _honker_results WHERE job_id = ?1 AND value = ?2"},
    {"honker_result_get", "i", kTextOrNull, true},
    {"honker_result_sweep", "", kCount},
    {"honker_stream_publish", "tTt", kId, false,
     "SELECT 1 FROM _honker_stream WHERE offset = ?20 AND topic = ?1 AND key IS ?2 "
     "AND payload = ?3"},
    {"honker_stream_read_since", "tii", kArray, true},
    {"honker_stream_save_offset", "tti", kBool},
    {"honker_stream_get_offset", "tt", kInteger, true},
    {"honker_update_watcher_open", "tT", kId},
    {"honker_update_watcher_open", "tTI", kId},
    {"honker_update_watcher_wait", "ii", kWait, true},
    {"honker_update_watcher_close", "i", kOne, true},
};

bool IsOfKind(Answers kind, const SqlValue& answer) {
  const auto* number = std::get_if<int64_t>(&answer);
  const auto* text = std::get_if<std::string>(&answer);
  const bool null = std::holds_alternative<std::monostate>(answer);
  switch (kind) {
    case kAnything:
      return number != nullptr || text != nullptr || null;
    case kOne:
      return number != nullptr && *number == 1;
    case kBool:
      return number != nullptr && (*number == 0 || *number == 1);
    case kWait:
      return number != nullptr && *number >= -1 && *number <= 1;
    case kInteger:
      return number != nullptr;
    case kCount:
      return number != nullptr && *number >= 0;
    case kId:
      return number != nullptr && *number >= 1;
    case kArray:
    case kObjectOrEmpty:
      return text != nullptr;
    case kTextOrNull:
      return text != nullptr || null;
  }
  return false;
}

bool FindsRow(sqlite3* db, const char* sql, const std::vector<SqlValue>& arguments,
              const SqlValue& answer) {
  sqlite3_stmt* query = nullptr;
  sqlite3_prepare_v2(db, sql, -1, &query, nullptr);
  Require(query != nullptr, std::string(sql) + ": " + sqlite3_errmsg(db));
  const int parameters = sqlite3_bind_parameter_count(query);
  for (size_t i = 0; i < arguments.size() && static_cast<int>(i) < parameters; ++i) {
    BindValue(query, static_cast<int>(i) + 1, arguments[i]);
  }
  if (parameters >= 20) BindValue(query, 20, answer);
  const bool found = sqlite3_step(query) == SQLITE_ROW;
  sqlite3_finalize(query);
  return found;
}

}  // namespace

const Promise* PromiseOf(const std::string& name, int arguments) {
  for (const Promise& promise : kPromises) {
    if (name == promise.name && arguments == static_cast<int>(std::strlen(promise.takes))) {
      return &promise;
    }
  }
  return nullptr;
}

void CheckAnswer(sqlite3* db, const Promise* promise, const std::vector<SqlValue>& arguments,
                 const SqlValue& answer) {
  const Answers kind = promise == nullptr ? kAnything : promise->answers;
  if (!IsOfKind(kind, answer)) Finding("the answer is what is promised", Describe(answer));
  if (const auto* text = std::get_if<std::string>(&answer); text != nullptr && !IsUtf8(*text)) {
    Finding("text is valid UTF-8", Describe(answer));
  }
  if (promise == nullptr) return;
  if (kind == kArray || (kind == kObjectOrEmpty && answer != SqlValue(std::string()))) {
    CheckJson(db, *promise, arguments, std::get<std::string>(answer));
  }
  if (promise->kept != nullptr && !FindsRow(db, promise->kept, arguments, answer)) {
    Finding("what was stored is what was given",
            "the answer " + Describe(answer) + " finds no row");
  }
}

}  // namespace honker::fuzz
