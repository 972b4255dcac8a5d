#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kCommits = 2;

// The call that makes a commit of this mode final: all is written before it, the change counter
// too.
std::string CommitPoint(const std::string& journal) {
  if (journal == "delete") return "at=vfs.delete.journal";
  return journal == "truncate" ? "at=vfs.truncate.journal" : "at=vfs.write.journal detail=0+28";
}

void Run(Stage& stage) {
  MakeDatabase(stage, stage.Db());
  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int seq = 1; seq <= kCommits; ++seq) {
    const std::string name = "writer:" + std::to_string(seq);
    faults::Gate gate = MakeGate(stage, "commit" + std::to_string(seq));
    const std::string fault =
        gate.FaultText(name, CommitPoint(stage.Axis("journal")) + " when=before once");
    Actor& writer = StartShimmed(stage, name, fault);
    writer.Do("open",
              Value::MakeObject({{"path", stage.Db()}, {"journal", stage.Axis("journal")}}));
    const int64_t call = writer.Begin("commit", Value::MakeObject({{"writer", seq}, {"seq", 1}}));
    stage.Fault(fault, [&]() -> std::string {
      const auto reached = AwaitAtGate(stage, gate);
      return reached.ok() ? "" : "no commit came to the gate: " + reached.Message();
    });
    // The watcher looks at a counter that has moved and a database that is locked. A consumer that
    // was woken already waits for the lock: then there is no quiet to prove, and no wake to miss.
    watcher.Do("quiesce", Value::MakeObject({{"limit_ms", 400}}));
    Release(gate);
    writer.End(call);
    watcher.Do("await", Marks(seq, 1));
  }
}

}  // namespace

const Card held_at_the_commit_point{
    .name = "wake/held_at_the_commit_point",
    .claims = {"WAKE-BUSY"},
    .situation =
        "A commit is held before the call that makes it final: the database and its change counter "
        "are written, the writer has its exclusive lock. The watcher looks, then it goes on.",
    .expectation = "A wake comes after the commit is visible: what was seen before is not it.",
    .axes = {Backends(), Journals({"delete", "truncate", "persist"})},
    .roles = {{"writer:1", "commits, and is held"},
              {"writer:2", "the same, in a process of its own"},
              {"watcher:1", "one subscriber"}},
    .faults = {"gate writer:1 at=vfs.delete.journal when=before once",
               "gate writer:1 at=vfs.truncate.journal when=before once",
               "gate writer:1 at=vfs.write.journal detail=0+28 when=before once"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-BUSY"}},
    .evidence = "the writer stood at the gate, and the commit was seen or proved missed",
    .limits =
        "A writer that is killed there: wake/writers_come_and_go. WAL has no such moment: "
        "wake/held_before_visible.",
    .run = Run};

}  // namespace scenarios::wake
