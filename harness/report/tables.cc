#include "harness/report/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "harness/base/exit_codes.h"

namespace harness {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string Padded(const Rows& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (size_t r = 0; r < rows.size(); ++r) {
    text += "|";
    for (size_t i = 0; i < rows[r].size(); ++i)
      text += fmt::format(" {:<{}} |", rows[r][i], widths[i]);
    text += "\n";
    if (r != 0) continue;
    text += "|";
    for (size_t width : widths) text += std::string(width + 2, '-') + "|";
    text += "\n";
  }
  return text;
}

// All judgements of one claim in one backend and journal mode.
struct Square {
  std::map<std::string, int> verdicts;
  int64_t lost = 0, judged = 0, wakes = 0, spurious = 0, missed = 0;
  int64_t met = 0, woke = 0, died = 0, silent = 0;  // subscribers that met a fault
  double p50 = 0, p99 = 0, detection_ms = 0;
  double steps_growth = 0, pages_growth = 0;
  int64_t wal_bytes = 0;
  int with_latency = 0;

  // In a burst, and with several writers, the time to the wake is mostly the length of the burst:
  // such a latency says nothing about the watcher.
  void Add(const Value& j, bool paced) {
    ++verdicts[j["verdict"].Text()];
    const Value& f = j["figures"];
    lost += f["lost"].Int();
    judged += f["judged"].Int();
    wakes += f["wakes"].Int();
    spurious += f["spurious"].Int();
    missed += f["missed"].Int();
    if (f.Has("met")) {
      met += f["met"].Int();
      woke += f["woke"].Int();
      died += f["died"].Int();
      silent += f["silent"].Int();
    }
    if (paced && f.Has("latency_p50_us")) {
      p50 += f["latency_p50_us"].Number();
      p99 = std::max(p99, f["latency_p99_us"].Number());
      ++with_latency;
    }
    detection_ms = std::max(detection_ms, f["detection_max_ms"].Number());
    steps_growth = std::max(steps_growth, f["steps_growth"].Number());
    pages_growth = std::max(pages_growth, f["pages_growth"].Number());
    wal_bytes = std::max(wal_bytes, f["wal_bytes"].Int());
  }

  std::string Verdicts() const {
    int total = 0;
    for (const auto& [name, n] : verdicts) total += n;
    std::string text;
    for (const char* name :
         {"error", "broken", "unknown", "kept", "refused", "absent", "skipped", "counted"}) {
      const auto it = verdicts.find(name);
      if (it == verdicts.end()) continue;
      text += (text.empty() ? "" : ", ") + std::string(name);
      text += it->second == total ? (total > 1 ? fmt::format(" {}", total) : "")
                                  : fmt::format(" {}/{}", it->second, total);
    }
    return text;
  }

  std::string Figures() const {
    std::string text;
    if (judged > 0) text += fmt::format(" lost {}/{}", lost, judged);
    if (missed > 0) text += fmt::format(" missed {}", missed);
    if (met > 0)
      text += fmt::format(" of {}: woke {}, died {}, silent {}", met, woke, died, silent);
    if (wakes > 0) text += fmt::format(" wakes {}", wakes);
    if (spurious > 0) text += fmt::format(" spurious {}", spurious);
    if (with_latency > 0) text += fmt::format(" p50 {:.0f} p99 {:.0f} us", p50 / with_latency, p99);
    if (steps_growth > 0)
      text += fmt::format(" steps x{:.1f} pages x{:.1f}", steps_growth, pages_growth);
    if (wal_bytes > 0)
      text += fmt::format(" WAL to {:.1f} MB", static_cast<double>(wal_bytes) / 1e6);
    if (detection_ms > 0) text += fmt::format(" noticed in {:.0f} ms", detection_ms);
    return text;
  }
};

// A row is a backend (with its synchronous level) of one subject; the subjects of a run stand below
// each other.
struct ClaimTable {
  using Row = std::pair<std::string, std::string>;  // backend, subject
  std::vector<std::string> backends, journals, subjects;
  std::map<std::pair<Row, std::string>, Square> squares;

  void Add(const Value& cell, const Value& judgement) {
    const Value& axes = cell["axes"];
    std::string backend = axes.Has("backend") ? axes["backend"].Text() : "any";
    if (axes.Has("sync")) backend += " sync=" + axes["sync"].Text();  // what is lost depends on it
    const std::string journal = axes.Has("journal") ? axes["journal"].Text() : "any";
    const std::string& subject = cell["subject"].Text();
    const auto note = [](std::vector<std::string>& list, const std::string& word) {
      if (std::ranges::find(list, word) == list.end()) list.push_back(word);
    };
    note(backends, backend);
    note(journals, journal);
    note(subjects, subject);
    squares[{{backend, subject}, journal}].Add(
        judgement, !axes.Has("pace") || axes["pace"].Text() == "spaced");
  }

