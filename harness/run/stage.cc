#include "harness/run/stage.h"

#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "harness/matrix/claim.h"
#include "harness/oracle/verdicts.h"
#include "harness/run/file_systems.h"
#include "harness/run/guardian.h"
#include "harness/run/interrupt.h"
#include "harness/run/locks.h"

namespace harness {
namespace {

Value IdentityOf(const std::string& path) {
  struct stat st {};
  if (stat(path.c_str(), &st) != 0) return Value();
  return Value::MakeObject({{"dev", st.st_dev}, {"ino", st.st_ino}});
}

std::string FileNameFor(const std::string& process, int start) {
  std::string name = process;
  std::ranges::replace(name, ':', '-');
  return start == 1 ? name : name + "." + std::to_string(start);
}

}  // namespace

Stage::Stage(const Cell& cell, const Environment& environment, std::string folder,
             std::string scratch, Guardian& guardian, CellMounts& mounts, std::string second)
    : cell_(cell),
      environment_(environment),
      folder_(std::move(folder)),
      scratch_(std::move(scratch)),
      guardian_(guardian),
      mounts_(mounts),
      second_(std::move(second)),
      random_(cell.RandomSeed()),
      lock_watch_(environment.tools + "/libfault_locks.so",
                  [this](int64_t t_ns, const std::string& event, Value value) {
                    history_.AppendAt(t_ns > 0 ? t_ns : NowNs(), OpType::kEvent, 0, event,
                                      std::move(value));
                  }) {
  if (Status s = history_.Open(folder_ + "/history/runner.jsonl", "runner"); !s.ok()) {
    throw CellEnd(CellVerdict::kError, s.error());
  }
}

Stage::~Stage() {
  for (auto& actor : actors_) {
    actor->child().SignalGroup(SIGKILL);
    (void)actor->child().Wait(-1);
    guardian_.DropGroup(actor->pid());
  }
}

void Stage::PutDb(const std::string& name) {
  db_ = name;
  std::error_code failed;
  std::filesystem::create_directories(std::filesystem::path(Db()).parent_path(), failed);
  if (failed) throw CellEnd(CellVerdict::kError, "cannot make a folder: " + failed.message());
}

Actor& Stage::Start(const std::string& process, std::map<std::string, std::string> environment) {
  return StartCommand(process,
                      {environment_.actor, "--sqlite-source-id", environment_.sqlite.source_id},
                      std::move(environment));
}

Actor& Stage::StartUnder(std::vector<std::string> wrapper, const std::string& process) {
  std::vector<std::string> words = {"/usr/bin/env"};
  words.insert(words.end(), wrapper.begin(), wrapper.end());
  words.insert(words.end(),
               {environment_.actor, "--sqlite-source-id", environment_.sqlite.source_id});
  return StartCommand(process, std::move(words), {});
}

Actor& Stage::StartProgram(const std::string& program, const std::string& process) {
  if (program == kNativeActor) return Start(process);
  const auto given = environment_.programs.find(program);
  if (given == environment_.programs.end()) {
    Skip("no actor \"" + program + "\": give --actor " + program + "=COMMAND");
  }
  std::vector<std::string> words = {"/usr/bin/env"};
  words.insert(words.end(), given->second.words.begin(), given->second.words.end());
  Actor& actor = StartCommand(process, std::move(words), {});
  Record("actor", Value::MakeObject({{"process", process},
                                     {"program", program},
                                     {"sqlite", actor.hello()["sqlite"]},
                                     {"subject", actor.hello()["subject"]}}));
  return actor;
}

Actor& Stage::StartCommand(const std::string& process, std::vector<std::string> words,
                           std::map<std::string, std::string> environment) {
  const std::string name = FileNameFor(process, ++starts_[process]);
  const std::string history_path = folder_ + "/history/" + name + ".jsonl";
  const std::string stderr_path = folder_ + "/stderr/" + name + ".txt";
  if (!environment_.sqlite.library_folder.empty()) {
    environment["LD_LIBRARY_PATH"] = environment_.sqlite.library_folder;
  }
  const std::string book = folder_ + "/history/" + name + ".locks";
  lock_watch_.Prepare(book, environment);
  std::vector<std::string> arguments(words.begin() + 1, words.end());
  arguments.insert(arguments.end(), {"--process", process, "--history", history_path, "--subject",
                                     environment_.subject.path});
  Result<ChildProcess> child = ChildProcess::Start({.executable = words.front(),
                                                    .arguments = std::move(arguments),
                                                    .environment = std::move(environment),
                                                    .stderr_path = stderr_path});
  if (!child.ok()) throw CellEnd(CellVerdict::kError, child.error());
  const pid_t pid = child.value().pid();
  guardian_.AddGroup(pid);
  histories_[pid] = history_path;
  stderr_files_.emplace_back(process, stderr_path);
  try {
    actors_.push_back(std::make_unique<Actor>(process, std::move(child).value()));
    actors_.back()->SetCompany([this] { return Pids(); });
    actors_.back()->SetAfterReply([this] { lock_watch_.Look(); });
    lock_watch_.Follow(process, pid, book);
  } catch (const CellEnd&) {
    guardian_.DropGroup(pid);
    throw;
  }
  return *actors_.back();
}

Actor& Stage::StartWriter(const std::string& process) {
  Actor& writer = Start(process);
  const Value opened = writer.Do("open", Value::MakeObject({{"path", Db()},
                                                            {"journal", Axis("journal")},
                                                            {"sync", Axis("sync")},
                                                            {"create", true}}));
  if (!Axis("journal").empty() && opened["journal"].Text() != Axis("journal")) {
    throw CellEnd(CellVerdict::kError, "SQLite set journal mode " + opened["journal"].Text() +
                                           " where " + Axis("journal") + " was asked for");
  }
  writer.Do("setup");
  return writer;
}

Actor& Stage::StartWatcher(const std::string& process, Value options) {
  Actor& watcher = Start(process);
  Watch(watcher, std::move(options));
  return watcher;
}

void Stage::Watch(Actor& actor, Value options) {
  if (!environment_.subject.abi) Absent("watcher C ABI");
  options.Set("path", ForWatchers(options.Has("path") ? options["path"].Text() : Db()));
  if (!options.Has("backend")) options.Set("backend", Axis("backend"));
  const std::string backend = options["backend"].Text();
  const bool shm_was_there = std::filesystem::exists(options["path"].Text() + "-shm");
  const Value answer = actor.Do("watch", std::move(options));
  // In WAL shm is documented to need an open connection too: the first to open makes -shm, the last
  // to close removes it.
  const std::string error = PlainText(answer["error"]);
  if (answer["outcome"].Text() == "refused" && backend == "shm" && Axis("journal") == "wal" &&
      !shm_was_there && error.find("shm") != std::string::npos) {
    throw CellEnd(CellVerdict::kRefused, "refused at open: " + error);
  }
  RequireOpened(answer, backend, Axis("journal"));
}

void Stage::RequireOpened(const Value& answer, const std::string& backend,
                          const std::string& journal) {
  const std::string& outcome = answer["outcome"].Text();
  if (outcome == "opened") return;
  const std::string error = PlainText(answer["error"]);
  if (outcome == "absent") throw CellEnd(CellVerdict::kAbsent, error);
  const bool documented = IsDocumentedRefusal(backend, journal, error);
  throw CellEnd(documented ? CellVerdict::kRefused : CellVerdict::kBroken,
                "refused at open: " + error);
}

std::vector<pid_t> Stage::Pids() const {
  std::vector<pid_t> pids;
  for (const auto& actor : actors_) {
    if (!ended_.contains(actor->pid())) pids.push_back(actor->pid());
  }
  return pids;
}

void Stage::AwaitBegun(Actor& actor, const std::string& op) {
  Patience patience(Actor::kReplyLimitMs);
  const std::string mark = "\"op\":\"" + op + "\"";
  while (true) {
    std::ifstream in(histories_.at(actor.pid()));
    for (std::string line; std::getline(in, line);) {
      if (line.find(mark) != std::string::npos) return;
    }
    if (Interrupted()) throw CellEnd(CellVerdict::kSkipped, "interrupted");
    if (patience.IsOver(Pids()))
      throw CellEnd(CellVerdict::kError, actor.process() + " did not begin " + op);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void Stage::Quit(Actor& actor) {
  const Parting parting = actor.Quit(environment_.patience_ms);
  RecordEnd(actor, parting.status, !parting.trouble);
  if (parting.trouble) throw CellEnd(*parting.trouble);
}

void Stage::Kill(Actor& actor) {
  Record("kill", Value::MakeObject({{"process", actor.process()}, {"signal", SIGKILL}}));
  actor.child().SignalGroup(SIGKILL);
  const auto status = actor.child().Wait(-1);
  RecordEnd(actor, status.value_or(ExitStatus{true, SIGKILL}), true);
}

bool Stage::IsKilledBy(Actor& actor, const std::string& op, Value value) {
  try {
    (void)actor.Try(op, std::move(value));
    (void)actor.Try("work_state");  // answered by whoever is there to answer
    return false;
  } catch (const CellEnd&) {
    const auto status = actor.child().Wait(0);
    if (Interrupted() || !status || !status->signaled || status->code != SIGKILL) throw;
    RecordEnd(actor, *status, true);
    return true;
  }
}

void Stage::Signal(Actor& actor, int signal_number) {
  Record("signal", Value::MakeObject({{"process", actor.process()}, {"signal", signal_number}}));
  actor.child().Signal(signal_number);
}

void Stage::RecordEnd(Actor& actor, const ExitStatus& status, bool expected) {
  guardian_.DropGroup(actor.pid());
  ended_.insert(actor.pid());
  lock_watch_.Ended(actor.pid());
  Record("died", Value::MakeObject({{"process", actor.process()},
                                    {"how", status.Words()},
                                    {"expected", expected},
                                    {"pending", actor.Doing()}}));
}

void Stage::Window(const std::string& what, Actor& watcher, const std::function<void()>& body) {
  watcher.Do("quiesce");
  const int64_t call = next_call_++;
  history_.Append(OpType::kInvoke, call, "window", Value::MakeObject({{"what", what}}));
  body();
  watcher.Do("quiesce");
  history_.Append(OpType::kOk, call, "window", Value::MakeObject());
}

void Stage::Fault(const std::string& text, const std::function<std::string()>& act) {
  const int64_t call = next_call_++;
  history_.Append(OpType::kInvoke, call, "fault", Value::MakeObject({{"fault", text}}));
  const Value before = IdentityOf(Db());
  const std::string error = act();
  if (!error.empty()) {
    history_.Append(OpType::kFail, call, "fault", Value::MakeObject({{"message", error}}));
    throw CellEnd(CellVerdict::kError, "the fault \"" + text + "\" could not be made: " + error);
  }
  history_.Append(OpType::kOk, call, "fault",
                  Value::MakeObject({{"before", before}, {"after", IdentityOf(Db())}}));
}

void Stage::MountFault(const std::string& text, const std::string& lower) {
  if (const std::string lacks = mounts_.Lacks(); !lacks.empty()) Skip(lacks);
  std::string lacking;
  const auto act = [&]() -> std::string {
    const faults::Status done = mounts_.Apply(text, lower);
    if (!done.ok() && done.error().extra.starts_with("needs ")) lacking = done.error().extra;
    return done.ok() ? "" : done.Message();
  };
  try {
    Fault(text, act);
  } catch (const CellEnd&) {
    if (lacking.empty()) throw;
    Skip(lacking);
  }
  if (text.find("fs=two_mounts") != std::string::npos) second_ = mounts_.Second();
}

bool Stage::IsCopiedUp() const { return mounts_.IsInUpperLayer("app.db"); }

std::string Stage::ForWatchers(const std::string& path) const {
  if (second_.empty() || !path.starts_with(scratch_ + "/")) return path;
  return second_ + path.substr(scratch_.size());
}

void Stage::RecordLocks(const Actor& actor, const std::string& when) {
  Record("locks", Value::MakeObject({{"process", actor.process()},
                                     {"pid", static_cast<int64_t>(actor.pid())},
                                     {"when", when},
                                     {"locks", LocksOf(actor.pid(), Db())}}));
}

int64_t Stage::RecordBackendEvidence(const Actor& actor) {
  int64_t watches = 0;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(
           "/proc/" + std::to_string(actor.pid()) + "/fdinfo", ec)) {
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) watches += line.starts_with("inotify wd:");
  }
  Record("backend_evidence",
         Value::MakeObject({{"process", actor.process()}, {"inotify_watches", watches}}));
  return watches;
}

void Stage::Record(const std::string& event, Value value) {
  history_.Append(OpType::kEvent, 0, event, std::move(value));
}

void Stage::Absent(const std::string& what) {
  const SubjectInfo& subject = environment_.subject;
  const bool loads = subject.loads || subject.error.empty();
  throw CellEnd(CellVerdict::kAbsent, "the subject has no " + what +
                                          (loads ? "" : ": it does not load: " + subject.error));
}

void Stage::Skip(const std::string& why) { throw CellEnd(CellVerdict::kSkipped, why); }

void Stage::Finish() {
  std::optional<CellEnd> trouble;
  if (Interrupted()) {
    // Nobody waits for what is in the middle of a long command.
    for (auto& actor : actors_) actor->child().SignalGroup(SIGKILL);
  }
  for (auto& actor : actors_) {
    if (ended_.contains(actor->pid())) continue;
    const Parting parting = actor->Quit(environment_.patience_ms);
    RecordEnd(*actor, parting.status, !parting.trouble);
    if (!parting.trouble) continue;
    if (!trouble || Stronger(parting.trouble->verdict, trouble->verdict) != trouble->verdict)
      trouble.emplace(*parting.trouble);
  }
  for (const auto& [process, path] : stderr_files_) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      Record("stderr", Value::MakeObject({{"process", process}, {"line", line}}));
    }
  }
  if (trouble) throw CellEnd(*trouble);
}

}  // namespace harness
