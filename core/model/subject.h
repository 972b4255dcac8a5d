// The real thing: a connection with the extension, on a clock that the sequence moves.
#ifndef CORE_MODEL_SUBJECT_H_
#define CORE_MODEL_SUBJECT_H_

#include <functional>
#include <string>

#include "core/model/step.h"
#include "core/model/tables.h"
#include "core/testing/scratch.h"

namespace honker::model {

// A mistake that is made on purpose, to see that it is noticed: after each successful call of
// `function` the SQL is run, or the answer is changed.
struct Damage {
  const char* what = "";
  const char* function = "";
  const char* sql = "";
  std::function<void(nlohmann::json& answer)> answer = {};
};

class Subject {
 public:
  // In memory: what survives a crash is not the matter here.
  explicit Subject(const Damage* damage = nullptr);

  Answer Do(const Step& step, int64_t now);
  Tables Read();

 private:
  Answer Call(const std::string& sql, const Step& step);

  testing::Database db_;
  const Damage* damage_;
};

}  // namespace honker::model

#endif  // CORE_MODEL_SUBJECT_H_
