#include "scenarios/steps.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "harness/base/patience.h"

namespace scenarios {
namespace {

// Between two looks at the clock: load, not proof.
constexpr auto kPace = std::chrono::milliseconds(25);
// Against a hang: a database whose clock stands still.
constexpr int64_t kClockLimitMs = 180'000;

}  // namespace

Value Marks(int64_t writer, int64_t seq) {
  return Value::MakeObject({{"marks", Value::MakeObject({{std::to_string(writer), seq}})}});
}

void Commit(Actor& writer, int64_t writer_number, int64_t seq) {
  (void)writer.Try("commit", Value::MakeObject({{"writer", writer_number}, {"seq", seq}}));
}

void CommitAndAwait(Actor& writer, Actor& watcher, int64_t writer_number, int64_t seq) {
  Commit(writer, writer_number, seq);
  watcher.Do("await", Marks(writer_number, seq));
}

void ProveQuiet(Actor& watcher) {
  const Value answer = watcher.Do("quiesce");
  for (const Value& sub : answer["subs"].items()) {
    if (sub["result"].Text() == "limit") {
      throw harness::CellEnd(harness::CellVerdict::kUnknown,
                             watcher.process() + " was not proved quiet: " + sub.Print());
    }
  }
}

void MakeDatabase(Stage& stage, const std::string& path) {
  Actor& maker = stage.Start("maker:1");
  maker.Do("open", Value::MakeObject(
                       {{"path", path}, {"journal", stage.Axis("journal")}, {"create", true}}));
  maker.Do("setup");
  stage.Quit(maker);
}

void OpenForCalls(Stage& stage, Actor& actor) {
  actor.Do("open", Value::MakeObject({{"path", stage.Db()},
                                      {"journal", stage.Axis("journal")},
                                      {"create", true},
                                      {"load", true},
                                      {"insist", true}}));
  actor.Do("exec", Value::MakeObject({{"sql", "SELECT honker_bootstrap()"}}));
}

void Audit(Stage& stage) {
  Actor& auditor = stage.Start("auditor:1");
  const auto ask = [&](const char* sql) {
    (void)auditor.Try("exec", Value::MakeObject({{"sql", sql}}));
  };
  if (!auditor.Try("open", Value::MakeObject({{"path", stage.Db()}})).ok()) return;
  ask("PRAGMA integrity_check");
  ask("SELECT writer, seq FROM harness_marks");
  stage.Quit(auditor);
}

void NeedFunctions(Stage& stage, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (!stage.environment().subject.HasFunction(name))
      stage.Absent(std::string("function ") + name);
  }
}

int64_t SecondOf(Actor& reader) {
  const Value answer = reader.Do("exec", Value::MakeObject({{"sql", "SELECT unixepoch()"}}));
  return answer["rows"].items()[0].items()[0].Int();
}

int64_t AwaitSecond(Actor& reader, int64_t second) {
  harness::Patience patience(kClockLimitMs);
  while (true) {
    const int64_t now = SecondOf(reader);
    if (now >= second) return now;
    if (patience.IsOver({reader.pid()}))
      throw harness::CellEnd(harness::CellVerdict::kError, "the database's clock stands still");
    std::this_thread::sleep_for(kPace);
  }
}

faults::Gate MakeGate(const Stage& stage, const std::string& name) {
  auto gate = faults::Gate::Create(stage.File(""), name);
  if (!gate.ok()) throw harness::CellEnd(harness::CellVerdict::kError, gate.Message());
  return std::move(gate).value();
}

void LoadShim(const Stage& stage, Actor& actor) {
  actor.Do("load",
           Value::MakeObject({{"library", stage.environment().tools + "/libfault_vfs.so"}}));
}

Actor& StartShimmed(Stage& stage, const std::string& process, const std::string& faults,
                    std::map<std::string, std::string> environment) {
  environment["FAULT_VFS"] = faults;
  Actor& actor = stage.Start(process, std::move(environment));
  LoadShim(stage, actor);
  return actor;
}

faults::Clock MakeClock(const std::string& path) {
  auto clock = faults::Clock::Create(path);
  if (!clock.ok()) throw harness::CellEnd(harness::CellVerdict::kError, clock.Message());
  return std::move(clock).value();
}

faults::Result<faults::GateArrival> AwaitAtGate(const Stage& stage, faults::Gate& gate,
                                                int64_t limit_ms) {
  harness::Patience patience(limit_ms);
  while (true) {
    auto reached = gate.WaitReached(std::chrono::milliseconds(100));
    if (reached.ok() || reached.error().error != ETIMEDOUT || patience.IsOver(stage.Pids()))
      return reached;
  }
}

void Release(faults::Gate& gate) {
  const faults::Status released = gate.Release();
  if (!released.ok()) throw harness::CellEnd(harness::CellVerdict::kError, released.Message());
}

faults::SwapOutcome FileFault(Stage& stage, const std::string& text, faults::FileTargets targets) {
  faults::SwapOutcome done;
  if (targets.database.empty()) targets.database = stage.Db();
  stage.Fault(text, [&]() -> std::string {
    const auto fault = faults::ParseFault(text);
    if (!fault.ok()) return fault.Message();
    auto ledger = faults::Ledger::Open(stage.LedgerPath());
    if (!ledger.ok()) return ledger.Message();
    const auto outcome = faults::ApplyFileFault(fault.value(), targets, ledger.value());
    if (!outcome.ok()) return outcome.Message();
    done = outcome.value();
    return "";
  });
  return done;
}

std::vector<std::string> Statements(const std::string& text) {
  std::vector<std::string> statements;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(";;", begin), text.size());
    statements.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  return statements;
}

}  // namespace scenarios
