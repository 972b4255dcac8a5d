#include "harness/matrix/expected.h"

#include <cerrno>
#include <fstream>
#include <sstream>

namespace harness {

bool Matches(const std::string& place, const Cell& cell) {
  std::istringstream words(place);
  std::string scenario;
  words >> scenario;
  if (scenario.ends_with("/*")) {
    if (!cell.card->name.starts_with(scenario.substr(0, scenario.size() - 1))) return false;
  } else if (scenario != cell.card->name) {
    return false;
  }
  for (std::string word; words >> word;) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) return false;
    if (cell.Get(word.substr(0, equals)) != word.substr(equals + 1)) return false;
  }
  return true;
}

const Divergence* FindDivergence(const std::vector<Divergence>& list, const Cell& cell,
                                 std::string_view claim, CellVerdict verdict) {
  const Divergence* first = nullptr;
  for (const Divergence& entry : list) {
    if (entry.claim != claim || !Matches(entry.place, cell)) continue;
    if (entry.verdict == verdict) return &entry;
    if (first == nullptr) first = &entry;
  }
  return first;
}

Result<std::vector<Divergence>> ReadExpectations(const std::string& path) {
  std::ifstream in(path);
  if (!in) return ErrnoError("cannot read expectations " + path, errno);
  std::stringstream text;
  text << in.rdbuf();
  const Result<Value> parsed = Value::Parse(text.str());
  if (!parsed.ok()) return Error{path + ": " + parsed.error()};
  if (!parsed.value().is_array()) return Error{path + ": expectations are a JSON array of objects"};
  std::vector<Divergence> list;
  for (const Value& v : parsed.value().items()) {
    const std::string where = path + ", entry " + std::to_string(list.size() + 1) + ": ";
    const Result<CellVerdict> verdict = ParseCellVerdict(v["verdict"].Text());
    if (!verdict.ok()) return Error{where + verdict.error()};
    const std::string& when = v["when"].Text();
    if (when != "always" && when != "sometimes") {
      return Error{where + "\"when\" is always or sometimes, not \"" + when + "\""};
    }
    for (const char* field : {"cell", "claim", "truth", "reason"}) {
      if (v[field].Text().empty()) return Error{where + "\"" + field + "\" is missing"};
    }
    list.push_back(Divergence{v["cell"].Text(), v["claim"].Text(), verdict.value(),
                              when == "always" ? When::kAlways : When::kSometimes,
                              v["truth"].Text(), v["reason"].Text(), true});
  }
  return list;
}

}  // namespace harness
