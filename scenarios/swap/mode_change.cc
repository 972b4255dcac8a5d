#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/swap/noticed.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  const bool to_wal = stage.Axis("change") == "to_wal";
  Actor& writer = stage.Start("writer:1");
  writer.Do("open",
            Value::MakeObject(
                {{"path", stage.Db()}, {"journal", to_wal ? "delete" : "wal"}, {"create", true}}));
  writer.Do("setup");
  Actor& watcher = stage.Start("watcher:1");
  if (!stage.environment().subject.abi) stage.Absent("watcher C ABI");
  const Value watched =
      watcher.Do("watch", Value::MakeObject({{"path", stage.Db()},
                                             {"backend", stage.Axis("backend")},
                                             {"fresh", stage.Axis("application") == "fresh"}}));
  stage.RequireOpened(watched, stage.Axis("backend"), to_wal ? "delete" : "wal");
  CommitAndAwait(writer, watcher, 1, 1);
  const auto pragma = [&](const std::string& what) {
    return writer.Try("exec", Value::MakeObject({{"sql", "PRAGMA " + what}}));
  };
  // SQLite refuses the way back while another connection is open, the watcher's too: it is asked
  // with little patience, since nobody will close.
  const std::string wanted = to_wal ? "wal" : "delete";
  (void)pragma("busy_timeout=200");
  stage.Fault("mode db journal=" + wanted, [&]() -> std::string {
    const harness::ActorReply reply = pragma("journal_mode=" + wanted);
    const bool locked = reply.value["name"].Text().starts_with("SQLITE_BUSY");
    return reply.ok() || locked ? "" : reply.value["message"].Text();
  });
  (void)pragma("busy_timeout=60000");
  const Value in_force = writer.Do("exec", Value::MakeObject({{"sql", "PRAGMA journal_mode"}}));
  stage.Record("mode",
               Value::MakeObject({{"wanted", wanted},
                                  {"in_force", in_force["rows"].items()[0].items()[0].Text()}}));
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
    .oracles = {{{"mode_noticed", CheckModeNoticed}, "SWAP-MODE"}},
    .evidence =
        "the mode in force after the change was asked for; commits after it, and the end of the "
        "wait for each",
    .limits =
        "DELETE stands for the rollback modes: the others differ only in what becomes of the "
        "journal file.",
    .run = Run};

}  // namespace scenarios::swap
