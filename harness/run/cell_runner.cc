#include "harness/run/cell_runner.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "harness/oracle/locks_kept.h"
#include "harness/oracle/refusal.h"
#include "harness/oracle/verdicts.h"
#include "harness/report/atlas.h"
#include "harness/run/stage.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

void WriteFile(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string Seconds(int64_t ns) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f s", static_cast<double>(ns) / 1e9);
  return text;
}

// What one subject does otherwise is more particular than what is true everywhere.
const Divergence* Find(const Catalogue& catalogue, const std::vector<Divergence>& expected,
                       const Cell& cell, std::string_view claim, CellVerdict verdict) {
  const Divergence* own = FindDivergence(expected, cell, claim, verdict);
  if (own && own->verdict == verdict) return own;
  const Divergence* known = FindDivergence(catalogue.divergences, cell, claim, verdict);
  return !own || (known && known->verdict == verdict) ? known : own;
}

// Of a cell that ended before there was anything to judge. A crash or a hang is as expected only
// where the subject's own file says so; an error also where divergences.def lists it, by the name
// that SQLite gives it.
const Divergence* FindOfEnd(const Catalogue& catalogue, const std::vector<Divergence>& expected,
                            const Cell& cell, std::string_view claim, const CellEnd& end) {
  const Divergence* own = FindDivergence(expected, cell, claim, end.verdict);
  if (end.verdict != CellVerdict::kError || (own && own->verdict == end.verdict)) return own;
  const Divergence* known = FindDivergence(catalogue.divergences, cell, claim, end.verdict);
  const bool listed = known && known->verdict == end.verdict && !known->sqlite_error.empty() &&
                      std::string_view(end.what()).find(known->sqlite_error) != std::string::npos;
  return listed ? known : own;
}

bool AsExpected(CellVerdict verdict, const Divergence* divergence) {
  if (divergence && verdict == divergence->verdict) return true;
  if (divergence && divergence->when == When::kAlways && verdict == CellVerdict::kKept)
    return false;
  return verdict != CellVerdict::kBroken && verdict != CellVerdict::kUnknown &&
         verdict != CellVerdict::kError;
}

std::string CardText(const Cell& cell) {
  const Card& card = *cell.card;
  std::string text = cell.Name() + "\n\nsituation:   " + std::string(card.situation) +
                     "\nexpectation: " + std::string(card.expectation) +
                     "\nevidence:    " + std::string(card.evidence) +
                     "\nlimits:      " + std::string(card.limits) + "\n";
  return text;
}

// The promise in words, and who makes it: honker's documentation, or a must rule beyond it.
std::string Promised(const std::vector<Claim>& claims, std::string_view id) {
  const Claim* claim = FindClaim(claims, id);
  if (!claim) return "";
  return std::string(claim->kind == ClaimKind::kMust ? "  the must rule " : "  documented as ") +
         std::string(id) + ": " + std::string(claim->text) + "\n";
}

// What the processes said on stderr: a subject's last words are often the best explanation.
std::string StderrLines(const History& history) {
  constexpr int kShown = 12;
  std::string text;
  int lines = 0;
  for (size_t i : history.Events("stderr")) {
    const Value& v = history.ops()[i].value;
    if (++lines <= kShown) text += "  " + v["process"].Text() + ": " + PlainText(v["line"]) + "\n";
  }
  if (lines > kShown) text += "  ... and " + std::to_string(lines - kShown) + " lines more\n";
  return lines > 0 ? "\non stderr:\n" + text : "";
}

// Where a cell makes its databases, and what it may mount there.
struct Ground {
  std::string scratch;
  std::string second = {};  // where watchers find them, on two mounts
  std::string lacks = {};   // why the cell cannot run there
};

Ground GroundOf(const Cell& cell, const RunFolders& folders) {
  const FileSystems::Place* place = folders.file_systems ? folders.file_systems->Of(cell) : nullptr;
  const std::string& name = cell.Get(kFileSystemAxis);
  if (!place) {
    return {.scratch = folders.scratch + "/" + cell.Folder(),
            .lacks = name.empty() ? "" : "the file system " + name + " was not made for this run"};
  }
  if (!place->lacks.empty())
    return {.scratch = folders.scratch + "/" + cell.Folder(),
            .lacks = "file system " + name + ": " + place->lacks};
  // fs/honest shows the refusal itself.
  if (name == "fuse_direct_io" && cell.Get("journal") == "wal") {
    return {.scratch = folders.scratch + "/" + cell.Folder(),
            .lacks = "file system " + name + ": no shared mapping, so SQLite has no WAL there"};
  }
  return {.scratch = place->folder + "/" + cell.Folder(),
          .second = place->second.empty() ? "" : place->second + "/" + cell.Folder()};
}

