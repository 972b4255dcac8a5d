#include "core/api/json.h"

#include <nlohmann/json.hpp>

#include "core/sql/sqlite_api.h"

namespace honker::api {
namespace {

using Json = nlohmann::json;

// nlohmann::json says by exceptions what does not fit; they end here.
template <typename T, typename Read>
Result<T> Parse(std::string_view text, Read read) {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception& problem) {
    return Error{SQLITE_FORMAT,
                 std::string("a honker function answered what it must not: ") + problem.what()};
  }
}

template <typename T, typename Read>
Result<std::vector<T>> ParseArray(std::string_view text, Read read) {
  return Parse<std::vector<T>>(text, [&](const Json& array) {
    std::vector<T> all;
    for (const Json& element : array.get_ref<const Json::array_t&>()) all.push_back(read(element));
    return all;
  });
}

int64_t Int(const Json& object, const char* name) {
  // Not get<int64_t>() alone, which would take a REAL or a boolean as well.
  return object.at(name).get_ref<const Json::number_integer_t&>();
}

std::optional<int64_t> OptionalInt(const Json& object, const char* name) {
  if (object.at(name).is_null()) return std::nullopt;
  return Int(object, name);
}

std::string Text(const Json& object, const char* name) {
  return object.at(name).get_ref<const std::string&>();
}

std::optional<std::string> OptionalText(const Json& object, const char* name) {
  if (object.at(name).is_null()) return std::nullopt;
  return Text(object, name);
}

}  // namespace

Result<std::vector<ClaimedRow>> ParseClaimed(std::string_view json) {
  return ParseArray<ClaimedRow>(json, [](const Json& row) {
    return ClaimedRow{Int(row, "id"), Text(row, "payload"), Int(row, "attempts"),
                      Int(row, "claim_expires_at")};
  });
}

Result<JobInfo> ParseJob(std::string_view json) {
  return Parse<JobInfo>(json, [](const Json& row) {
    JobInfo job;
    job.id = Int(row, "id");
    job.queue = Text(row, "queue");
    job.payload = Text(row, "payload");
    job.state = Text(row, "state");
    job.priority = Int(row, "priority");
    job.run_at = Int(row, "run_at");
    job.claim_expires_at = OptionalInt(row, "claim_expires_at");
    job.worker_id = OptionalText(row, "worker_id").value_or("");
    job.attempts = Int(row, "attempts");
    job.max_attempts = Int(row, "max_attempts");
    return job;
  });
}

Result<std::vector<Event>> ParseEvents(std::string_view json, const std::string& topic) {
  return ParseArray<Event>(json, [&topic](const Json& row) {
    Event event;
    event.offset = Int(row, "offset");
    event.topic = topic;
    if (row.contains("error")) {
      event.error = Text(row, "error");  // then the others may be null
    } else {
      event.key = OptionalText(row, "key");
      event.payload = Text(row, "payload");
      event.created_at = Int(row, "created_at");
    }
    return event;
  });
}

Result<std::vector<Schedule>> ParseSchedules(std::string_view json) {
  return ParseArray<Schedule>(json, [](const Json& row) {
    Schedule schedule;
    const bool unusable = row.contains("error");
    if (unusable) schedule.error = Text(row, "error");
    // Only then something else may be null.
    const auto text = [&](const char* name) {
      return unusable ? OptionalText(row, name).value_or("") : Text(row, name);
    };
    const auto number = [&](const char* name) {
      return unusable ? OptionalInt(row, name).value_or(0) : Int(row, name);
    };
    schedule.name = text("name");
    schedule.queue = text("queue");
    schedule.expr = text("cron_expr");
    schedule.payload = text("payload");
    schedule.priority = number("priority");
    const std::optional<int64_t> expires_s = OptionalInt(row, "expires_s");
    if (expires_s) schedule.expires = std::chrono::seconds(*expires_s);
    schedule.max_attempts = number("max_attempts");
    schedule.next_fire_at = number("next_fire_at");
    schedule.enabled = row.at("enabled") == true;
    return schedule;
  });
}

Result<std::vector<Fire>> ParseFires(std::string_view json) {
  return ParseArray<Fire>(json, [](const Json& row) {
    Fire fire;
    fire.name = OptionalText(row, "name").value_or("");
    if (row.contains("error")) {
      fire.error = Text(row, "error");  // then the others may be null
    } else {
      fire.queue = Text(row, "queue");
      fire.fire_at = Int(row, "fire_at");
      fire.job_id = Int(row, "job_id");
      if (row.contains("skipped")) fire.skipped = Int(row, "skipped");
    }
    return fire;
  });
}

std::string JsonOf(const std::vector<int64_t>& numbers) { return Json(numbers).dump(); }

}  // namespace honker::api
