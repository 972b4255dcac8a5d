#include "harness/cli/cli.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/base/exit_codes.h"
#include "harness/cli/cell_choice.h"
#include "harness/cli/faults_command.h"
#include "harness/cli/options.h"
#include "harness/cli/run_command.h"
#include "harness/cli/sweep_command.h"
#include "harness/report/atlas.h"
#include "harness/report/tables.h"

namespace harness {
namespace {

int List(const Catalogue& catalogue) {
  for (const Card* card : catalogue.cards) {
    std::string line(card->name);
    line.resize(std::max<size_t>(line.size() + 1, 40), ' ');
    for (std::string_view claim : card->claims) line += std::string(claim) + " ";
    for (const Axis& axis : card->axes)
      line += " " + axis.name + "(" + std::to_string(axis.All().size()) + ")";
    std::puts(line.c_str());
  }
  return 0;
}

int Show(const Catalogue& catalogue, const std::string& name) {
  std::vector<std::string> names;
  for (const Card* card : catalogue.cards) {
    names.emplace_back(card->name);
    if (card->name != name) continue;
    const auto print = [](const char* field, std::string_view text) {
      std::printf("%-12s %.*s\n", field, static_cast<int>(text.size()), text.data());
    };
    print("name", card->name);
    for (std::string_view id : card->claims) {
      const Claim* claim = FindClaim(catalogue.claims, id);
      print("claim", std::string(id) + ": " + std::string(claim ? claim->text : ""));
    }
    print("situation", card->situation);
    print("expectation", card->expectation);
    for (const Axis& axis : card->axes) {
      std::string values;
      for (const std::string& value : axis.values) values += value + " ";
      if (!axis.full.empty()) values += "| with --full: ";
      for (const std::string& value : axis.full) values += value + " ";
      print("axis", axis.name + ": " + values);
    }
    for (const Role& role : card->roles)
      print("role", std::string(role.process) + ": " + std::string(role.does));
    for (std::string_view fault : card->faults) print("fault", fault);
    for (const CardOracle& oracle : card->oracles)
      print("oracle", std::string(oracle.oracle.name) + " judges " + std::string(oracle.claim));
    print("evidence", card->evidence);
    print("limits", card->limits);
    return 0;
  }
  std::fprintf(stderr, "honker-harness: there is no scenario \"%s\"; the nearest is \"%s\"\n",
               name.c_str(), Nearest(name, names).c_str());
  return kExitUsage;
}

// Prints a run's atlas; judges again the cells whose histories were kept, and says where the
// oracles of today say otherwise.
int Report(const Catalogue& catalogue, const std::string& folder) {
  std::ifstream in(folder + "/atlas.json");
  if (!in) {
    std::fprintf(
        stderr,
        "honker-harness: %s/atlas.json cannot be read: is this the folder of a finished run?\n",
        folder.c_str());
    return kExitUsage;
  }
  std::stringstream text;
  text << in.rdbuf();
  const Result<Value> atlas = Value::Parse(text.str());
  if (!atlas.ok() || atlas.value()["schema_version"].Int() != kAtlasSchemaVersion) {
    std::fprintf(stderr, "honker-harness: %s/atlas.json is no atlas of schema version %d\n",
                 folder.c_str(), kAtlasSchemaVersion);
    return kExitUsage;
  }
  std::fputs(AtlasMarkdown(atlas.value()).c_str(), stdout);
  int judged = 0;
  int differ = 0;
  for (const Value& v : atlas.value()["cells"].items()) {
    const Result<Cell> cell = CellByName(catalogue, v["cell"].Text());
    if (!cell.ok()) continue;
    const std::string history_folder = folder + "/cells/" + cell.value().Folder() + "/history";
    if (!std::filesystem::exists(history_folder) || v["judgements"].items().empty() ||
        v["judgements"].items()[0]["oracle"].Text().empty()) {
      continue;
    }
    const Result<History> history = History::Load(history_folder);
    if (!history.ok()) {
      std::fprintf(stderr, "honker-harness: %s\n", history.error().c_str());
      return kExitSoftware;
    }
    const std::vector<Judgement> again = Judge(cell.value(), history.value(), catalogue, {});
    ++judged;
    for (size_t i = 0; i < again.size() && i < v["judgements"].items().size(); ++i) {
      const std::string before = v["judgements"].items()[i]["verdict"].Text();
      if (before == ToString(again[i].verdict)) continue;
      ++differ;
      std::printf("judged otherwise now: %s: %s was %s, is %s: %s\n", v["cell"].Text().c_str(),
                  again[i].claim.c_str(), before.c_str(),
                  std::string(ToString(again[i].verdict)).c_str(), again[i].detail.reason.c_str());
    }
  }
  std::printf("\n%d kept histories were judged again, %d verdicts differ\n", judged, differ);
  return static_cast<int>(atlas.value()["exit_code"].Int());
}

}  // namespace

int HarnessMain(int argc, char** argv, const Catalogue& catalogue) {
  for (const Card* card : catalogue.cards) {
    Status valid = ValidateCard(*card);
    if (!valid.ok()) {
      std::fprintf(stderr, "honker-harness: %s\n", valid.error().c_str());
      return kExitSoftware;
    }
  }
  const ParsedOptions parsed = ParseOptions(argc, argv);
  if (parsed.exit_code >= 0) return parsed.exit_code;
  const Options& options = parsed.options;
  if (options.command == "list") return List(catalogue);
  if (options.command == "show") return Show(catalogue, options.arguments[0]);
  if (options.command == "faults") return FaultsCommand(options);
  if (options.command == "report") return Report(catalogue, options.arguments[0]);
  if (options.command == "sweep") {
    const Result<Options> run = SweepAsRun(options, catalogue);
    if (run.ok()) return RunCommand(run.value(), catalogue);
    std::fprintf(stderr, "honker-harness: %s\n", run.error().c_str());
    return kExitUsage;
  }
  return RunCommand(options, catalogue);
}

}  // namespace harness
