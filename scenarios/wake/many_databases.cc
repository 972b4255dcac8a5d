#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

// A file-event instance for each, of which a user has 128 as Linux comes; or a thread for each that
// looks every millisecond.
bool IsCrowded(const harness::Cell& cell) { return cell.Get("databases") != "10"; }

Value Named(const std::string& connection, int64_t writer, int64_t seq) {
  return Value::MakeObject({{"conn", connection}, {"writer", writer}, {"seq", seq}});
}

void Run(Stage& stage) {
  const int count = std::stoi(stage.Axis("databases"));
  Actor& writer = stage.Start("writer:1");
  Actor& watcher = stage.Start("watcher:1");
  const auto path = [&](int i) { return stage.File("app" + std::to_string(i) + ".db"); };
  const auto connection = [](int i) { return "app" + std::to_string(i); };
  for (int i = 0; i < count; ++i) {
    writer.Do("open", Value::MakeObject({{"path", path(i)},
                                         {"conn", connection(i)},
                                         {"journal", stage.Axis("journal")},
                                         {"sync", "normal"},
                                         {"create", true}}));
    writer.Do("setup", Value::MakeObject({{"conn", connection(i)}}));
    // A handle that nobody waits on keeps each database watched all the time.
    stage.Watch(watcher, Value::MakeObject({{"path", path(i)}, {"lazy", 1}}));
  }
  watcher.Do("cost");
  for (int i = 0; i < count; ++i) {
    stage.Watch(watcher, Value::MakeObject({{"path", path(i)}, {"first_sub", count + i}}));
    (void)writer.Try("commit", Named(connection((i + 1) % count), 1000 + i, 1));
    (void)writer.Try("commit", Named(connection(i), i, 1));
    watcher.Do("await", Marks(i, 1));
    watcher.Do("unwatch", Value::MakeObject({{"subs", Value::MakeArray().Append(count + i)}}));
  }
}

// The commits that are waited for; those in the next database belong to nobody.
Value Waited(int count) {
  Value writers = Value::MakeArray();
  for (int i = 0; i < count; ++i) writers.Append(i);
  return Value::MakeObject({{"writers", writers}});
}

}  // namespace

const Card many_databases{
    .name = "wake/many_databases",
    .claims = {"WAKE-NEIGHBOUR"},
    .situation =
        "One process watches many databases in one folder; each is written in turn, right after "
        "another one.",
    .expectation = "Each subscriber sees the commit in its own database.",
    .axes = {Backends(), {"journal", {"delete", "wal"}}, {"databases", {"10"}, {}, {"40"}}},
    .roles = {{"writer:1", "commits to one database after the other"},
              {"watcher:1", "a handle on each database, and one subscriber at a time"}},
    .faults = {"none"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-NEIGHBOUR", Waited(40)}},
    .evidence = "a commit in each database that was seen or proved missed",
    .limits = "One process; a process for each database is wake/fanout many times over.",
    .alone = IsCrowded,
    .run = Run};

}  // namespace scenarios::wake