// Plays the situation. Empty where it ran to its end; otherwise how the cell ended.
std::optional<CellEnd> Play(const Cell& cell, const Environment& environment,
                            const std::string& folder, const Ground& ground, Guardian& guardian,
                            CellMounts& mounts) {
  std::optional<CellEnd> ended;
  if (!ground.lacks.empty()) return CellEnd(CellVerdict::kSkipped, ground.lacks);
  try {
    Stage stage(cell, environment, folder, ground.scratch, guardian, mounts, ground.second);
    try {
      cell.card->run(stage);
    } catch (const CellEnd& end) {
      ended = end;
    }
    try {
      stage.Finish();
    } catch (const CellEnd& end) {
      if (!ended || Stronger(end.verdict, ended->verdict) == end.verdict) ended = end;
    }
    if (ended) {
      stage.Record("cell_end", Value::MakeObject({{"verdict", ToString(ended->verdict)},
                                                  {"reason", ended->what()}}));
    }
  } catch (const std::exception& e) {
    if (!ended) ended = CellEnd(CellVerdict::kError, e.what());
  }
  return ended;
}

// Judges every cell, whatever its card is about.
const CardOracle kHouseOracle{{"locks_kept", CheckLocksKept}, kLocksClaim};

// What the subject did in a cell where it has to decline; empty where it did, where nothing of the
// kind is documented, and where the card has an oracle of its own for it.
std::optional<Verdict> OpenedInSpite(const Cell& cell, const History& history) {
  const std::string& backend = cell.Get("backend");
  if (!RefusalIsDocumented(backend, cell.Get("journal"))) return std::nullopt;
  if (std::ranges::find(cell.card->oracles, kRefusalClaim, &CardOracle::claim) !=
      cell.card->oracles.end()) {
    return std::nullopt;
  }
  Verdict verdict = CheckDeclined(history, Expectation{Value::MakeObject({{"backend", backend}})});
  if (verdict.outcome != Outcome::kFail) return std::nullopt;
  return verdict;
}

// A situation that ended early as `unknown` proves nothing by what did not happen, but what is
// broken stays broken, and every figure counts.
void JudgeTheEnd(const Cell& cell, const History& history, std::vector<Judgement>& judgements) {
  for (size_t i : history.Events("cell_end")) {
    const Value& end = history.ops()[i].value;
    if (end["verdict"].Text() != ToString(CellVerdict::kUnknown)) continue;
    for (std::string_view claim : cell.card->claims) {
      if (std::ranges::find(judgements, claim, &Judgement::claim) == judgements.end())
        judgements.push_back({.claim = std::string(claim), .oracle = "", .detail = {}});
    }
    for (Judgement& j : judgements) {
      if (j.verdict == CellVerdict::kBroken) continue;
      j.verdict = CellVerdict::kUnknown;
      j.detail.reason = end["reason"].Text();
    }
  }
}

}  // namespace

