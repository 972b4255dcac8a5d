#include "core/watcher/change_counter.h"

#include "core/fault_points.h"
#include "core/watcher/own_connection.h"

namespace honker {

Result<bool> ChangeCounter::TakeBaseline(StampSource& source) {
  Result<ConfirmedStamp> confirmed = source.Confirm();
  if (confirmed.ok()) {
    baseline_ = confirmed.value();
    return true;
  }
  // A lock of somebody else, or a journal that the next writer rolls back.
  const int code = confirmed.error().code;
  if (IsBusy(code) || code == SQLITE_READONLY_ROLLBACK) return false;
  return confirmed.error();
}

Look ChangeCounter::Check(const DatabaseStamp& seen, StampSource& source) {
  if (baseline_ && seen == baseline_->stamp) return {};
  if (HONKER_MUTANT("trust_seen_counter") && baseline_) baseline_->stamp = seen;
  const Result<ConfirmedStamp> confirmed = source.Confirm();
  if (!confirmed.ok()) {
    if (IsBusy(confirmed.error().code)) return Look::Busy();
    if (confirmed.error().code == SQLITE_READONLY_ROLLBACK) {
      return {Look::kBusy, confirmed.error().message};
    }
    return Look::Trouble(confirmed.error().message);
  }
  const bool changed = !baseline_ || confirmed.value().data_version != baseline_->data_version;
  baseline_ = confirmed.value();
  return changed ? Look::Changed() : Look{};
}

}  // namespace honker
