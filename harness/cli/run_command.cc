#include "harness/cli/run_command.h"

#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "harness/base/exit_codes.h"
#include "harness/base/number.h"
#include "harness/cli/named_path.h"
#include "harness/report/atlas.h"
#include "harness/report/junit.h"
#include "harness/report/progress.h"
#include "harness/report/tables.h"
#include "harness/run/interrupt.h"
#include "harness/run/matrix_runner.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr int kJobsPerCore = 5;  // cells mostly wait

int Fail(int code, const std::string& message) {
  std::fprintf(stderr, "honker-harness: %s\n", message.c_str());
  return code;
}

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

std::string FileSystemOf(const std::string& folder) {
  struct statfs st {};
  if (statfs(folder.c_str(), &st) != 0) return "unknown file system";
  switch (static_cast<unsigned long>(st.f_type)) {
    case 0xEF53:
      return "ext4";
    case 0x01021994:
      return "tmpfs";
    case 0x58465342:
      return "xfs";
    case 0x9123683E:
      return "btrfs";
    case 0x794c7630:
      return "overlay";
    case 0x65735546:
      return "fuse";
    default: {
      char text[40];
      std::snprintf(text, sizeof text, "file system 0x%lx", static_cast<unsigned long>(st.f_type));
      return text;
    }
  }
}

std::string ProgramFolder() { return fs::read_symlink("/proc/self/exe").parent_path().string(); }

// "runs/20261120-221500-71"; a second run in the same second gets a suffix.
Result<std::string> MakeRunFolder(const std::string& out, uint64_t seed) {
  char stamp[32];
  const std::time_t now = std::time(nullptr);
  std::strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", std::localtime(&now));
  std::error_code ec;
  fs::create_directories(out, ec);
  if (ec) return Error{"--out " + out + " cannot be made: " + ec.message()};
  const std::string base =
      fs::absolute(out).lexically_normal().string() + "/" + stamp + "-" + std::to_string(seed);
  std::string folder = base;
  for (int i = 2; !fs::create_directory(folder, ec); ++i) {
    if (ec || i > 100) return Error{folder + " cannot be made: " + ec.message()};
    folder = base + "." + std::to_string(i);
  }
  const fs::path latest = fs::path(out) / "latest";
  fs::remove(latest, ec);
  fs::create_directory_symlink(fs::path(folder).filename(), latest, ec);
  return folder;
}

Value SubjectJson(const SubjectInfo& subject) {
  return Value::MakeObject({{"name", subject.name},
                            {"path", subject.path},
                            {"loads", subject.loads},
                            {"error", subject.error},
                            {"backends", subject.backends}});
}

Value RunJson(const Options& options, const std::vector<Contender>& contenders,
              const std::string& scratch, int jobs) {
  utsname kernel{};
  uname(&kernel);
  Value axes = Value::MakeObject();
  for (const auto& [name, values] : options.selection.axes) {
    Value list = Value::MakeArray();
    for (const std::string& value : values) list.Append(value);
    axes.Set(name, list);
  }
  Value actors = Value::MakeObject();
  for (const auto& [name, actor] : contenders.front().environment.programs)
    actors.Set(name, Value::MakeObject({{"command", actor.Command()}, {"sqlite", actor.sqlite}}));
  Value filters = Value::MakeArray();
  for (const std::string& filter : options.selection.filters) filters.Append(filter);
  Value expect = Value::MakeArray();
  for (const std::string& file : options.expect) expect.Append(file);
  Value subjects = Value::MakeArray();
  for (const Contender& c : contenders) subjects.Append(SubjectJson(c.environment.subject));
  const SqliteInfo& sqlite = contenders.front().environment.sqlite;
  return Value::MakeObject(
      {{"subjects", subjects},
       {"sqlite", Value::MakeObject({{"version", sqlite.version},
                                     {"source_id", sqlite.source_id},
                                     {"given", sqlite.given}})},
       {"actors", actors},
       {"seed", options.selection.seed},
       {"repeat", options.selection.repeat},
       {"quick", options.selection.quick},
       {"filters", filters},
       {"axes", axes},
       {"shard",
        std::to_string(options.selection.shard) + "/" + std::to_string(options.selection.shards)},
       {"jobs", jobs},
       {"expect", expect},
       {"databases_in", scratch},
       {"file_system", FileSystemOf(scratch)},
       {"kernel", std::string(kernel.sysname) + " " + kernel.release + " " + kernel.machine},
       {"cores", static_cast<int64_t>(std::thread::hardware_concurrency())},
       {"uid", static_cast<int64_t>(getuid())}});
}

