#include "scenarios/binding.h"
#include "scenarios/index.h"
#include "scenarios/swap/rewound.h"

namespace scenarios::swap {
namespace {

// Between two notifications of which the first is in the copy.
constexpr int kAfterTheCopy = 3;

void Run(Stage& stage) {
  const std::string& binding = stage.Axis("binding");
  const std::string copy = stage.File("copy.db");
  Actor& notifier = StartNotifier(stage, harness::kNativeActor, "notifier:1");
  Actor& listener = stage.StartProgram(binding, "listener:1");
  OpenBinding(stage, binding, listener);
  const int64_t sub = Listen(listener, "news");
  Notify(notifier, "news", "in the copy");
  AwaitNotified(listener, sub, "in the copy");
  notifier.Do("open", Value::MakeObject({{"path", stage.Db()}}));
  notifier.Do("exec", Value::MakeObject({{"sql", "VACUUM INTO '" + copy + "'"}}));
  for (int i = 1; i <= kAfterTheCopy; ++i) {
    const std::string payload = "after the copy " + std::to_string(i);
    Notify(notifier, "news", payload);
    AwaitNotified(listener, sub, payload);
  }
  notifier.Do("close");
  FileFault(stage, "swap db by=backup_restore", {.replacement = copy});
  Notify(notifier, "news", "after the restore");
  AwaitNotified(listener, sub, "after the restore");
}

}  // namespace

const Card cursor_rewound{
    .name = "swap/cursor_rewound",
    .claims = {"SWAP-CURSOR"},
    .situation =
        "A listener of a binding has come to a certain id when an older copy is restored in place "
        "by SQLite's backup API; what is notified then has an id that it has gone beyond.",
    .expectation = "It is told, or it is given what comes: never silence.",
    .axes = {Backends(), Journals({"wal"}), {"binding", {"python"}}},
    .roles = {{"notifier:1", "notifies before and after"}, {"listener:1", "listens all the time"}},
    .faults = {"swap db by=backup_restore"},
    .oracles = {{{"rewound", CheckRewound}, "SWAP-CURSOR"}},
    .evidence = "an id after the restore that the listener had gone beyond; the end of its wait",
    .limits =
        "The listeners and stream consumers of the C++ API are tried by core/api/restore_test.cc. "
        "Once ids have caught up with the listener's nothing can be told from them.",
    .run = Run};

}  // namespace scenarios::swap
