#include <cstdlib>

#include "harness/oracle/refusal.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/wake/event_faults.h"

namespace scenarios::wake {
namespace {

constexpr int kCommits = 3;

// How the limit is reached: by a fault, or by the kernel in a user namespace of its own.
struct Limit {
  const char* name;
  const char* fault;   // "" for a real one
  const char* sysctl;  // of the namespace
};
constexpr Limit kLimits[] = {
    {"instances", "io_error watcher:1 at=libc.inotify.init error=EMFILE always", ""},
    {"first_watch", "io_error watcher:1 at=libc.inotify.add_watch error=ENOSPC always", ""},
    {"second_watch", "io_error watcher:1 at=libc.inotify.add_watch nth=2 error=ENOSPC always", ""},
    {"third_watch", "io_error watcher:1 at=libc.inotify.add_watch nth=3 error=ENOSPC always", ""},
    {"memory", "io_error watcher:1 at=libc.inotify.add_watch error=ENOMEM always", ""},
    {"real_instances", "", "max_inotify_instances"},
    {"real_watches", "", "max_inotify_watches"}};

const Limit& LimitOf(const Stage& stage) {
  for (const Limit& limit : kLimits) {
    if (stage.Axis("limit") == limit.name) return limit;
  }
  throw harness::CellEnd(harness::CellVerdict::kError, "no such limit");
}

// An actor that may have no inotify at all, as the kernel counts it.
Actor& StartLimited(Stage& stage, const std::string& sysctl) {
  const std::string path = "/proc/sys/user/" + sysctl;
  if (std::system(("unshare -U -r sh -c 'echo 0 > " + path + "' 2>/dev/null").c_str()) != 0) {
    stage.Skip("needs a user namespace in which " + path + " can be set");
  }
  return stage.StartUnder(
      {"unshare", "-U", "-r", "sh", "-c", "echo 0 > " + path + "; exec \"$@\"", "sh"}, "watcher:1");
}

void Run(Stage& stage) {
  if (!stage.environment().subject.abi) stage.Absent("watcher C ABI");
  const Limit& limit = LimitOf(stage);
  EventFaults faults(stage);
  Actor& writer = stage.StartWriter("writer:1");
  const bool real = *limit.sysctl != '\0';
  Actor& watcher = real ? StartLimited(stage, limit.sysctl)
                        : stage.Start("watcher:1", faults.EnvironmentOf("watcher:1"));
  if (!real) faults.Set(limit.fault);
  const Value watched = watcher.Do(
      "watch", Value::MakeObject({{"path", stage.Db()}, {"backend", stage.Axis("backend")}}));
  if (!real) faults.RecordEvidence(stage.Axis("backend") == "kernel");
  if (watched["outcome"].Text() != "opened") return;
  for (int seq = 1; seq <= kCommits; ++seq) CommitAndAwait(writer, watcher, 1, seq);
}

}  // namespace

const Card file_events_refused{
    .name = "wake/file_events_refused",
    .claims = {"WAKE-REFUSE"},
    .situation =
        "The limits of inotify are exhausted when a watcher is opened: of instances, of watches at "
        "the first, second "
        "or third one, memory; by a fault, and really, in a user namespace that may have none.",
    .expectation =
        "Refused at open with the reason, or opened and working; never a handle that hears "
        "nothing. polling and shm "
        "need no file events and open.",
    .axes = {Backends(),
             Journals({"delete", "wal"}),
             {"limit",
              {"instances", "first_watch", "second_watch", "third_watch", "memory",
               "real_instances", "real_watches"},
              {"instances", "second_watch", "real_watches"}}},
    .roles = {{"writer:1", "commits, to see whether an open handle lives"},
              {"watcher:1", "asks for a handle"}},
    .faults = {"io_error watcher:1 at=libc.inotify.init error=EMFILE always",
               "io_error watcher:1 at=libc.inotify.add_watch nth=2 error=ENOSPC always"},
    .oracles = {{{"refusal", harness::CheckRefusal},
                 "WAKE-REFUSE",
                 Value::MakeObject({{"expect", "either"}})}},
    .evidence = "the answer of open, and the ledger of the refused calls",
    .limits = "The limits are reached before the watcher opens, not while it is open.",
    .run = Run};

}  // namespace scenarios::wake
