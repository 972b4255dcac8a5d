#include "harness/oracle/listen_death.h"
#include "harness/oracle/notify_listen.h"
#include "harness/oracle/swap_death.h"
#include "scenarios/binding.h"
#include "scenarios/index.h"
#include "scenarios/swap/replacements.h"

namespace scenarios::swap {
namespace {

// How long a listener that comes after the death may take to learn it, before silence is proved.
constexpr int64_t kLaterMs = 2'000;

void Run(Stage& stage) {
  const std::string& binding = stage.Axis("binding");
  Actor& notifier = StartNotifier(stage, harness::kNativeActor, "notifier:1");
  Actor& actor = stage.StartProgram(binding, "listener:1");
  OpenBinding(stage, binding, actor);
  RequireBackend(stage, binding,
                 actor.Do("watch", Value::MakeObject({{"path", stage.Db()},
                                                      {"backend", stage.Axis("backend")}})));
  const int64_t before = Listen(actor, "news");
  Notify(notifier, "news", "on the old file");
  AwaitNotified(actor, before, "on the old file");
  Replace(stage, stage.Axis("by"), "remove");
  actor.Do("await_death");
  actor.Do("await_death", Value::MakeObject({{"listeners", true}}));

  // One that subscribes to the dead connection.
  const harness::ActorReply late = actor.Try("listen", Value::MakeObject({{"channel", "news"}}));
  if (late.ok()) {
    actor.Do("await_death", Value::MakeObject({{"listeners", true}, {"limit_ms", kLaterMs}}));
    actor.Do("unlisten", Value::MakeObject({{"sub", late.value["sub"]}}));
  }

  // What the documentation tells applications to do.
  actor.Do("unlisten", Value::MakeObject({{"sub", before}}));
  actor.Do("unwatch");
  actor.Do("close");
  Actor& successor = StartNotifier(stage, harness::kNativeActor, "notifier:2");
  OpenBinding(stage, binding, actor);
  const int64_t again = Listen(actor, "news");
  Notify(successor, "news", "on the new file");
  AwaitNotified(actor, again, "on the new file");
}

}  // namespace

const Card listener_death{
    .name = "swap/listener_death",
    .claims = {"SWAP-DEATH", "SWAP-LATER", "SWAP-RECOVER"},
    .situation =
        "The database file is replaced under a binding's listener and under a subscriber of its "
        "update events; another listener subscribes to the dead connection; then the application "
        "closes it, opens the database again and listens.",
    .expectation =
        "Each ends with a sentence, and so does the one that came later; the one on the reopened "
        "connection is given what is committed from then on.",
    .axes = {Backends(), Journals({"wal"}), {"binding", {"python"}}, Ways()},
    .roles = {{"notifier:1", "notifies on the old file"},
              {"notifier:2", "notifies on the new file"},
              {"listener:1", "listens, dies, opens again"}},
    .faults = {"swap db by=rename_over", "swap db by=unlink_recreate",
               "swap db by=litestream_restore"},
    .oracles = {{{"listen_death", harness::CheckListenDeath}, "SWAP-DEATH"},
                {{"swap_death", harness::CheckSwapDeath}, "SWAP-DEATH"},
                {{"listen_death", harness::CheckListenDeath},
                 "SWAP-LATER",
                 Value::MakeObject({{"later", true}})},
                {{"notify_listen", harness::CheckNotifyListen},
                 "SWAP-RECOVER",
                 Value::MakeObject({{"min_judged", 2}})}},
    .evidence = "the fault, with identities that differ; the end of each listener",
    .limits =
        "WAL only: the binding sets it. Silence of a listener whose watcher's threads are all gone "
        "is proved by that and by its own waits.",
    .run = Run};

}  // namespace scenarios::swap
