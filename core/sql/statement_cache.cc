#include "core/sql/statement_cache.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace honker {
namespace {

constexpr char kWitness[] = "SELECT ?1";
constexpr char kNamesTheTable[] = "SELECT 1 FROM _honker_statements";

}  // namespace

int StatementCache::Take(std::string_view sql, PreparedList& taken) {
  if (!place_.is_image()) {
    if (!place_.Stayed(db_)) {
      Drop();
      place_.Note(db_);
    }
    if (!witnessed_) ForgetFinalized();
    const auto same = [sql](const PreparedStatement& one) { return one.sql == sql; };
    const auto found = std::find_if(idle_.begin(), idle_.end(), same);
    if (found != idle_.end()) {
      taken.splice(taken.begin(), idle_, found);
      return SQLITE_OK;
    }
  }
  taken.push_front({std::string(sql), nullptr});  // first: this may throw
  PreparedStatement& prepared = taken.front();
  return sqlite3_prepare_v3(db_, prepared.sql.data(), static_cast<int>(prepared.sql.size()),
                            SQLITE_PREPARE_PERSISTENT, &prepared.handle, nullptr);
}

void StatementCache::GiveBack(PreparedList taken) {
  sqlite3_stmt* handle = taken.front().handle;
  if (handle == nullptr) return;
  sqlite3_reset(handle);
  if (place_.is_image() || !ClosingIsNoticed() || !WitnessIsThere()) {
    sqlite3_finalize(handle);
    return;
  }
  sqlite3_clear_bindings(handle);  // they point into what the caller frees now
  idle_.splice(idle_.begin(), taken);
  if (idle_.size() <= kMost) return;
  sqlite3_finalize(idle_.back().handle);
  idle_.pop_back();
}

void StatementCache::Drop() {
  connected_ = false;
  if (!witnessed_) ForgetFinalized();
  for (const PreparedStatement& one : idle_) sqlite3_finalize(one.handle);
  idle_.clear();
  sqlite3_finalize(std::exchange(witness_, nullptr));
}

// SQLite connects a table when a statement that names it is prepared.
bool StatementCache::ClosingIsNoticed() {
  if (connected_) return true;
  sqlite3_stmt* names_it = nullptr;
  (void)sqlite3_prepare_v2(db_, kNamesTheTable, -1, &names_it, nullptr);
  sqlite3_finalize(names_it);
  return connected_;
}

bool StatementCache::WitnessIsThere() {
  if (witnessed_) return true;
  ForgetFinalized();
  if (witness_ == nullptr) {
    sqlite3_prepare_v3(db_, kWitness, -1, SQLITE_PREPARE_PERSISTENT, &witness_, nullptr);
  }
  const auto gone = [](void* cache) { static_cast<StatementCache*>(cache)->witnessed_ = false; };
  witnessed_ =
      witness_ != nullptr && sqlite3_bind_pointer(witness_, 1, this, "honker", gone) == SQLITE_OK;
  return witnessed_;
}

void StatementCache::ForgetFinalized() {
  idle_.remove_if(
      [this](const PreparedStatement& one) { return !IsAlive(one.handle, one.sql.c_str()); });
  if (!IsAlive(witness_, kWitness)) witness_ = nullptr;
}

// The SQL is compared as well: another statement may lie at the address by now.
bool StatementCache::IsAlive(const sqlite3_stmt* handle, const char* sql) const {
  for (sqlite3_stmt* one = nullptr; (one = sqlite3_next_stmt(db_, one)) != nullptr;) {
    if (one == handle) return std::strcmp(sqlite3_sql(one), sql) == 0;
  }
  return false;
}

}  // namespace honker
