#include "fuzz/sql_call_input.h"

#include <iterator>

#include "core/testing/fixed_clock.h"

namespace honker::fuzz {

using testing::kNow;

namespace {

constexpr Shape kShapes[] = {
    {"SELECT %s", true},
    {"INSERT INTO app(v) SELECT %s RETURNING v", false},
    {"UPDATE app SET v = %s WHERE id = 1 RETURNING v", false},
    {"INSERT INTO app(v) VALUES (0) RETURNING %s", false},
    {"SELECT %s FROM app", true},
};

constexpr Transaction kTransactions[] = {
    {nullptr, nullptr, true},
    {"BEGIN", "ROLLBACK", false},
    {"BEGIN IMMEDIATE", "COMMIT", true},
    {"SAVEPOINT s", "ROLLBACK TO s; RELEASE s", false},
};

// Seconds to add to kNow; the last one is in the year 9949.
constexpr int64_t kClocks[] = {0, 1, 60, -kNow, 250'000'000'000};

// Nothing of that name exists, so no thread starts and nothing of the machine is opened.
void PointNowhere(SqlValue& path) {
  auto* text = std::get_if<std::string>(&path);
  if (text != nullptr && !text->empty() && *text != ":memory:") {
    text->insert(0, "/nonexistent/honker/");
  }
}

std::string InShape(const Shape& shape, const std::string& call) {
  std::string sql = shape.sql;
  return sql.replace(sql.find("%s"), 2, call);
}

std::string List(const std::vector<std::string>& parts) {
  std::string list;
  for (const std::string& part : parts) list += (list.empty() ? "" : ", ") + part;
  return "(" + list + ")";
}

const char* Name(Trouble trouble) {
  switch (trouble) {
    case Trouble::kInterrupt:
      return "interrupt";
    case Trouble::kFull:
      return "full";
    case Trouble::kTooBig:
      return "too big";
    default:
      return "none";
  }
}

}  // namespace

bool Input::RefusesTypes() const {
  if (function->promise == nullptr) return false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!Accepts(function->promise->takes[i], arguments[i])) return true;
  }
  return false;
}

const Function& ChooseFunction(const std::vector<Function>& functions, const std::string& line) {
  uint32_t hash = 0;
  for (const char c : line) hash = hash * 31 + static_cast<uint8_t>(c);
  for (const Function& function : functions) {
    if (line == function.name + "/" + std::to_string(function.arguments)) return function;
  }
  return functions[hash % functions.size()];
}

Input DecodeInput(const std::vector<Function>& functions, Bytes bytes) {
  Input input{};
  input.function = &ChooseFunction(functions, bytes.Line());
  input.shape = kShapes[bytes.Choice(std::size(kShapes))];
  input.transaction = kTransactions[bytes.Choice(std::size(kTransactions))];
  input.world = bytes.Choice(2) == 0 ? World::Kind::kLived : World::Kind::kLoaded;
  input.now = kNow + kClocks[bytes.Choice(std::size(kClocks))];
  input.trouble = static_cast<Trouble>(bytes.Choice(static_cast<unsigned>(Trouble::kCount)));
  input.amount = bytes.Byte();

  std::vector<std::string> parameters;
  std::vector<std::string> literals;
  for (int i = 0; i < input.function->arguments; ++i) {
    SqlValue value = DecodeValue(bytes);
    if (i == 0 && input.function->name == "honker_update_watcher_open") PointNowhere(value);
    parameters.push_back("?" + std::to_string(i + 1));
    literals.push_back(Describe(value));
    input.arguments.push_back(std::move(value));
  }
  input.sql = InShape(input.shape, input.function->name + List(parameters));
  input.text = InShape(input.shape, input.function->name + List(literals)) +
               "; transaction: " + (input.transaction.begin ? input.transaction.begin : "none") +
               (input.world == World::Kind::kLived ? "" : "; not bootstrapped") +
               "; now: " + std::to_string(input.now) + "; trouble: " + Name(input.trouble) + " " +
               std::to_string(input.amount);
  return input;
}

const char* LimitsOfInputs() {
  return "honker_update_watcher_open is called with paths that do not exist only: a thread for "
         "every input, and files of the machine, are not for a fuzzer; so no handle is open and "
         "honker_update_watcher_wait cannot block";
}

}  // namespace honker::fuzz
