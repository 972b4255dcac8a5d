#include "harness/cli/cell_choice.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "harness/base/number.h"
#include "harness/cli/named_path.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

std::string Quote(const std::string& word) {
  if (!word.empty() &&
      word.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=,:+-") ==
          std::string::npos)
    return word;
  std::string quoted = "'";
  for (char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// What the subject offers beyond what is documented.
std::vector<std::string> MoreBackends(const SubjectInfo& subject) {
  std::vector<std::string> more;
  for (const Value::Member& m : subject.backends.members()) {
    if (!IsDocumentedBackend(m.name) && m.value["outcome"].Text() == "opened")
      more.push_back(m.name);
  }
  return more;
}

}  // namespace

Result<std::vector<Cell>> SelectForAll(const Catalogue& catalogue, Selection selection,
                                       const std::vector<Contender>& contenders) {
  for (const Contender& c : contenders) {
    for (const std::string& backend : MoreBackends(c.environment.subject)) {
      if (std::ranges::find(selection.more_backends, backend) == selection.more_backends.end())
        selection.more_backends.push_back(backend);
    }
  }
  Result<std::vector<Cell>> selected = Select(catalogue.cards, selection);
  if (!selected.ok() || contenders.size() == 1) return selected;
  std::vector<Cell> cells;
  for (const Cell& cell : selected.value()) {
    for (const Contender& c : contenders) {
      const SubjectInfo& subject = c.environment.subject;
      const std::string& backend = cell.Get("backend");
      const std::vector<std::string> own = MoreBackends(subject);
      const bool others =
          std::ranges::find(selection.more_backends, backend) != selection.more_backends.end() &&
          std::ranges::find(own, backend) == own.end();
      if (others) continue;
      cells.push_back(cell);
      cells.back().subject = subject.name;
    }
  }
  return cells;
}

Result<Cell> CellByName(const Catalogue& catalogue, const std::string& name) {
  std::istringstream words(name);
  std::string scenario;
  words >> scenario;
  Selection selection;
  std::string subject;
  selection.filters = {scenario};
  for (std::string word; words >> word;) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) return Error{"\"" + word + "\" is not AXIS=VALUE"};
    const std::string axis = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    if (axis == "seed") {
      if (!ReadNumber(value, selection.seed))
        return Error{"seed=" + value + " is no decimal number below 2^63"};
    } else if (axis == "sqlite") {
      selection.sqlite_version = value;
    } else if (axis == "subject") {
      subject = value;
    } else {
      selection.axes[axis] = {value};
      if (axis == "backend") selection.more_backends = {value};
    }
  }
  std::vector<const Card*> cards;
  std::vector<std::string> names;
  for (const Card* card : catalogue.cards) {
    names.emplace_back(card->name);
    if (card->name == scenario) cards.push_back(card);
  }
  if (cards.empty())
    return Error{"there is no scenario \"" + scenario + "\"; the nearest is \"" +
                 Nearest(scenario, names) + "\""};
  Result<std::vector<Cell>> cells = Select(cards, selection);
  if (!cells.ok()) return Error{cells.error()};
  if (cells.value().size() != 1)
    return Error{"\"" + name + "\" names " + std::to_string(cells.value().size()) +
                 " cells; name every axis"};
  cells.value()[0].subject = subject;
  return std::move(cells.value()[0]);
}

Result<std::vector<Cell>> CellToReplay(const Catalogue& catalogue, const std::string& name,
                                       const std::vector<Contender>& contenders) {
  Result<Cell> cell = CellByName(catalogue, name);
  if (!cell.ok()) return Error{cell.error()};
  const std::string& here = contenders.front().environment.sqlite.version;
  const std::string& version = cell.value().sqlite_version;
  if (!version.empty() && version != here) {
    return Error{"the cell ran on SQLite " + version + ", this is " + here +
                 ": name it with --sqlite"};
  }
  const std::string& subject = cell.value().subject;
  const auto named = [&](const Contender& c) { return c.environment.subject.name == subject; };
  if ((contenders.size() > 1 || !subject.empty()) && std::ranges::none_of(contenders, named)) {
    return Error{"the cell is about the subject \"" + subject + "\": name it with --subject " +
                 subject + "=LIBRARY"};
  }
  cell.value().sqlite_version = here;
  return std::vector<Cell>{std::move(cell).value()};
}

std::string RerunCommand(const std::string& program, const Environment& environment,
                         const Options& options, const Cell& cell) {
  std::string command = Quote(program) + " run " + Quote(std::string(cell.card->name)) +
                        " --subject " +
                        Quote(Print(NamedPath{environment.subject.name, environment.subject.path}));
  if (!environment.sqlite.given.empty()) command += " --sqlite " + Quote(environment.sqlite.given);
  for (const auto& [name, actor] : environment.programs)
    command += " --actor " + Quote(name + "=" + actor.Command());
  for (const auto& [axis, value] : cell.axes) {
    command += axis == "backend" || axis == "journal" || axis == "fs"
                   ? " --" + axis + " " + Quote(value)
                   : " --axis " + Quote(axis + "=" + value);
  }
  command += " --seed " + std::to_string(cell.seed);
  if (!options.dir.empty())
    command += " --dir " + Quote(fs::absolute(options.dir).lexically_normal().string());
  for (const std::string& text : options.expect) {
    NamedPath file = ParseNamedPath(text);
    if (!file.name.empty() && file.name != environment.subject.name) continue;
    file.path = fs::absolute(file.path).lexically_normal().string();
    command += " --expect " + Quote(Print(file));
  }
  return command + " --keep";
}

}  // namespace harness
