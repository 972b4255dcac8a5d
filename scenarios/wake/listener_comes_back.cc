#include "harness/oracle/notify_listen.h"
#include "scenarios/binding.h"
#include "scenarios/index.h"

namespace scenarios::wake {
namespace {

constexpr int kReturns = 3;

void Run(Stage& stage) {
  const std::string& binding = stage.Axis("binding");
  const std::string& how = stage.Axis("how");
  Actor& notifier = StartNotifier(stage, harness::kNativeActor, "notifier:1");
  Actor& actor = stage.StartProgram(binding, "listener:1");
  OpenBinding(stage, binding, actor);
  for (int turn = 1; turn <= kReturns; ++turn) {
    const std::string name = std::to_string(turn);
    const int64_t listener = Listen(actor, "news");
    Notify(notifier, "news", "while it listens " + name);
    Notify(notifier, "news", "and again " + name);
    AwaitNotified(actor, listener, "and again " + name);
    const Value which = Value::MakeObject({{"sub", listener}});
    if (how != "close_under_it") actor.Do("unlisten", which);
    if (how != "unlisten") actor.Do("close");
    if (how == "close_under_it") {
      actor.Do("await_death", Value::MakeObject({{"listeners", true}}));
      actor.Do("unlisten", which);
    }
    Notify(notifier, "news", "while it is away " + name);
    if (how != "unlisten") OpenBinding(stage, binding, actor);
  }
  const int64_t last = Listen(actor, "news");
  Notify(notifier, "news", "the last");
  AwaitNotified(actor, last, "the last");
}

}  // namespace

const Card listener_comes_back{
    .name = "wake/listener_comes_back",
    .claims = {"NOTIFY-LISTEN"},
    .situation =
        "A binding's listener leaves and another comes, three times: on the same connection, on "
        "one that was closed and opened again, or the connection is closed under the one that "
        "listens. Something is committed in between.",
    .expectation =
        "What is committed after it has subscribed is given, once and in order; nothing of what "
        "came before, or while nobody listened.",
    .axes = {Backends(),
             Journals({"wal"}),
             {"binding", {"python"}},
             {"how", {"unlisten", "reopen", "close_under_it"}}},
    .roles = {{"notifier:1", "notifies while it listens, and while it is away"},
              {"listener:1", "comes and goes"}},
    .faults = {"none"},
    .oracles = {{{"notify_listen", harness::CheckNotifyListen},
                 "NOTIFY-LISTEN",
                 Value::MakeObject({{"min_judged", kReturns + 1}})}},
    .evidence = "each listener was given the last notification that was sent while it listened",
    .limits =
        "WAL only: the binding sets it. What the listener says when its connection is closed under "
        "it is in the history, and is not judged.",
    .run = Run};

}  // namespace scenarios::wake