Status Write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) return Error{"cannot write " + path};
  return Ok();
}

std::vector<std::string> MoreBackends(const SubjectInfo& subject) {
  std::vector<std::string> more;
  for (const Value::Member& m : subject.backends.members()) {
    const bool documented = m.name == "polling" || m.name == "kernel" || m.name == "shm";
    if (!documented && m.value["outcome"].Text() == "opened") more.push_back(m.name);
  }
  return more;
}

// Gives each contender what the files of --expect say of it.
Status ReadExpected(const std::vector<std::string>& files, std::vector<Contender>& contenders) {
  for (const std::string& text : files) {
    const NamedPath file = ParseNamedPath(text);
    const Result<std::vector<Divergence>> read = ReadExpectations(file.path);
    if (!read.ok()) return Error{read.error()};
    bool used = false;
    for (Contender& c : contenders) {
      if (!file.name.empty() && file.name != c.environment.subject.name) continue;
      used = true;
      c.expected.insert(c.expected.end(), read.value().begin(), read.value().end());
    }
    if (!used) return Error{"--expect " + text + ": no subject is called \"" + file.name + "\""};
  }
  return Ok();
}

// Several subjects need names that tell them apart, in cells and in reports: the file's own where
// none was given.
Status NameApart(std::vector<NamedPath>& subjects) {
  std::set<std::string> names;
  for (NamedPath& subject : subjects) {
    if (subject.name.empty()) subject.name = fs::path(subject.path).filename().string();
    const bool plain = subject.name.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "0123456789_.@+-") == std::string::npos;
    if (!plain || !names.insert(subject.name).second) {
      return Error{"--subject " + Print(subject) +
                   (plain ? ": another subject has that name" : ": a name has no blanks or signs") +
                   "; give it one with --subject NAME=LIBRARY"};
    }
  }
  return Ok();
}

// The cells of all contenders, in turns, so that what the machine does meets them alike.
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