  std::string Markdown(bool several_subjects) const {
    Rows rows{{"backend"}};
    if (several_subjects) rows[0].emplace_back("subject");
    for (const std::string& journal : journals) rows[0].push_back(journal);
    for (const std::string& backend : backends) {
      for (const std::string& subject : subjects) {
        std::vector<std::string> row{backend};
        if (several_subjects) row.push_back(subject);
        bool any = false;
        for (const std::string& journal : journals) {
          const auto it = squares.find({{backend, subject}, journal});
          any |= it != squares.end();
          row.push_back(it == squares.end() ? "-" : it->second.Verdicts() + it->second.Figures());
        }
        if (any) rows.push_back(std::move(row));
      }
    }
    return Padded(rows);
  }
};

// Each claim, and how many cells went which way for each subject.
std::string SideBySide(const Value& atlas, const std::vector<std::string>& claims) {
  std::vector<std::string> subjects;
  std::map<std::pair<std::string, std::string>, Square> squares;  // claim, subject
  for (const Value& cell : atlas["cells"].items()) {
    const std::string& subject = cell["subject"].Text();
    if (std::ranges::find(subjects, subject) == subjects.end()) subjects.push_back(subject);
    for (const Value& j : cell["judgements"].items())
      squares[{j["claim"].Text(), subject}].Add(j, false);
  }
  if (subjects.size() < 2) return "";
  Rows rows{{"claim"}};
  for (const std::string& subject : subjects) rows[0].push_back(subject);
  for (const std::string& claim : claims) {
    std::vector<std::string> row{claim};
    for (const std::string& subject : subjects) {
      const auto it = squares.find({claim, subject});
      row.push_back(it == squares.end() ? "-" : it->second.Verdicts() + it->second.Figures());
    }
    rows.push_back(std::move(row));
  }
  return Padded(rows);
}

// The cells whose verdicts differ between subjects, over all seeds: what changes for whoever
// changes from one to the other. The same verdicts in other proportions are no difference.
std::string Differences(const Value& atlas) {
  std::vector<std::string> subjects;
  std::vector<std::pair<std::string, std::string>> order;  // claim, place
  std::map<std::pair<std::string, std::string>, std::map<std::string, Square>> squares;
  for (const Value& cell : atlas["cells"].items()) {
    const std::string& subject = cell["subject"].Text();
    if (std::ranges::find(subjects, subject) == subjects.end()) subjects.push_back(subject);
    std::string place = cell["scenario"].Text();
    for (const Value::Member& axis : cell["axes"].members())
      place += " " + axis.name + "=" + axis.value.Text();
    for (const Value& j : cell["judgements"].items()) {
      const std::pair key{j["claim"].Text(), place};
      if (!squares.contains(key)) order.push_back(key);
      squares[key][subject].Add(j, false);
    }
  }
  if (subjects.size() < 2) return "";
  const auto kinds = [](const Square& square) {
    std::set<std::string> names;
    for (const auto& [name, n] : square.verdicts) names.insert(name);
    return names;
  };
  Rows rows{{"claim", "cell"}};
  for (const std::string& subject : subjects) rows[0].push_back(subject);
  for (const auto& key : order) {
    auto& by_subject = squares[key];
    const auto same = [&](const std::string& subject) {
      return kinds(by_subject[subject]) == kinds(by_subject[subjects[0]]);
    };
    if (std::ranges::all_of(subjects, same)) continue;
    std::vector<std::string> row{key.first, key.second};
    for (const std::string& subject : subjects) row.push_back(by_subject[subject].Verdicts());
    rows.push_back(std::move(row));
  }
  return rows.size() > 1 ? Padded(rows) : "They do not.\n";
}

std::string CountsLine(const Value& atlas) {
  std::map<std::string, int> counts;
  for (const Value& cell : atlas["cells"].items()) ++counts[cell["verdict"].Text()];
  std::string text = fmt::format("{} cells:", atlas["cells"].items().size());
  for (const char* name :
       {"kept", "broken", "unknown", "error", "refused", "absent", "skipped", "counted"}) {
    if (counts.contains(name)) text += fmt::format(" {} {},", counts[name], name);
  }
  text.pop_back();
  return text;
}

// What sweeps came to; nothing where none ran.
std::string SweptLine(const Value& atlas) {
  int64_t points = 0;
  int64_t reported = 0;
  int cells = 0;
  for (const Value& cell : atlas["cells"].items()) {
    for (const Value& j : cell["judgements"].items()) {
      if (!j["figures"].Has("points")) continue;
      ++cells;
      points += j["figures"]["points"].Int();
      reported += j["figures"]["reported"].Int();
    }
  }
  if (cells == 0) return "";
  return fmt::format("swept: {} points in {} cells, {} reported, {} absorbed\n", points, cells,
                     reported, points - reported);
}

// How many of the cells that a divergence covers went that way, by claim and truth. `of`: whose
// divergences, "documentation" or "subject".
std::string DivergenceList(const Value& atlas, std::string_view of) {
  struct Tally {
    int diverged = 0, total = 0;
    int64_t lost = 0, judged = 0;
    std::string reason, when;
  };
  std::map<std::pair<std::string, std::string>, Tally> tallies;
  for (const Value& cell : atlas["cells"].items()) {
    for (const Value& j : cell["judgements"].items()) {
      if (!j.Has("divergence") || j["divergence"]["of"].Text() != of) continue;
      Tally& t = tallies[{j["claim"].Text(), j["divergence"]["truth"].Text()}];
      ++t.total;
      t.diverged += j["verdict"].Text() == j["divergence"]["verdict"].Text() ? 1 : 0;
      t.lost += j["figures"]["lost"].Int();
      t.judged += j["figures"]["judged"].Int();
      t.reason = j["divergence"]["reason"].Text();
      t.when = j["divergence"]["when"].Text();
    }
  }
  std::string text;
  for (const auto& [key, t] : tallies) {
    text += fmt::format("- {} ({}, {}/{} cells{}): {} Why: {}\n", key.first, t.when, t.diverged,
                        t.total, t.judged > 0 ? fmt::format(", lost {}/{}", t.lost, t.judged) : "",
                        key.second, t.reason);
  }
  return text;
}

std::string NotAsExpected(const Value& atlas) {
  std::string text;
  for (const Value& cell : atlas["cells"].items()) {
    if (cell["as_expected"].Bool()) continue;
    text += fmt::format("- {}: {}\n", cell["verdict"].Text(), cell["cell"].Text());
    for (const Value& j : cell["judgements"].items()) {
      if (j["as_expected"].Bool()) continue;
      text += fmt::format("  {}: {}\n", j["claim"].Text(), j["reason"].Text());
      if (j.Has("divergence") && j["verdict"].Text() == "kept") {
        text += fmt::format("  expected {} ({}): a change for the better is a change too\n",
                            j["divergence"]["verdict"].Text(), j["divergence"]["truth"].Text());
      }
    }
    if (cell["judgements"].items().empty()) text += fmt::format("  {}\n", cell["reason"].Text());
    text += fmt::format("  {}\n", cell["rerun"].Text());
  }
  return text;
}

std::string SubjectWords(const Value& run) {
  std::string words;
  for (const Value& subject : run["subjects"].items()) {
    const std::string& name = subject["name"].Text();
    const std::string& path = subject["path"].Text();
    words += (words.empty() ? "" : ", ") + (name.empty() ? path : name + " (" + path + ")");
  }
  return words;
}

std::string NotRun(const Value& atlas) {
  const bool several = atlas["run"]["subjects"].items().size() > 1;
  std::map<std::string, int> reasons;
  for (const Value& cell : atlas["cells"].items()) {
    const std::string& verdict = cell["verdict"].Text();
    if (verdict == "absent" || verdict == "skipped")
      ++reasons[(several ? cell["subject"].Text() + " " : "") + verdict + ": " +
                cell["reason"].Text()];
  }
  std::string text;
  for (const auto& [reason, n] : reasons) text += fmt::format("- {} cells {}\n", n, reason);
  return text;
}

}  // namespace

