#include "harness/oracle/fault_clean.h"

#include <map>
#include <optional>

#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

constexpr int64_t kBusy = 5;

// One point of the sweep, as the history tells it.
struct Point {
  size_t event = 0;
  int64_t n = 0;
  std::string fault;
  std::string struck = {};  // the first call
  std::vector<Call> steps = {};
  std::map<std::string, Call> checks = {};
  int64_t fired = 0;
  bool disarmed = false;
};

struct Complaint {
  size_t op;
  std::string sentence;
};

// Calls of all names in the order of their invokes.
std::vector<Call> AllCalls(const History& history) {
  std::vector<Call> calls;
  for (const char* name : {"open", "exec", "close", "commit", "await", "disarm"}) {
    for (const Call& call : history.Calls(name)) calls.push_back(call);
  }
  std::ranges::sort(calls, {}, &Call::invoke_index);
  return calls;
}

std::vector<Point> PointsOf(const History& history) {
  std::vector<Point> points;
  for (const size_t i : history.Events("point")) {
    const Value& v = history.ops()[i].value;
    points.push_back({.event = i, .n = v["n"].Int(), .fault = PlainText(v["fault"])});
  }
  for (const size_t i : history.Events("struck")) {
    const Value& v = history.ops()[i].value;
    for (Point& point : points) {
      if (point.n != v["n"].Int()) continue;
      point.struck = v["site"].Text() + " (" + PlainText(v["detail"]) + ")";
    }
  }
  size_t at = 0;
  for (const Call& call : AllCalls(history)) {
    while (at < points.size() && points[at].event < call.invoke_index) ++at;
    if (at == 0) continue;
    Point& point = points[at - 1];
    const Value& v = call.invoke->value;
    if (v.Has("step")) point.steps.push_back(call);
    if (v.Has("check")) point.checks.insert_or_assign(v["check"].Text(), call);
    if (call.invoke->name == "disarm" && call.ok()) {
      point.disarmed = true;
      point.fired = call.end->value["fired"].Int();
    }
  }
  return points;
}

std::string Failure(const Call& call) {
  if (!call.end) return "it did not end";
  std::string text = PlainText(call.end->value["message"]);
  if (call.end->value["code"].is_int())
    text = "code " + std::to_string(call.end->value["code"].Int()) + ": " + text;
  return text;
}

std::string FirstCell(const Call& call) {
  const auto& rows = call.end->value["rows"].items();
  return rows.empty() || rows[0].items().empty() ? "" : PlainText(rows[0].items()[0]);
}

// How many of the steps certainly happened, and whether the one after them may have.
struct Progress {
  size_t done = 0;
  bool doubt = false;
  bool reported = false;
};

Progress ProgressOf(const Point& point) {
  Progress progress;
  for (const Call& step : point.steps) {
    if (step.ok()) {
      ++progress.done;
      continue;
    }
    progress.reported = true;
    progress.doubt = !step.end || (step.end->value["code"].Int() & 0xff) != kBusy;
    break;
  }
  return progress;
}

// A step that reads the state and is answered otherwise than that.
std::optional<Complaint> JudgeReads(const Point& point, const std::vector<std::string>& states) {
  for (size_t i = 0; i < point.steps.size() && i < states.size(); ++i) {
    const Call& step = point.steps[i];
    if (!step.ok()) break;
    if (!step.invoke->value["reads"].Bool() || FirstCell(step) == states[i]) continue;
    return Complaint{step.end_index,
                     "it reads " + FirstCell(step) + ", where " + states[i] + " is committed"};
  }
  return std::nullopt;
}

// What is wrong with the state, or nothing. `happened`: the failed step is there.
std::optional<Complaint> JudgeState(const Point& point, const std::vector<std::string>& states,
                                    bool& happened) {
  const Call& call = point.checks.at("state");
  const std::string state = FirstCell(call);
  const Progress progress = ProgressOf(point);
  if (progress.done >= states.size())
    return Complaint{point.event, "there are more steps than states"};
  happened = progress.reported && state != states[progress.done];
  if (state == states[progress.done]) return std::nullopt;
  if (progress.doubt && progress.done + 1 < states.size() && state == states[progress.done + 1])
    return std::nullopt;
  return Complaint{call.end_index,
                   "it holds " + state + ", after " +
                       Count(static_cast<int64_t>(progress.done), "acknowledged step") +
                       (progress.doubt ? " and one in doubt" : "") + " it must hold " +
                       states[progress.done]};
}