std::vector<Judgement> Judge(const Cell& cell, const History& history, const Catalogue& catalogue,
                             const std::vector<Divergence>& expected) {
  std::vector<Judgement> judgements;
  std::optional<Verdict> opened_in_spite = OpenedInSpite(cell, history);
  std::vector<CardOracle> oracles = cell.card->oracles;
  const bool own = std::ranges::any_of(oracles, [](const CardOracle& entry) {
    return entry.oracle.name == kHouseOracle.oracle.name;
  });
  if (!own) oracles.push_back(kHouseOracle);
  for (const CardOracle& entry : oracles) {
    Verdict detail = entry.oracle.check(history, Expectation{entry.params});
    // Nobody asked the house oracle: where it saw nothing it says nothing.
    if (&entry == &oracles.back() && !own && detail.outcome == Outcome::kUnknown) continue;
    const Claim* claim = FindClaim(catalogue.claims, entry.claim);
    Promise promise = claim ? PromiseFor(*claim, cell) : Promise::kMade;
    if (promise == Promise::kRefusal && !opened_in_spite) promise = Promise::kMade;
    const CellVerdict verdict = Fold(detail.outcome, promise);
    auto same = std::ranges::find(judgements, entry.claim, &Judgement::claim);
    if (same == judgements.end()) {
      judgements.push_back({.claim = std::string(entry.claim),
                            .oracle = std::string(entry.oracle.name),
                            .verdict = verdict,
                            .detail = std::move(detail)});
      continue;
    }
    // Several oracles about one claim: the strongest verdict counts, all proofs and figures stay.
    if (Stronger(same->verdict, verdict) != same->verdict) {
      same->verdict = verdict;
      same->detail.reason = detail.reason;
    }
    same->oracle += "+" + std::string(entry.oracle.name);
    std::ranges::move(detail.proof, std::back_inserter(same->detail.proof));
    for (const Value::Member& m : detail.figures.members())
      same->detail.figures.Set(m.name, m.value);
  }
  if (opened_in_spite) {
    judgements.push_back({.claim = std::string(kRefusalClaim),
                          .oracle = "declined",
                          .verdict = CellVerdict::kBroken,
                          .detail = std::move(*opened_in_spite)});
  }
  JudgeTheEnd(cell, history, judgements);
  for (Judgement& j : judgements) {
    const bool hangs = j.verdict == CellVerdict::kUnknown && j.detail.reason.starts_with(kHangs);
    j.divergence = hangs ? FindDivergence(expected, cell, j.claim, j.verdict)
                         : Find(catalogue, expected, cell, j.claim, j.verdict);
    j.as_expected = AsExpected(j.verdict, j.divergence);
  }
  return judgements;
}

namespace {

void AddLostLocks(const Cell& cell, const History& history, const std::vector<Divergence>& expected,
                  std::vector<Judgement>& judgements) {
  Verdict detail = kHouseOracle.oracle.check(history, Expectation{kHouseOracle.params});
  if (detail.outcome != Outcome::kFail) return;
  std::erase_if(judgements, [](const Judgement& j) { return j.claim == kLocksClaim; });
  Judgement j{.claim = std::string(kLocksClaim),
              .oracle = std::string(kHouseOracle.oracle.name),
              .verdict = CellVerdict::kBroken,
              .detail = std::move(detail)};
  j.divergence = FindDivergence(expected, cell, kLocksClaim, j.verdict);
  j.as_expected = AsExpected(j.verdict, j.divergence);
  judgements.push_back(std::move(j));
}

CellResult PlayAndJudge(const Cell& cell, const Environment& environment,
                        const Catalogue& catalogue, const std::vector<Divergence>& expected,
                        const RunFolders& folders, const std::string& rerun, Guardian& guardian) {
  CellResult result{.cell = cell, .rerun = rerun};
  const int64_t begin = NowNs();
  const std::string folder = folders.run + "/cells/" + cell.Folder();
  const Ground ground = GroundOf(cell, folders);
  const std::string& scratch = ground.scratch;
  CellMounts mounts(folders.file_systems, scratch, folder + "/ledger.jsonl", guardian);
  std::error_code ec;
  fs::create_directories(folder + "/history", ec);
  fs::create_directories(folder + "/stderr", ec);
  fs::create_directories(folder + "/aside", ec);
  fs::create_directories(scratch, ec);
  if (ec) {
    result.reason = "cannot make the cell's folders: " + ec.message();
    return result;
  }
  guardian.AddFolder(scratch);
  WriteFile(folder + "/card.txt", CardText(cell));

  const std::optional<CellEnd> ended = Play(cell, environment, folder, ground, guardian, mounts);
  const Result<History> history = History::Load(folder + "/history");
  const bool judged = history.ok() && (!ended || ended->verdict == CellVerdict::kUnknown);
  if (judged) {
    result.judgements = Judge(cell, history.value(), catalogue, expected);
  } else if (ended) {
    for (std::string_view claim : cell.card->claims) {
      Judgement j{
          .claim = std::string(claim), .oracle = "", .verdict = ended->verdict, .detail = {}};
      j.detail.reason = ended->what();
      j.divergence = FindOfEnd(catalogue, expected, cell, claim, *ended);
      j.as_expected = AsExpected(j.verdict, j.divergence);
      result.judgements.push_back(std::move(j));
    }
    // A subject that crashes, hangs or declines can have lost a lock before.
    if (history.ok()) AddLostLocks(cell, history.value(), expected, result.judgements);
  } else {
    result.reason = history.error();
  }
  if (!result.judgements.empty()) {
    result.verdict = CellVerdict::kCounted;
    result.as_expected = true;
  }
  for (const Judgement& j : result.judgements) {
    result.as_expected &= j.as_expected;
    // That a card about something else lost no lock says nothing about that.
    const bool cited = std::ranges::find(cell.card->claims, j.claim) != cell.card->claims.end();
    if (j.claim == kLocksClaim && !cited && j.verdict == CellVerdict::kKept) continue;
    const CellVerdict stronger = Stronger(result.verdict, j.verdict);
    if (stronger != result.verdict || result.reason.empty()) result.reason = j.detail.reason;
    result.verdict = stronger;
  }
  result.seconds = static_cast<double>(NowNs() - begin) / 1e9;

  WriteFile(folder + "/verdict.json", CellJson(result).Print() + "\n");
  if (result.verdict != CellVerdict::kKept) {
    WriteFile(folder + "/explain.txt",
              Explain(result, history.ok() ? history.value() : History(), catalogue.claims));
  }
  if (result.as_expected && !folders.keep) {
    fs::remove_all(scratch, ec);
    fs::remove_all(folder + "/history", ec);
    fs::remove_all(folder + "/stderr", ec);
    fs::remove_all(folder + "/aside", ec);
    fs::remove(folder + "/ledger.jsonl", ec);
  } else if (mounts.any() || !cell.Get(kFileSystemAxis).empty()) {
    // The file system is gone after the run: what was in it stays beside the history.
    fs::copy(scratch, folder + "/db", fs::copy_options::recursive, ec);
    fs::remove_all(scratch, ec);
  }
  guardian.DropFolder(scratch);
  return result;
}

}  // namespace

