#include "harness/oracle/notify_listen.h"
#include "scenarios/binding.h"
#include "scenarios/index.h"

namespace scenarios::wake {
namespace {

constexpr int kRounds = 30;

void Run(Stage& stage) {
  const std::string& binding = stage.Axis("binding");
  const std::string& from = stage.Axis("from");
  std::vector<Actor*> notifiers;
  for (int i = 1; i <= 2; ++i) {
    const bool native = from == "native" || (from == "both" && i == 1);
    notifiers.push_back(&StartNotifier(stage, native ? harness::kNativeActor : binding,
                                       "notifier:" + std::to_string(i)));
  }
  Notify(*notifiers[0], "news", "before anybody listened");
  Actor& actor = stage.StartProgram(binding, "listener:1");
  OpenBinding(stage, binding, actor);
  const int64_t first = Listen(actor, "news");
  const int64_t second = Listen(actor, "news");
  const int64_t other = Listen(actor, "other");
  // Both at once, each on its own: some rolled back, some for the other channel.
  for (int round = 1; round <= kRounds; ++round) {
    std::vector<int64_t> calls;
    for (size_t i = 0; i < notifiers.size(); ++i) {
      const std::string payload = "n" + std::to_string(i + 1) + "." + std::to_string(round);
      calls.push_back(notifiers[i]->Begin(
          "notify", NotifyCommand(round % 7 == 0 ? "other" : "news", payload, round % 5 == 0)));
    }
    for (size_t i = 0; i < notifiers.size(); ++i) notifiers[i]->End(calls[i]);
  }
  Notify(*notifiers[0], "other", "last of the others");
  Notify(*notifiers[1], "news", "last of the news");
  AwaitNotified(actor, first, "last of the news");
  AwaitNotified(actor, second, "last of the news");
  AwaitNotified(actor, other, "last of the others");
}

}  // namespace

const Card listener_gets_each_once{
    .name = "wake/listener_gets_each_once",
    .claims = {"NOTIFY-LISTEN"},
    .situation =
        "A binding's listeners, two on one channel and one on another, without their idle poll; "
        "two processes notify at once, by the subject's SQL function, by the binding, or one by "
        "each; some of it is rolled back.",
    .expectation =
        "Each listener is given every committed notification of its channel once, in order, none "
        "that rolled back, and nothing that was there before it subscribed.",
    .axes = {Backends(),
             Journals({"wal"}),
             {"binding", {"python"}},
             {"from", {"native", "python", "both"}}},
    .roles = {{"notifier:1..2", "notify 30 times each, then a last one"},
              {"listener:1", "three listeners"}},
    .faults = {"none"},
    .oracles = {{{"notify_listen", harness::CheckNotifyListen},
                 "NOTIFY-LISTEN",
                 Value::MakeObject({{"min_rolled_back", 2}, {"min_judged", 3}})}},
    .evidence = "the last notification of each channel was given, and some were rolled back",
    .limits = "WAL only: the binding sets it. Payloads are short texts in JSON.",
    .run = Run};

}  // namespace scenarios::wake
