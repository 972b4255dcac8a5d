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
#include <thread>

#include "harness/base/exit_codes.h"
#include "harness/cli/cell_choice.h"
#include "harness/cli/contenders.h"
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

constexpr int kJobsPerCore = 7;  // cells mostly wait

int Fail(int code, const std::string& message) {
  std::fprintf(stderr, "honker-harness: %s\n", message.c_str());
  return code;
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
              const std::string& scratch, const FileSystems& file_systems, int jobs) {
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
       {"full", options.selection.full},
       {"filters", filters},
       {"axes", axes},
       {"shard",
        std::to_string(options.selection.shard) + "/" + std::to_string(options.selection.shards)},
       {"jobs", jobs},
       {"expect", expect},
       {"databases_in", scratch},
       {"file_system", FileSystemOf(scratch)},
       {"file_systems", file_systems.Json()},
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
  FileSystems file_systems(guardian);
  file_systems.Prepare(cells, scratch, folder + "/ledger.jsonl");
  const Value run = RunJson(options, contenders, scratch, file_systems, jobs);
  if (Status s = Write(folder + "/run.json", run.Print() + "\n"); !s.ok())
    return Fail(kExitSoftware, s.error());
  std::fprintf(stderr,
               "honker-harness: seed %lu, %zu cells, %d at a time\n  SQLite %s (%s)\n"
               "  databases in %s (%s), reports in %s\n",
               static_cast<unsigned long>(options.selection.seed), cells.size(), jobs,
               run["sqlite"]["version"].Text().c_str(), run["sqlite"]["source_id"].Text().c_str(),
               scratch.c_str(), run["file_system"].Text().c_str(), folder.c_str());
  for (const Value::Member& m : run["file_systems"].members())
    std::fprintf(stderr, "  file system %s: %s\n", m.name.c_str(), m.value.Text().c_str());
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
                      .folders = {folder, scratch, options.keep, &file_systems},
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
  file_systems.End();
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

  const Preparation prepared = PrepareContenders(options, ProgramFolder());
  if (Interrupted()) return Fail(kExitInterrupted, "interrupted before the first cell");
  if (prepared.exit_code != 0) return Fail(prepared.exit_code, prepared.error);
  const std::vector<Contender>& contenders = prepared.contenders;

  options.selection.sqlite_version = contenders.front().environment.sqlite.version;
  const bool replay = options.command == "replay";
  Result<std::vector<Cell>> cells = replay
                                        ? CellToReplay(catalogue, options.arguments[0], contenders)
                                        : SelectForAll(catalogue, options.selection, contenders);
  if (!cells.ok()) return Fail(kExitUsage, cells.error());
  if (cells.value().empty())
    return Fail(kExitNothingSelected,
                std::string("nothing is selected: no scenario has all of these axis values") +
                    (options.selection.full ? "" : "; some run with --full only"));
  if (replay) {
    options.selection.seed = cells.value().front().seed;
    options.keep = true;
  }
  return RunCells(options, catalogue, contenders, std::move(cells).value(), guardian);
}

}  // namespace harness