CellResult RunCell(const Cell& cell, const Environment& environment, const Catalogue& catalogue,
                   const std::vector<Divergence>& expected, const RunFolders& folders,
                   const std::string& rerun, Guardian& guardian) {
  CellResult result{.cell = cell, .rerun = rerun};
  try {
    return PlayAndJudge(cell, environment, catalogue, expected, folders, rerun, guardian);
  } catch (const std::exception& e) {
    result.reason = std::string("the harness threw: ") + e.what();
  } catch (...) {
    result.reason = "the harness threw something that is no std::exception";
  }
  // What was played stays, for whoever looks into it.
  try {
    guardian.DropFolder(GroundOf(cell, folders).scratch);
    const std::string folder = folders.run + "/cells/" + cell.Folder();
    WriteFile(folder + "/verdict.json", CellJson(result).Print() + "\n");
    WriteFile(folder + "/explain.txt", Explain(result, History(), catalogue.claims));
  } catch (...) {
    result.reason += " (and its report could not be written)";
  }
  return result;
}

std::string Explain(const CellResult& result, const History& history,
                    const std::vector<Claim>& claims) {
  std::string text = result.cell.Name() + "\n" + std::string(ToString(result.verdict)) + ": " +
                     result.reason + "\n";
  const auto& ops = history.ops();
  const int64_t start = ops.empty() ? 0 : ops.front().t_ns;
  for (const Judgement& j : result.judgements) {
    text += "\n" + j.claim + " is " + std::string(ToString(j.verdict)) +
            (j.oracle.empty() ? "" : " by the oracle " + j.oracle) + ": " + j.detail.reason + "\n";
    if (j.verdict == CellVerdict::kBroken) text += Promised(claims, j.claim);
    if (j.divergence) {
      text += "  measured before: " + j.divergence->truth + "\n  reason: " + j.divergence->reason +
              "\n";
    }
    for (const ProofStep& step : j.detail.proof) {
      text += "  #" + std::to_string(step.op);
      if (step.op < ops.size()) {
        const Op& op = ops[step.op];
        text += " +" + Seconds(op.t_ns - start) + " " + op.process + " " +
                std::string(ToString(op.type)) + " " + op.name + " " + op.value.Print();
      }
      text += "\n      " + step.sentence + "\n";
    }
    if (!j.detail.figures.is_null()) text += "  figures: " + j.detail.figures.Print() + "\n";
  }
  text += StderrLines(history) + "\nrun it again:\n  " + result.rerun + "\n";
  return text;
}

}  // namespace harness
