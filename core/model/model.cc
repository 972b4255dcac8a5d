#include "core/model/model.h"

namespace honker::model {

std::optional<int64_t> Sum(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

bool Model::Allows(const Step& step) const {
  switch (step.kind) {
    case Step::Kind::kBegin:
      return !in_transaction();
    case Step::Kind::kCommit:
    case Step::Kind::kRollback:
    case Step::Kind::kSavepoint:
      return in_transaction();
    case Step::Kind::kRollbackTo:
    case Step::Kind::kRelease:
      return savepoints() > 0;
    case Step::Kind::kRequeue:
      return tables().dead.count(step.number) == 1 && tables().live.count(step.number) == 0;
    default:
      return true;
  }
}

Answer Model::Do(const Step& step) {
  switch (step.kind) {
    case Step::Kind::kCall:
    case Step::Kind::kCallInInsert:
      return Call(step);
    case Step::Kind::kWait:
      now_ += step.number;
      break;
    case Step::Kind::kBegin:
    case Step::Kind::kSavepoint:
      saved_.push_back(state_);
      break;
    case Step::Kind::kCommit:
      saved_.clear();
      break;
    case Step::Kind::kRollback:
      state_ = saved_.front();
      saved_.clear();
      break;
    case Step::Kind::kRollbackTo:
      state_ = saved_.back();
      saved_.pop_back();
      break;
    case Step::Kind::kRelease:
      saved_.pop_back();
      break;
    case Step::Kind::kRequeue:
      Requeue(step.number);
      break;
  }
  return Gives(nullptr);
}

Answer Model::Call(const Step& step) {
  for (const auto& rules : {QueueRules(), ScheduleRules(), KeeperRules(), LogRules()}) {
    const auto rule = rules.find(step.function);
    if (rule == rules.end()) continue;
    State before = state_;
    Answer answer = rule->second(state_, now_, In(step.arguments));
    if (!answer.refused.empty()) state_ = std::move(before);
    return answer;
  }
  return {{Answer::kUnnamed}, "no such function: " + step.function};
}

void Model::Requeue(int64_t id) {
  const DeadJob& dead = state_.tables.dead.at(id);
  state_.tables.live[id] = {.queue = dead.queue,
                            .payload = dead.payload,
                            .run_at = now_,
                            .max_attempts = dead.max_attempts,
                            .created_at = now_};
}

Answer Comparable(const Step& step, Answer answer, int64_t now) {
  if (!answer.refused.empty()) return answer;
  nlohmann::json& value = answer.value;
  if (step.function == "honker_queue_next_claim_at") {
    if (value != 0 && value <= now) value = "a moment that has passed";
  } else if (step.function == "honker_get_job" && value.is_object() &&
             value["state"] == "processing" && value["claim_expires_at"] < now) {
    value["state"] = "pending";
    value["worker_id"] = value["claim_expires_at"] = nullptr;
  }
  return answer;
}

}  // namespace honker::model