int RunCells(const Options& options, const Catalogue& catalogue,
             const std::vector<Contender>& contenders, std::vector<Cell> cells,
             Guardian& guardian) {
  const Result<std::string> run_folder = MakeRunFolder(options.out, options.selection.seed);
  if (!run_folder.ok()) return Fail(kExitUsage, run_folder.error());
  const std::string folder = run_folder.value();
  const std::string scratch =
      (options.dir.empty() ? folder : fs::absolute(options.dir).lexically_normal().string()) +
      "/scratch-" + std::to_string(getpid());
  std::error_code ec;
  fs::create_directories(scratch, ec);
  if (ec)
    return Fail(kExitUsage,
                "--dir " + options.dir + ": databases cannot be made there: " + ec.message());
  guardian.AddFolder(scratch);

  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const int jobs = options.jobs > 0 ? options.jobs : cores * kJobsPerCore;
  const Value run = RunJson(options, contenders, scratch, jobs);
  if (Status s = Write(folder + "/run.json", run.Print() + "\n"); !s.ok())
    return Fail(kExitSoftware, s.error());
  std::fprintf(stderr,
               "honker-harness: seed %lu, %zu cells, %d at a time\n  SQLite %s (%s)\n"
               "  databases in %s (%s), reports in %s\n",
               static_cast<unsigned long>(options.selection.seed), cells.size(), jobs,
               run["sqlite"]["version"].Text().c_str(), run["sqlite"]["source_id"].Text().c_str(),
               scratch.c_str(), run["file_system"].Text().c_str(), folder.c_str());
  for (const auto& [name, actor] : contenders.front().environment.programs) {
    std::fprintf(stderr, "  actor %s: %s, on SQLite %s\n", name.c_str(), actor.Command().c_str(),
                 actor.sqlite["version"].Text().c_str());
  }
  for (const Contender& c : contenders) {
    const SubjectInfo& subject = c.environment.subject;
    std::fprintf(stderr, "  subject %s\n", Print(NamedPath{subject.name, subject.path}).c_str());
    if (subject.error.empty()) continue;
    std::fprintf(stderr, "    %s%s\n",
                 subject.loads ? "" : "it does not load as an extension: ", subject.error.c_str());
  }

  const size_t count = cells.size();
  Progress progress(count);
  const std::string program = ProgramFolder() + "/honker-harness";
  const MatrixJob job{.cells = std::move(cells),
                      .contenders = contenders,
                      .catalogue = catalogue,
                      .folders = {folder, scratch, options.keep},
                      .jobs = jobs,
                      .rerun =
                          [&](const Cell& cell) {
                            return RerunCommand(program, ContenderOf(cell, contenders).environment,
                                                options, cell);
                          },
                      .began = [&](const Cell& cell) { progress.Began(cell); },
                      .ended = [&](const CellResult& result) { progress.Ended(result); }};
  const std::vector<CellResult> results = RunMatrix(job, guardian);
  progress.Finish();

  const bool interrupted = Interrupted();
  const Value atlas = AtlasJson(run, results, !interrupted);
  for (const auto& [name, text] :
       {std::pair{"atlas.json", atlas.Print() + "\n"}, std::pair{"atlas.md", AtlasMarkdown(atlas)},
        std::pair{"junit.xml", AtlasJunit(atlas)}}) {
    if (Status s = Write(folder + "/" + name, text); !s.ok()) return Fail(kExitSoftware, s.error());
  }
  fs::remove(scratch, ec);  // empty unless databases were kept
  guardian.DropFolder(scratch);
  if (interrupted) {
    fs::remove_all(scratch, ec);
    return Fail(kExitInterrupted, "interrupted after " + std::to_string(results.size()) + " of " +
                                      std::to_string(count) + " cells; what was finished is in " +
                                      folder);
  }
  std::fputs(AtlasMarkdown(atlas).c_str(), stdout);
  std::fputs(Summary(atlas, folder).c_str(), stdout);
  return static_cast<int>(atlas["exit_code"].Int());
}

}  // namespace

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

