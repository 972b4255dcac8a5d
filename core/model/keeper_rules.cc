// What is kept for a time: locks, windows of rate limits, results.
#include "core/model/model.h"

namespace honker::model {
namespace {

// The lock where somebody holds it now, else nullptr.
Lock* Held(State& state, int64_t now, const std::string& name) {
  const auto lock = state.tables.locks.find(name);
  if (lock == state.tables.locks.end() || lock->second.expires_at <= now) return nullptr;
  return &lock->second;
}

Answer LockAcquire(State& state, int64_t now, const In& in) {
  const auto until = Sum(now, in.Int(2));
  if (in.Int(2) <= 0 || !until) return Refuse({3});
  const Lock* held = Held(state, now, in.Text(0));
  if (held != nullptr) return Gives(held->owner == in.Text(1) ? 1 : 0);
  state.tables.locks[in.Text(0)] = {in.Text(1), *until};
  return Gives(1);
}

Answer LockRenew(State& state, int64_t now, const In& in) {
  const auto until = Sum(now, in.Int(2));
  if (in.Int(2) <= 0 || !until) return Refuse({3});
  Lock* held = Held(state, now, in.Text(0));
  if (held == nullptr || held->owner != in.Text(1)) return Gives(0);
  held->expires_at = *until;
  return Gives(1);
}

Answer LockRelease(State& state, int64_t now, const In& in) {
  const Lock* held = Held(state, now, in.Text(0));
  if (held == nullptr || held->owner != in.Text(1)) return Gives(0);
  state.tables.locks.erase(in.Text(0));
  return Gives(1);
}

Answer RateLimitTry(State& state, int64_t now, const In& in) {
  const int64_t limit = in.Int(1);
  const int64_t per = in.Int(2);
  std::set<int> bad;
  if (limit <= 0) bad.insert(2);
  if (per <= 0) bad.insert(3);
  if (!bad.empty()) return Refuse(bad);
  const std::pair window(in.Text(0), now / per * per);
  const auto found = state.tables.windows.find(window);
  const int64_t count = found == state.tables.windows.end() ? 0 : found->second;
  if (count >= limit) return Gives(0);
  state.tables.windows[window] = count + 1;
  // Windows of several lengths may begin together: then the longest says when it is over.
  int64_t& length = state.window_lengths[window];
  length = std::max(length, per);
  return Gives(1);
}

Answer RateLimitSweep(State& state, int64_t now, const In& in) {
  if (in.Int(0) < 0) return Refuse({1});
  const auto swept = std::erase_if(state.tables.windows, [&](const auto& row) {
    const int64_t start = row.first.second;
    const auto end = Sum(start, state.window_lengths.at(row.first));
    return start < now - in.Int(0) && end && *end <= now;
  });
  std::erase_if(state.window_lengths,
                [&](const auto& row) { return state.tables.windows.count(row.first) == 0; });
  return Gives(swept);
}

Answer ResultSave(State& state, int64_t now, const In& in) {
  JobResult result{in.Text(1), std::nullopt};
  if (in.Int(2) > 0) {
    result.expires_at = Sum(now, in.Int(2));
    if (!result.expires_at) return Refuse({3});
  }
  state.tables.results[in.Int(0)] = result;
  return Gives(1);
}

bool Gone(const JobResult& result, int64_t now) {
  return result.expires_at && *result.expires_at <= now;
}

Answer ResultGet(State& state, int64_t now, const In& in) {
  const auto result = state.tables.results.find(in.Int(0));
  if (result == state.tables.results.end() || Gone(result->second, now)) return Gives(nullptr);
  return Gives(result->second.value);
}

Answer ResultSweep(State& state, int64_t now, const In&) {
  return Gives(std::erase_if(state.tables.results,
                             [now](const auto& row) { return Gone(row.second, now); }));
}

}  // namespace

const Rules& KeeperRules() {
  static const auto& rules = *new Rules{
      {"honker_lock_acquire", LockAcquire},
      {"honker_lock_renew", LockRenew},
      {"honker_lock_release", LockRelease},
      {"honker_rate_limit_try", RateLimitTry},
      {"honker_rate_limit_sweep", RateLimitSweep},
      {"honker_result_save", ResultSave},
      {"honker_result_get", ResultGet},
      {"honker_result_sweep", ResultSweep},
  };
  return rules;
}

}  // namespace honker::model