std::optional<Complaint> JudgeChecks(const Point& point) {
  const bool opened =
      point.steps.empty() || point.steps[0].ok() || point.steps[0].invoke->name != "open";
  for (const char* name : {"close", "integrity", "state", "usable"}) {
    if (!opened && name == std::string_view("close")) continue;
    const auto it = point.checks.find(name);
    if (it == point.checks.end())
      return Complaint{point.event, std::string("there is no check of: ") + name};
    if (!it->second.ok())
      return Complaint{it->second.end_index, std::string(name) + " fails: " + Failure(it->second)};
  }
  const Call& integrity = point.checks.at("integrity");
  if (const std::string told = FirstCell(integrity); told != "ok")
    return Complaint{integrity.end_index, "the database is damaged: " + told};
  const auto watcher = point.checks.find("watcher");
  if (watcher == point.checks.end()) return std::nullopt;
  if (!watcher->second.ok())
    return Complaint{watcher->second.end_index, "the watcher fails: " + Failure(watcher->second)};
  for (const Value& sub : watcher->second.end->value["subs"].items()) {
    if (sub["result"].Text() != "seen")
      return Complaint{watcher->second.end_index,
                       "a watcher does not hear of the commit after it: " + sub.Print()};
  }
  return std::nullopt;
}

// The first ones in full, each with how to run it alone.
Verdict AllBad(const std::vector<std::pair<const Point*, Complaint>>& bad, Value figures) {
  constexpr size_t kMostProved = 20;
  const auto name = [](const Point& point) {
    return "point " + std::to_string(point.n) + ", " + point.fault + " struck " + point.struck;
  };
  std::vector<ProofStep> proof;
  for (size_t i = 0; i < bad.size() && i < kMostProved; ++i) {
    const auto& [point, complaint] = bad[i];
    proof.push_back({point->event, name(*point) + "; alone: nth=" + std::to_string(point->n) +
                                       " in place of nth=all in the command below"});
    proof.push_back({complaint.op, complaint.sentence});
  }
  const std::string more =
      bad.size() == 1 ? "" : " (and " + std::to_string(bad.size() - 1) + " points more)";
  return Fail(name(*bad[0].first) + ": " + bad[0].second.sentence + more, std::move(proof),
              std::move(figures));
}

}  // namespace

Verdict CheckFaultClean(const History& history, const Expectation&) {
  std::vector<std::string> states;
  bool single = false;
  for (const size_t i : history.Events("states")) {
    single = history.ops()[i].value["single"].Bool();
    for (const Value& v : history.ops()[i].value["states"].items()) states.push_back(PlainText(v));
  }
  const std::vector<Point> points = PointsOf(history);
  int64_t struck = 0;
  int64_t reported = 0;
  int64_t happened = 0;
  std::vector<std::pair<const Point*, Complaint>> bad;
  for (const Point& point : points) {
    if (point.fired == 0) continue;
    ++struck;
    reported += ProgressOf(point).reported;
    bool late = false;
    std::optional<Complaint> wrong = JudgeChecks(point);
    if (!wrong) wrong = JudgeReads(point, states);
    if (!wrong) wrong = JudgeState(point, states, late);
    happened += late;
    if (wrong) bad.emplace_back(&point, *wrong);
  }
  Value figures = Value::MakeObject({{"points", struck},
                                     {"reported", reported},
                                     {"absorbed", struck - reported},
                                     {"happened", happened},
                                     {"bad", bad.size()}});
  if (!bad.empty()) return AllBad(bad, std::move(figures));
  if (states.empty()) return Unknown("there is no run without faults", std::move(figures));
  if (struck == 0) return Unknown("no call was struck", std::move(figures));
  const bool complete = points.back().disarmed && points.back().fired == 0;
  if (!complete && !single)
    return Unknown("the sweep ended before a run that strikes nothing", std::move(figures));
  return Pass(Count(struck, "point") + ": " + std::to_string(reported) + " reported, " +
                  std::to_string(struck - reported) + " absorbed, all clean",
              std::move(figures));
}

}  // namespace harness
