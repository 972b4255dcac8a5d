#include "core/model/tables.h"

#include <nlohmann/json.hpp>

namespace honker::model {
namespace {

using Json = nlohmann::json;

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json Show(const Job& job) {
  return {job.queue,
          job.payload,
          job.processing ? "processing" : "pending",
          job.priority,
          job.run_at,
          OrNull(job.worker),
          job.attempts,
          job.max_attempts,
          OrNull(job.claim_expires_at),
          job.created_at,
          OrNull(job.expires_at)};
}
Json Show(const DeadJob& job) {
  return {job.queue,        job.payload,    job.priority,   job.run_at, job.attempts,
          job.max_attempts, job.last_error, job.created_at, job.died_at};
}
Json Show(const Lock& lock) { return {lock.owner, lock.expires_at}; }
Json Show(const Schedule& schedule) {
  return {schedule.queue,
          schedule.expr,
          schedule.payload,
          schedule.priority,
          OrNull(schedule.expires_s),
          schedule.next_fire_at,
          schedule.enabled,
          schedule.max_attempts};
}
Json Show(const JobResult& result) { return {result.value, OrNull(result.expires_at)}; }
Json Show(const Event& event) {
  return {event.topic, OrNull(event.key), event.payload, event.created_at};
}
Json Show(const Notification& notification) {
  return {notification.channel, notification.payload, notification.created_at};
}
Json Show(int64_t number) { return number; }
Json Show(const std::string& text) { return text; }
template <typename A, typename B>
Json Show(const std::pair<A, B>& pair) {
  return {pair.first, pair.second};
}

template <typename Map>
void Compare(const char* table, const Map& expected, const Map& found, std::string& out) {
  if (expected == found) return;
  const auto rows = [](const Map& map) {
    std::string text;
    for (const auto& [key, row] : map) {
      text += "\n    " + Show(key).dump() + ": " + Show(row).dump();
    }
    return text.empty() ? "\n    (empty)" : text;
  };
  out += std::string(table) + "\n  expected" + rows(expected) + "\n  found" + rows(found) + "\n";
}

}  // namespace

Tables Visible(Tables tables, int64_t now) {
  for (auto& [id, job] : tables.live) {
    if (!job.processing || *job.claim_expires_at >= now) continue;
    job.processing = false;
    job.worker.reset();
    job.claim_expires_at.reset();
  }
  std::erase_if(tables.locks, [now](const auto& lock) { return lock.second.expires_at <= now; });
  return tables;
}

std::string Difference(const Tables& expected, const Tables& found) {
  std::string out;
  Compare("_honker_live", expected.live, found.live, out);
  Compare("_honker_dead", expected.dead, found.dead, out);
  Compare("_honker_locks", expected.locks, found.locks, out);
  Compare("_honker_rate_limits", expected.windows, found.windows, out);
  Compare("_honker_scheduler_tasks", expected.schedules, found.schedules, out);
  Compare("_honker_results", expected.results, found.results, out);
  Compare("_honker_stream", expected.stream, found.stream, out);
  Compare("_honker_stream_consumers", expected.offsets, found.offsets, out);
  Compare("_honker_notifications", expected.notifications, found.notifications, out);
  return out;
}

}  // namespace honker::model
