// Schedules of the form @every <n>s, and what a tick makes of them.
#include <algorithm>

#include "core/model/model.h"

namespace honker::model {
namespace {

using Json = nlohmann::json;

constexpr int64_t kDefaultMaxAttempts = 3;
constexpr int64_t kMostFiresACall = 64;
constexpr int64_t kMostCounted = 1'000'000;

// Nothing where the expression is none.
std::optional<int64_t> Period(const std::string& expr) {
  const std::string prefix = "@every ";
  if (expr.rfind(prefix, 0) != 0 || expr.back() != 's') return std::nullopt;
  const int64_t seconds = std::stoll(expr.substr(prefix.size()));
  return seconds >= 1 ? std::optional(seconds) : std::nullopt;
}

Schedule* Find(State& state, const std::string& name) {
  const auto found = state.tables.schedules.find(name);
  return found == state.tables.schedules.end() ? nullptr : &found->second;
}

Answer Register(State& state, int64_t now, const In& in) {
  const auto period = Period(in.Text(2));
  const int64_t max_attempts = in.count() > 6 ? in.Int(6) : kDefaultMaxAttempts;
  std::set<int> bad;
  if (!period) bad.insert(3);
  if (!Sum(now, in.OptionalInt(5).value_or(0))) bad.insert(6);
  if (max_attempts < 1) bad.insert(7);
  if (!bad.empty()) return Refuse(bad);
  const Schedule* old = Find(state, in.Text(0));
  Schedule schedule{.queue = in.Text(1),
                    .expr = in.Text(2),
                    .payload = in.Text(3),
                    .priority = in.Int(4),
                    .expires_s = in.OptionalInt(5),
                    .next_fire_at = now + *period,
                    .max_attempts = max_attempts};
  if (old == nullptr) {
    state.schedules_by_age.push_back(in.Text(0));
  } else {
    schedule.enabled = old->enabled;
    if (old->expr == schedule.expr) schedule.next_fire_at = old->next_fire_at;
  }
  state.tables.schedules[in.Text(0)] = schedule;
  return Gives(1);
}

Answer Unregister(State& state, int64_t, const In& in) {
  std::erase(state.schedules_by_age, in.Text(0));
  return Gives(static_cast<int>(state.tables.schedules.erase(in.Text(0))));
}

Answer Enable(State& state, const std::string& name, bool enabled) {
  Schedule* schedule = Find(state, name);
  if (schedule == nullptr) return Gives(0);
  schedule->enabled = enabled;
  return Gives(1);
}

Answer Pause(State& state, int64_t, const In& in) { return Enable(state, in.Text(0), false); }
Answer Resume(State& state, int64_t, const In& in) { return Enable(state, in.Text(0), true); }

Answer Update(State& state, int64_t now, const In& in) {
  const auto expr = in.OptionalText(1);
  const bool touch_expires = in.Int(5) == 1;
  const auto max_attempts = in.count() > 6 ? in.OptionalInt(6) : std::nullopt;
  const bool touch_max = in.count() > 6 && in.Int(7) == 1;
  std::set<int> bad;
  if (expr && !Period(*expr)) bad.insert(2);
  if (!Sum(now, in.OptionalInt(4).value_or(0))) bad.insert(5);
  if (in.Int(5) < 0 || in.Int(5) > 1) bad.insert(6);
  if (max_attempts && *max_attempts < 1) bad.insert(7);
  if (in.count() > 6 && (in.Int(7) < 0 || in.Int(7) > 1)) bad.insert(8);
  if (!bad.empty()) return Refuse(bad);

  Schedule* schedule = Find(state, in.Text(0));
  if (schedule == nullptr) return Gives(0);
  if (expr && *expr != schedule->expr) {
    schedule->expr = *expr;
    schedule->next_fire_at = now + *Period(*expr);
  }
  schedule->payload = in.OptionalText(2).value_or(schedule->payload);
  schedule->priority = in.OptionalInt(3).value_or(schedule->priority);
  if (in.OptionalInt(4) || touch_expires) schedule->expires_s = in.OptionalInt(4);
  if (max_attempts || touch_max) {
    schedule->max_attempts = max_attempts.value_or(kDefaultMaxAttempts);
  }
  return Gives(1);
}

// Fires of one schedule up to `now`, appended to `fires`.
void Fire(State& state, int64_t now, const std::string& name, Json& fires) {
  Schedule& schedule = state.tables.schedules.at(name);
  const int64_t period = *Period(schedule.expr);
  for (int64_t fired = 0; schedule.next_fire_at <= now; ++fired) {
    if (fired < kMostFiresACall) {
      Job job{.queue = schedule.queue,
              .payload = schedule.payload,
              .priority = schedule.priority,
              .run_at = schedule.next_fire_at,
              .max_attempts = schedule.max_attempts,
              .created_at = now};
      if (schedule.expires_s) job.expires_at = now + *schedule.expires_s;
      state.tables.live[++state.last_job] = job;
      fires.push_back({{"name", name},
                       {"queue", schedule.queue},
                       {"fire_at", schedule.next_fire_at},
                       {"job_id", state.last_job}});
    } else {
      Json& skipped = fires.back()["skipped"];
      skipped = skipped.is_null() ? 1 : std::min<int64_t>(skipped.get<int64_t>() + 1, kMostCounted);
    }
    schedule.next_fire_at += period;
  }
}

// In the order of next_fire_at, then of age.
Answer Tick(State& state, int64_t, const In& in) {
  const int64_t now = in.Int(0);
  std::vector<std::string> due;
  for (const std::string& name : state.schedules_by_age) {
    const Schedule& schedule = state.tables.schedules.at(name);
    if (schedule.enabled && schedule.next_fire_at <= now) due.push_back(name);
  }
  std::stable_sort(due.begin(), due.end(), [&](const std::string& a, const std::string& b) {
    return state.tables.schedules.at(a).next_fire_at < state.tables.schedules.at(b).next_fire_at;
  });
  Json fires = Json::array();
  for (const std::string& name : due) Fire(state, now, name, fires);
  return Gives(fires);
}

Answer Soonest(State& state, int64_t, const In&) {
  std::optional<int64_t> soonest;
  for (const auto& [name, schedule] : state.tables.schedules) {
    if (!schedule.enabled) continue;
    soonest = std::min(soonest.value_or(schedule.next_fire_at), schedule.next_fire_at);
  }
  return Gives(soonest.value_or(0));
}

Answer List(State& state, int64_t, const In&) {
  Json list = Json::array();
  for (const auto& [name, schedule] : state.tables.schedules) {
    list.push_back({{"name", name},
                    {"queue", schedule.queue},
                    {"cron_expr", schedule.expr},
                    {"payload", schedule.payload},
                    {"priority", schedule.priority},
                    {"expires_s", schedule.expires_s ? Json(*schedule.expires_s) : Json()},
                    {"next_fire_at", schedule.next_fire_at},
                    {"enabled", schedule.enabled},
                    {"max_attempts", schedule.max_attempts}});
  }
  return Gives(list);
}

}  // namespace

const Rules& ScheduleRules() {
  static const auto& rules = *new Rules{
      {"honker_scheduler_register", Register}, {"honker_scheduler_unregister", Unregister},
      {"honker_scheduler_pause", Pause},       {"honker_scheduler_resume", Resume},
      {"honker_scheduler_update", Update},     {"honker_scheduler_tick", Tick},
      {"honker_scheduler_soonest", Soonest},   {"honker_scheduler_list", List},
  };
  return rules;
}

}  // namespace honker::model