std::string RerunCommand(const std::string& program, const Environment& environment,
                         const Options& options, const Cell& cell) {
  std::string command = Quote(program) + " run " + Quote(std::string(cell.card->name)) +
                        " --subject " +
                        Quote(Print(NamedPath{environment.subject.name, environment.subject.path}));
  if (!environment.sqlite.given.empty()) command += " --sqlite " + Quote(environment.sqlite.given);
  for (const auto& [name, actor] : environment.programs)
    command += " --actor " + Quote(name + "=" + actor.Command());
  for (const auto& [axis, value] : cell.axes) {
    command += axis == "backend" || axis == "journal" ? " --" + axis + " " + Quote(value)
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

int RunCommand(const Options& given, const Catalogue& catalogue) {
  Options options = given;
  if (!options.seed_given) {
    options.selection.seed = static_cast<uint64_t>(
        std::chrono::system_clock::now().time_since_epoch().count() / 1'000'000 % 1'000'000'000);
  }
  if (const std::string& dir = options.dir; !dir.empty() && !fs::is_directory(dir))
    return Fail(kExitUsage, "--dir " + dir + " is no folder");
  Guardian guardian;
  if (Status s = guardian.Start(); !s.ok()) return Fail(kExitSoftware, s.error());
  WatchForInterrupts();

  const std::string here = ProgramFolder();
  Environment environment{.actor = here + "/honker-actor",
                          .tools = fs::path(here).parent_path().string(),
                          .subject = {},
                          .sqlite = {}};
  const std::string cache = environment.tools + "/sqlite-cache";
  Result<SqliteInfo> sqlite = ProbeSqlite(environment.actor, options.sqlite, cache);
  if (Interrupted()) return Fail(kExitInterrupted, "interrupted before the first cell");
  if (!sqlite.ok()) return Fail(kExitUsage, sqlite.error());
  environment.sqlite = std::move(sqlite).value();
  std::vector<NamedPath> subjects;
  for (const std::string& text : options.subjects) subjects.push_back(ParseNamedPath(text));
  if (subjects.empty()) subjects.push_back({"", environment.tools + "/libhonker_ext.so"});
  if (subjects.size() > 1) {
    if (Status s = NameApart(subjects); !s.ok()) return Fail(kExitUsage, s.error());
  }
  for (const std::string& given_actor : options.actors) {
    Result<std::pair<std::string, ActorProgram>> read = ReadActorProgram(given_actor);
    if (!read.ok()) return Fail(kExitUsage, read.error());
    auto& [name, program] = read.value();
    const Status usable =
        ProbeActorProgram(name, environment.sqlite.library_folder, cache, program);
    if (!usable.ok()) return Fail(kExitUnavailable, usable.error());
    environment.programs[name] = std::move(program);
  }
  std::vector<Contender> contenders;
  for (const NamedPath& subject : subjects) {
    Result<SubjectInfo> probed =
        ProbeSubjectLibrary(environment.actor, environment.sqlite, subject.path,
                            cache + "/probe-" + std::to_string(getpid()));
    if (Interrupted()) return Fail(kExitInterrupted, "interrupted before the first cell");
    if (!probed.ok()) return Fail(kExitUsage, probed.error());
    if (!probed.value().crash.empty()) {
      return Fail(kExitBroken, "--subject " + subject.path + ": " + probed.value().crash);
    }
    contenders.push_back({environment});
    contenders.back().environment.subject = std::move(probed).value();
    contenders.back().environment.subject.name = subject.name;
  }
  if (Status s = ReadExpected(options.expect, contenders); !s.ok())
    return Fail(kExitUsage, s.error());

  options.selection.sqlite_version = environment.sqlite.version;
  std::vector<Cell> cells;
  if (options.command == "replay") {
    Result<Cell> cell = CellByName(catalogue, options.arguments[0]);
    if (!cell.ok()) return Fail(kExitUsage, cell.error());
    const std::string& version = cell.value().sqlite_version;
    if (!version.empty() && version != environment.sqlite.version) {
      return Fail(kExitUsage, "the cell ran on SQLite " + version + ", this is " +
                                  environment.sqlite.version + ": name it with --sqlite");
    }
    const std::string& subject = cell.value().subject;
    const auto named = [&](const Contender& c) { return c.environment.subject.name == subject; };
    if (contenders.size() > 1 || !subject.empty()) {
      if (std::ranges::none_of(contenders, named)) {
        return Fail(kExitUsage, "the cell is about the subject \"" + subject +
                                    "\": name it with --subject " + subject + "=LIBRARY");
      }
    }
    options.selection.seed = cell.value().seed;
    options.keep = true;
    cell.value().sqlite_version = environment.sqlite.version;
    cells.push_back(std::move(cell).value());
  } else {
    Result<std::vector<Cell>> selected = SelectForAll(catalogue, options.selection, contenders);
    if (!selected.ok()) return Fail(kExitUsage, selected.error());
    cells = std::move(selected).value();
  }
  if (cells.empty())
    return Fail(kExitNothingSelected,
                "nothing is selected: no scenario has all of these axis values");
  return RunCells(options, catalogue, contenders, std::move(cells), guardian);
}

}  // namespace harness
