// What honker's SQL functions do, written from SPEC.md section 1 as if there were no database:
// maps, and time as a number.
//
// It is meant to be obviously right, so nothing in it is fast. Where SPEC.md leaves something open
// the model does what the heads of core/functions/*.cc promise: a claim buries what has expired and
// claims of n = 0 change nothing, what is due fires by next_fire_at, a schedule that is registered
// again stays paused. What differs without anybody being able to tell is made the same by Visible()
// (tables.h) and Comparable().
//
// Covered: every function but the watchers, cron_next_after and schedules with anything but @every
// (their boundaries have a test of their own). Not covered: a clock that goes back, rows written by
// somebody else (but for a dead job that is put back), limits of SQLite, other connections.
#ifndef CORE_MODEL_MODEL_H_
#define CORE_MODEL_MODEL_H_

#include <string>
#include <vector>

#include "core/model/step.h"
#include "core/model/tables.h"

namespace honker::model {

// What a transaction takes back.
struct State {
  Tables tables;
  std::map<std::pair<std::string, int64_t>, int64_t> window_lengths;  // of tables.windows
  std::vector<std::string> schedules_by_age;
  int64_t last_job = 0;
  int64_t last_event = 0;
  int64_t last_notification = 0;
};

// The arguments of a call, of the types that SPEC.md gives them.
class In {
 public:
  explicit In(const std::vector<Value>& values) : values_(values) {}
  size_t count() const { return values_.size(); }
  const std::string& Text(size_t i) const { return std::get<std::string>(values_[i]); }
  int64_t Int(size_t i) const { return std::get<int64_t>(values_[i]); }
  std::optional<int64_t> OptionalInt(size_t i) const {
    return IsNull(i) ? std::nullopt : std::optional(Int(i));
  }
  std::optional<std::string> OptionalText(size_t i) const {
    return IsNull(i) ? std::nullopt : std::optional(Text(i));
  }

 private:
  bool IsNull(size_t i) const { return std::holds_alternative<std::monostate>(values_[i]); }
  const std::vector<Value>& values_;
};

using Rule = Answer (*)(State& state, int64_t now, const In& in);
using Rules = std::map<std::string, Rule>;
const Rules& QueueRules();     // queue_rules.cc
const Rules& ScheduleRules();  // schedule_rules.cc
const Rules& KeeperRules();    // keeper_rules.cc: locks, limits, results
const Rules& LogRules();       // log_rules.cc: streams, notifications

// What the rules share.
inline Answer Refuse(std::set<int> arguments) { return {std::move(arguments), nullptr}; }
inline Answer Gives(nlohmann::json value) { return {{}, std::move(value)}; }
// Nothing where the sum leaves 64 bits.
std::optional<int64_t> Sum(int64_t a, int64_t b);

class Model {
 public:
  static constexpr int64_t kStart = 1'800'000'000;

  int64_t now() const { return now_; }
  bool in_transaction() const { return !saved_.empty(); }
  size_t savepoints() const { return saved_.empty() ? 0 : saved_.size() - 1; }
  const Tables& tables() const { return state_.tables; }

  // False for what an application would not do: COMMIT without BEGIN, and the like.
  bool Allows(const Step& step) const;
  Answer Do(const Step& step);

 private:
  Answer Call(const Step& step);
  void Requeue(int64_t id);

  int64_t now_ = kStart;
  State state_;
  std::vector<State> saved_;  // the state at BEGIN, then at each SAVEPOINT
};

// An answer as far as it is promised: that of honker_queue_next_claim_at() for a job that is due
// already may be any moment that has passed, and a job whose claim has ended may be shown as
// pending.
Answer Comparable(const Step& step, Answer answer, int64_t now);

}  // namespace honker::model

#endif  // CORE_MODEL_MODEL_H_
