#include "scenarios/steps.h"

#include <algorithm>

namespace scenarios {

Value Marks(int64_t writer, int64_t seq) {
  return Value::MakeObject({{"marks", Value::MakeObject({{std::to_string(writer), seq}})}});
}

void Commit(Actor& writer, int64_t writer_number, int64_t seq) {
  (void)writer.Try("commit", Value::MakeObject({{"writer", writer_number}, {"seq", seq}}));
}

void CommitAndAwait(Actor& writer, Actor& watcher, int64_t writer_number, int64_t seq) {
  Commit(writer, writer_number, seq);
  watcher.Do("await", Marks(writer_number, seq));
}

void ProveQuiet(Actor& watcher) {
  const Value answer = watcher.Do("quiesce");
  for (const Value& sub : answer["subs"].items()) {
    if (sub["result"].Text() == "limit") {
      throw harness::CellEnd(harness::CellVerdict::kUnknown,
                             watcher.process() + " was not proved quiet: " + sub.Print());
    }
  }
}

void MakeDatabase(Stage& stage, const std::string& path) {
  Actor& maker = stage.Start("maker:1");
  maker.Do("open", Value::MakeObject(
                       {{"path", path}, {"journal", stage.Axis("journal")}, {"create", true}}));
  maker.Do("setup");
  stage.Quit(maker);
}

std::vector<std::string> Statements(const std::string& text) {
  std::vector<std::string> statements;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(";;", begin), text.size());
    statements.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  return statements;
}

}  // namespace scenarios
