#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/swap/noticed.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  const bool to_wal = stage.Axis("change") == "to_wal";
  Actor& writer = stage.Start("writer:1");
  writer.Do("open", Value::MakeObject({{"path", stage.Db()},
                                       {"journal", to_wal ? "delete" : "wal"},
                                       {"create", true},
                                       {"busy_ms", 200}}));
  writer.Do("setup");
  Actor& watcher = stage.Start("watcher:1");
  if (!stage.environment().subject.abi) stage.Absent("the watcher C ABI");
  const Value watched =
      watcher.Do("watch", Value::MakeObject({{"path", stage.Db()},
                                             {"backend", stage.Axis("backend")},
                                             {"fresh", stage.Axis("application") == "fresh"}}));
  if (watched["outcome"].Text() != "opened") {
    // shm on a database in a rollback mode declines, as documented.
    const bool documented = to_wal && stage.Axis("backend") == "shm";
    throw harness::CellEnd(
        documented ? harness::CellVerdict::kRefused : harness::CellVerdict::kBroken,
        "refused at open: " + watched["error"].Text());
  }
  CommitAndAwait(writer, watcher, 1, 1);
  // SQLite refuses the way back while another connection is open, the watcher's too: the answer is
  // in the history, and either is legal.
  stage.Fault("mode db journal=" + std::string(to_wal ? "wal" : "delete"), [&]() -> std::string {
    (void)writer.Try("exec", Value::MakeObject({{"sql", std::string("PRAGMA journal_mode=") +
                                                            (to_wal ? "wal" : "delete")}}));
    return "";
  });
  for (int seq = 2; seq <= 5; ++seq) CommitAndAwait(writer, watcher, 1, seq);
}

}  // namespace

const Card mode_change{
    .name = "swap/mode_change",
    .claims = {"SWAP-MODE"},
    .situation =
        "A writer changes the journal mode under an open watcher, into WAL or out of it; SQLite "
        "refuses the way "
        "out while any other connection is open.",
    .expectation =
        "shm dies or declined at open; the others keep working in the mode that is in force "
        "afterwards.",
    .axes = {Backends(), {"change", {"to_wal", "to_delete"}}, {"application", {"open", "fresh"}}},
    .roles = {{"writer:1", "changes the mode, then commits"},
              {"watcher:1", "one subscriber; with application=fresh it keeps no connection"}},
    .faults = {"mode db journal=wal", "mode db journal=delete"},
    .oracles = {{{"noticed", CheckNoticed}, "SWAP-MODE"}},
    .evidence = "commits after the change, and the end of the wait for each",
    .limits =
        "DELETE stands for the rollback modes: the others differ only in what becomes of the "
        "journal file.",
    .run = Run};

}  // namespace scenarios::swap
