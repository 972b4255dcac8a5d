#include "harness/cli/faults_command.h"

#include <fnmatch.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "faults/catalogue.h"
#include "faults/fault.h"
#include "harness/base/exit_codes.h"
#include "harness/cli/contenders.h"
#include "harness/cli/sites_layer.h"
#include "harness/matrix/selection.h"

namespace harness {
namespace {

using Words = std::vector<std::string>;
using Layers = std::vector<faults::Layer>;

bool Selects(const std::string& word, std::string_view name) {
  return fnmatch(word.c_str(), std::string(name).c_str(), 0) == 0;
}

bool Selected(const Words& words, std::string_view name) {
  return words.empty() || std::any_of(words.begin(), words.end(),
                                      [&](const auto& word) { return Selects(word, name); });
}

Value Texts(const std::vector<std::string_view>& texts) {
  Value list = Value::MakeArray();
  for (const auto text : texts) list.Append(std::string(text));
  return list;
}

Value KindJson(const faults::FaultKind& kind, const Layers& all) {
  Value layers = Value::MakeArray();
  for (const faults::Layer* layer : faults::LayersOf(kind.name, all)) {
    layers.Append(std::string(layer->name));
  }
  return Value::MakeObject({{"kind", kind.name},
                            {"what", kind.summary},
                            {"keys", Texts(kind.keys)},
                            {"must_say_once_or_always", kind.must_say_lasting},
                            {"layers", layers}});
}

Value SiteJson(const faults::SiteEntry& site) {
  Value allowed = Value::MakeObject();
  for (const auto& outcome : site.outcomes) allowed.Set(outcome.kind, outcome.allowed);
  return Value::MakeObject({{"site", site.name}, {"allowed", allowed}});
}

// Every word that a user may have meant.
std::vector<std::string> Names(const Layers& layers) {
  std::vector<std::string> names;
  for (const auto& kind : faults::AllFaultKinds()) names.emplace_back(kind.name);
  for (const auto& layer : layers) {
    names.emplace_back(layer.name);
    for (const auto& site : layer.sites) names.push_back(site.name);
  }
  return names;
}

// A site is listed where a word selects it or its layer; one kind alone selects the sites where
// that kind can happen.
bool ListsSite(const Words& words, const faults::Layer& layer, const faults::SiteEntry& site) {
  if (Selected(words, site.name) || Selected(words, layer.name)) return true;
  return std::any_of(site.outcomes.begin(), site.outcomes.end(),
                     [&](const auto& outcome) { return Selected(words, outcome.kind); });
}

std::string Join(const Value& list) {
  std::string text;
  for (const Value& item : list.items()) text += (text.empty() ? "" : " ") + item.Text();
  return text;
}

void Column(std::string& line, size_t width) { line.resize(std::max(line.size() + 1, width), ' '); }

// A line for each thing that may be seen there, with the kinds that lead to it.
std::string SiteText(const Value& site) {
  std::vector<std::pair<std::string, std::string>> results;  // allowed, kinds
  for (const Value::Member& member : site["allowed"].members()) {
    const std::string& kind = member.name;
    const Value& allowed = member.value;
    const auto same = std::find_if(results.begin(), results.end(),
                                   [&](const auto& r) { return r.first == allowed.Text(); });
    if (same == results.end()) {
      results.emplace_back(allowed.Text(), kind);
    } else {
      same->second += ", " + kind;
    }
  }
  std::string text;
  std::string line = "  " + site["site"].Text();
  for (const auto& [allowed, kinds] : results) {
    Column(line, 28);
    text += line + kinds + ": " + allowed + "\n";
    line.clear();
  }
  return text;
}

}  // namespace

Result<Value> FaultCatalogue(const Words& words, const Value& subject_sites) {
  Layers all = faults::AllLayers();
  all.push_back(SitesLayer(subject_sites));
  const Words names = Names(all);
  for (const std::string& word : words) {
    if (std::none_of(names.begin(), names.end(), [&](const auto& n) { return Selects(word, n); })) {
      return Error{"there is no fault, layer or site \"" + word + "\"; the nearest is \"" +
                   Nearest(word, names) + "\""};
    }
  }
  Value kinds = Value::MakeArray();
  for (const auto& kind : faults::AllFaultKinds()) {
    const auto carriers = faults::LayersOf(kind.name, all);
    const bool of_layer = std::any_of(carriers.begin(), carriers.end(), [&](const auto* layer) {
      return Selected(words, layer->name);
    });
    if (Selected(words, kind.name) || of_layer) kinds.Append(KindJson(kind, all));
  }
  Value layers = Value::MakeArray();
  for (const auto& layer : all) {
    Value sites = Value::MakeArray();
    for (const auto& site : layer.sites) {
      if (ListsSite(words, layer, site)) sites.Append(SiteJson(site));
    }
    // A layer without sites stands for the kinds that it carries out.
    const bool of_kind = std::any_of(layer.kinds.begin(), layer.kinds.end(),
                                     [&](const auto kind) { return Selected(words, kind); });
    if (sites.items().empty() && !of_kind && !Selected(words, layer.name)) continue;
    layers.Append(Value::MakeObject({{"layer", layer.name},
                                     {"by", layer.by},
                                     {"kinds", Texts(layer.kinds)},
                                     {"sites", std::move(sites)}}));
  }
  return Value::MakeObject({{"kinds", std::move(kinds)}, {"layers", std::move(layers)}});
}

std::string FaultCatalogueText(const Value& catalogue) {
  std::string text;
  for (const Value& kind : catalogue["kinds"].items()) {
    std::string line = kind["kind"].Text();
    Column(line, 18);
    line += kind["what"].Text();
    text += line + "\n" + std::string(18, ' ') + "by " +
            (kind["layers"].items().empty() ? "nobody yet" : Join(kind["layers"]));
    if (!kind["keys"].items().empty()) text += "; keys " + Join(kind["keys"]);
    if (kind["must_say_once_or_always"].Bool()) text += "; must say once or always";
    text += "\n";
  }
  for (const Value& layer : catalogue["layers"].items()) {
    text += "\n" + layer["layer"].Text() + ": " + layer["by"].Text() + "\n";
    for (const Value& site : layer["sites"].items()) text += SiteText(site);
  }
  return text;
}

int FaultsCommand(const Options& options) {
  Options with_subjects = options;
  const std::string programs = ProgramFolder();
  const auto sites_library =
      std::filesystem::path(programs).parent_path() / "libhonker_ext_mutant.so";
  if (options.subjects.empty() && std::filesystem::exists(sites_library))
    with_subjects.subjects = {sites_library.string()};
  Value sites;
  if (!with_subjects.subjects.empty()) {
    const Preparation prepared = PrepareContenders(with_subjects, programs);
    if (prepared.exit_code != 0) {
      std::fprintf(stderr, "honker-harness: %s\n", prepared.error.c_str());
      return prepared.exit_code;
    }
    for (const Contender& contender : prepared.contenders) {
      for (const Value& site : contender.environment.subject.sites.items()) {
        const auto& known = sites.items();
        if (std::find(known.begin(), known.end(), site) == known.end()) sites.Append(site);
      }
    }
  }
  const Result<Value> catalogue = FaultCatalogue(options.arguments, sites);
  if (!catalogue.ok()) {
    std::fprintf(stderr, "honker-harness: %s\n", catalogue.error().c_str());
    return kExitUsage;
  }
  std::fputs(options.json ? (catalogue.value().Print() + "\n").c_str()
                          : FaultCatalogueText(catalogue.value()).c_str(),
             stdout);
  return kExitAsExpected;
}

}  // namespace harness
