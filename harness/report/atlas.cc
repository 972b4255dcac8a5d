#include "harness/report/atlas.h"

#include "harness/base/exit_codes.h"

namespace harness {
namespace {

Value JudgementJson(const Judgement& j) {
  Value v = Value::MakeObject({{"claim", j.claim},
                               {"oracle", j.oracle},
                               {"verdict", ToString(j.verdict)},
                               {"as_expected", j.as_expected},
                               {"reason", j.detail.reason}});
  if (j.divergence) {
    v.Set("divergence",
          Value::MakeObject({{"verdict", ToString(j.divergence->verdict)},
                             {"when", j.divergence->when == When::kAlways ? "always" : "sometimes"},
                             {"of", j.divergence->of_subject ? "subject" : "documentation"},
                             {"truth", j.divergence->truth},
                             {"reason", j.divergence->reason}}));
  }
  if (!j.detail.figures.is_null()) v.Set("figures", j.detail.figures);
  Value proof = Value::MakeArray();
  for (const ProofStep& step : j.detail.proof) {
    proof.Append(Value::MakeObject({{"op", step.op}, {"sentence", step.sentence}}));
  }
  v.Set("proof", std::move(proof));
  return v;
}

// What reports call the subject of a cell: its name, or its path where it has none.
const std::string& SubjectOf(const Cell& cell, const Value& run) {
  if (!cell.subject.empty()) return cell.subject;
  const Value::Array& subjects = run["subjects"].items();
  static const std::string kNone;
  if (subjects.empty()) return kNone;
  const std::string& name = subjects[0]["name"].Text();
  return name.empty() ? subjects[0]["path"].Text() : name;
}

}  // namespace

Value CellJson(const CellResult& result) {
  Value axes = Value::MakeObject();
  for (const auto& [name, value] : result.cell.axes) axes.Set(name, value);
  Value judgements = Value::MakeArray();
  for (const Judgement& j : result.judgements) judgements.Append(JudgementJson(j));
  Value claims = Value::MakeArray();
  for (std::string_view claim : result.cell.card->claims) claims.Append(claim);
  return Value::MakeObject({{"cell", result.cell.Name()},
                            {"scenario", result.cell.card->name},
                            {"axes", axes},
                            {"sqlite", result.cell.sqlite_version},
                            {"seed", result.cell.seed},
                            {"claims", claims},
                            {"verdict", ToString(result.verdict)},
                            {"as_expected", result.as_expected},
                            {"reason", result.reason},
                            {"seconds", result.seconds},
                            {"judgements", judgements},
                            {"rerun", result.rerun}});
}

Value AtlasJson(const Value& run, const std::vector<CellResult>& results, bool complete) {
  Value cells = Value::MakeArray();
  for (const CellResult& result : results) {
    cells.Append(CellJson(result)
                     .Set("subject", SubjectOf(result.cell, run))
                     .Set("source_id", run["sqlite"]["source_id"]));
  }
  Value atlas = Value::MakeObject({{"schema_version", kAtlasSchemaVersion},
                                   {"complete", complete},
                                   {"run", run},
                                   {"cells", cells}});
  return atlas.Set("exit_code", ExitCodeFor(atlas));
}

int ExitCodeFor(const Value& atlas) {
  if (!atlas["complete"].Bool(true)) return kExitInterrupted;
  bool error = false;
  bool changed = false;
  bool unknown = false;
  bool all_absent = true;
  for (const Value& cell : atlas["cells"].items()) {
    const std::string& verdict = cell["verdict"].Text();
    all_absent &= verdict == "absent";
    if (cell["as_expected"].Bool()) continue;
    const auto& judgements = cell["judgements"].items();
    error |= verdict == "error" && judgements.empty();
    for (const Value& j : judgements) {
      if (j["as_expected"].Bool()) continue;
      const std::string& found = j["verdict"].Text();
      (found == "error" ? error : found == "unknown" ? unknown : changed) = true;
    }
  }
  if (error) return kExitSoftware;
  if (changed) return kExitBroken;
  return unknown || all_absent ? kExitUnknown : kExitAsExpected;
}

}  // namespace harness
