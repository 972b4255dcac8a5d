// The schedules' calls. Running them is in leader.cc.
#include "honker/scheduler.h"

#include <utility>

#include "core/api/json.h"
#include "core/api/session.h"

namespace honker {
namespace {

using api::Session;

template <typename T>
void BindOptional(Statement& call, int index, const std::optional<T>& value) {
  if (value) {
    call.Bind(index, *value);
  } else {
    call.BindNull(index);
  }
}

void BindSeconds(Statement& call, int index, const std::optional<std::chrono::seconds>& value) {
  BindOptional(call, index, value ? std::optional<int64_t>(value->count()) : std::nullopt);
}

}  // namespace

Status Scheduler::Register(const Schedule& schedule) {
  Statement call(session_->db(), "SELECT honker_scheduler_register(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  call.Bind(1, schedule.name).Bind(2, schedule.queue).Bind(3, schedule.expr);
  call.Bind(4, schedule.payload).Bind(5, schedule.priority).Bind(7, schedule.max_attempts);
  BindSeconds(call, 6, schedule.expires);
  return call.Run();
}

Result<bool> Scheduler::Unregister(std::string_view name) {
  Statement call(session_->db(), "SELECT honker_scheduler_unregister(?1)");
  return Session::IsOne(call.Bind(1, name));
}

Result<bool> Scheduler::Pause(std::string_view name) {
  Statement call(session_->db(), "SELECT honker_scheduler_pause(?1)");
  return Session::IsOne(call.Bind(1, name));
}

Result<bool> Scheduler::Resume(std::string_view name) {
  Statement call(session_->db(), "SELECT honker_scheduler_resume(?1)");
  return Session::IsOne(call.Bind(1, name));
}

Result<bool> Scheduler::Update(std::string_view name, const ScheduleChange& change) {
  Statement call(session_->db(), "SELECT honker_scheduler_update(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  call.Bind(1, name);
  BindOptional<std::string_view>(call, 2, change.expr);
  BindOptional<std::string_view>(call, 3, change.payload);
  BindOptional(call, 4, change.priority);
  BindSeconds(call, 5, change.expires.value_or(std::nullopt));
  call.Bind(6, int64_t{change.expires.has_value()});
  BindOptional(call, 7, change.max_attempts.value_or(std::nullopt));
  call.Bind(8, int64_t{change.max_attempts.has_value()});
  return Session::IsOne(call);
}

Result<std::vector<Schedule>> Scheduler::List() {
  Statement call(session_->db(), "SELECT honker_scheduler_list()");
  const Result<std::string> json = Session::Text(call);
  if (!json.ok()) return json.error();
  return api::ParseSchedules(json.value());
}

Result<std::optional<int64_t>> Scheduler::Soonest() {
  Statement call(session_->db(), "SELECT honker_scheduler_soonest()");
  const Result<int64_t> moment = Session::Int(call);
  if (!moment.ok()) return moment.error();
  if (moment.value() == 0) return std::optional<int64_t>();
  return std::optional<int64_t>(moment.value());
}

Result<std::vector<Fire>> Scheduler::Tick(std::chrono::sys_seconds now) {
  Statement call(session_->db(), "SELECT honker_scheduler_tick(?1)");
  const Result<std::string> json =
      Session::Text(call.Bind(1, int64_t{now.time_since_epoch().count()}));
  if (!json.ok()) return json.error();
  return api::ParseFires(json.value());
}

}  // namespace honker
