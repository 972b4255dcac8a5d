#include "core/model/step.h"

#include <ostream>

namespace honker::model {
namespace {

std::string Show(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) {
    return nlohmann::json(*text).dump();  // escapes and all: NUL and quotes stay visible
  }
  return "NULL";
}

std::string ShowCall(const Step& step) {
  std::string out = step.function + "(";
  for (const Value& argument : step.arguments) {
    if (&argument != &step.arguments.front()) out += ", ";
    out += Show(argument);
  }
  return out + ")";
}

}  // namespace

std::string Show(const Step& step) {
  switch (step.kind) {
    case Step::Kind::kCall:
      return "SELECT " + ShowCall(step);
    case Step::Kind::kCallInInsert:
      return "INSERT INTO answers SELECT " + ShowCall(step);
    case Step::Kind::kWait:
      return "wait " + std::to_string(step.number) + " s";
    case Step::Kind::kBegin:
      return "BEGIN";
    case Step::Kind::kCommit:
      return "COMMIT";
    case Step::Kind::kRollback:
      return "ROLLBACK";
    case Step::Kind::kSavepoint:
      return "SAVEPOINT s";
    case Step::Kind::kRollbackTo:
      return "ROLLBACK TO s; RELEASE s";
    case Step::Kind::kRelease:
      return "RELEASE s";
    case Step::Kind::kRequeue:
      return "put the dead job " + std::to_string(step.number) + " back";
  }
  return "";
}

bool Agree(const Answer& expected, const Answer& found) {
  if (expected.refused.empty()) return found.refused.empty() && expected.value == found.value;
  return found.refused.size() == 1 && expected.refused.count(*found.refused.begin()) == 1;
}

std::ostream& operator<<(std::ostream& out, const Answer& answer) {
  if (answer.refused.empty()) return out << answer.value;
  return out << "an error (arguments " << nlohmann::json(answer.refused) << ") " << answer.value;
}

}  // namespace honker::model