std::string AtlasMarkdown(const Value& atlas) {
  std::vector<std::string> order;
  std::map<std::string, ClaimTable> tables;
  for (const Value& cell : atlas["cells"].items()) {
    for (const Value& j : cell["judgements"].items()) {
      const std::string& claim = j["claim"].Text();
      if (!tables.contains(claim)) order.push_back(claim);
      tables[claim].Add(cell, j);
    }
  }
  const Value& run = atlas["run"];
  const bool several = run["subjects"].items().size() > 1;
  std::string text =
      fmt::format("# Atlas\n\nsubject {}, SQLite {}, seed {}, {} on {}\n\n{}\n", SubjectWords(run),
                  run["sqlite"]["version"].Text(), run["seed"].Int(), run["file_system"].Text(),
                  run["kernel"].Text(), CountsLine(atlas));
  if (!atlas["complete"].Bool(true)) text += "\nInterrupted: not every cell ran.\n";
  if (several) text += "\n## Side by side\n\n" + SideBySide(atlas, order);
  if (several) text += "\n## Where the subjects differ\n\n" + Differences(atlas);
  for (const std::string& claim : order)
    text += fmt::format("\n## {}\n\n{}", claim, tables[claim].Markdown(several));
  const auto section = [&](const char* title, const std::string& body) {
    if (!body.empty()) text += fmt::format("\n## {}\n\n{}", title, body);
  };
  section("Not as expected", NotAsExpected(atlas));
  section("Where the documentation is wrong, as expected", DivergenceList(atlas, "documentation"));
  section("What a subject does otherwise, as expected", DivergenceList(atlas, "subject"));
  section("Not run", NotRun(atlas));
  return text;
}

std::string Summary(const Value& atlas, const std::string& folder) {
  const int64_t code = atlas["exit_code"].Int();
  const char* words =
      code == kExitAsExpected    ? "as expected"
      : code == kExitBroken      ? "a promise is broken, or changed against what was expected"
      : code == kExitUnknown     ? "unknown: evidence is missing, or every cell is absent"
      : code == kExitInterrupted ? "interrupted"
                                 : "the harness failed";
  return fmt::format("\n{}{}\n{} (exit {})\natlas: {}/atlas.md, {}/atlas.json, {}/junit.xml\n",
                     SweptLine(atlas), CountsLine(atlas), words, code, folder, folder, folder);
}

}  // namespace harness
