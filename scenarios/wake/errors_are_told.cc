#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "harness/oracle/trouble_told.h"
#include "harness/oracle/wake_seen.h"
#include "harness/oracle/watch_cost.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kHeaderBytes = 100;

Value Sql(const std::string& sql, const std::string& connection = "c") {
  return Value::MakeObject({{"sql", sql}, {"conn", connection}});
}

// Long enough to be told: the reference believes in a hot journal after 100 ms, and looks after the
// file's name as often.
constexpr auto kLasts = std::chrono::milliseconds(400);

// Everything that happens while looks fail: the watcher's own time, counted.
struct Trouble {
  std::string what;
  std::function<void()> begin;
  std::function<bool()> fails;  // whether looks are known to fail
  std::function<void()> end;
};

void Suffer(Stage& stage, Actor& watcher, const Trouble& trouble) {
  const auto say = [&](const char* state, bool must_tell) {
    stage.Record("trouble", Value::MakeObject({{"process", watcher.process()},
                                               {"what", trouble.what},
                                               {"state", state},
                                               {"must_tell", must_tell}}));
  };
  const Value during = Value::MakeObject({{"during", trouble.what}});
  say("begins", false);
  trouble.begin();
  watcher.Do("quiesce");  // whatever woke its consumer is over, and looks have met the trouble
  watcher.Do("cost", during);
  // What is over in a moment need not be told. Looks before this pause and after it have met it.
  std::this_thread::sleep_for(kLasts);
  watcher.Do("quiesce");
  watcher.Do("cost", during);
  say("ends", trouble.fails());
  trouble.end();
}

// A writer dies in a transaction whose first pages are in the file already.
Trouble HotJournal(Stage& stage) {
  const std::string journal = stage.Db() + "-journal";
  return {"a hot journal",
          [&stage, journal] {
            Actor& victim = stage.Start("writer:2");
            victim.Do("open", Value::MakeObject({{"path", stage.Db()}}));
            victim.Do("exec", Sql("PRAGMA cache_size=10"));
            victim.Do("exec", Sql("BEGIN IMMEDIATE"));
            victim.Do("exec",
                      Sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE "
                          "i<400) INSERT INTO harness_ballast(content) SELECT zeroblob(4000) FROM "
                          "n"));
            stage.Kill(victim);
            if (!fs::exists(journal) || fs::file_size(journal) == 0)
              throw harness::CellEnd(harness::CellVerdict::kUnknown, "no journal was left behind");
          },
          // Nobody has rolled it back; those that do not read the database do not meet it.
          [&stage, journal] { return stage.Axis("backend") == "polling" && fs::exists(journal); },
          [] {}};  // the next writer rolls it back
}

Trouble NotADatabase(Stage& stage) {
  std::ifstream in(stage.Db(), std::ios::binary);
  std::string header(kHeaderBytes, '\0');
  in.read(header.data(), kHeaderBytes);
  const auto poke = [&stage](const std::string& bytes) {
    std::string text = "poke db offset=0 bytes=";
    for (const char c : bytes) {
      constexpr const char* kDigits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      text += {kDigits[byte >> 4], kDigits[byte & 15]};
    }
    return [&stage, text] { FileFault(stage, text); };
  };
  return {"not a database", poke(std::string(kHeaderBytes, 'x')),
          [&stage] { return stage.Axis("backend") == "polling"; }, poke(header)};
}

// Every read of the database by the watching process fails, those of its consumer too.
Trouble IoError(Stage& stage, Actor& watcher) {
  const auto tools = [&watcher](const std::string& sql) {
    return watcher.Do("exec", Sql(sql, "tools"))["rows"].items()[0].items()[0].Int();
  };
  const std::string fault = "io_error * at=vfs.read.db error=EIO always";
  return {"an I/O error",
          [&stage, tools, fault] {
            stage.Fault(fault, [&]() -> std::string {
              return tools("SELECT fault_arm('" + fault + "')") == 1 ? "" : "it was not armed";
            });
          },
          // The kernel backend reads nothing: what has failed there is the consumer.
          [&stage, tools] {
            return stage.Axis("backend") != "kernel" && tools("SELECT fault_fired()") > 0;
          },
          [tools] { tools("SELECT fault_disarm()"); }};
}

Trouble ClosedFolder(Stage& stage) {
  return {"a folder that is closed to the watcher",
          [&stage] { fs::permissions(stage.File(""), fs::perms::none); }, [] { return true; },
          [&stage] { fs::permissions(stage.File(""), fs::perms::all); }};
}

void Run(Stage& stage) {
  const std::string& what = stage.Axis("what");
  Actor& writer = stage.StartWriter("writer:1");
  Commit(writer, 1, 1);
  Actor& watcher = StartShimmed(stage, "watcher:1", "");
  if (what == "closed_folder") {
    for (const auto& entry : fs::directory_iterator(stage.File("")))
      fs::permissions(entry.path(), fs::perms::all);
    fs::permissions(stage.File(""), fs::perms::all);
    watcher.Do("load", Value::MakeObject({{"library", stage.environment().subject.path}}));
    const Value became = watcher.Do("become", Value::MakeObject({{"reach", stage.File("")}}));
    if (!became["reaches"].Bool())
      stage.Skip("an ordinary user cannot go into the folder of the databases");
  }
  stage.Watch(watcher, Value::MakeObject({{"reread_busy_ms", 5000}}));
  CommitAndAwait(writer, watcher, 1, 2);
  Suffer(stage, watcher,
         what == "hot_journal"      ? HotJournal(stage)
         : what == "not_a_database" ? NotADatabase(stage)
         : what == "io_error"       ? IoError(stage, watcher)
                                    : ClosedFolder(stage));
  Actor& later = stage.StartWriter("writer:3");
  for (int seq = 1; seq <= 3; ++seq) CommitAndAwait(later, watcher, 3, seq);
}

}  // namespace

const Card errors_are_told{
    .name = "wake/errors_are_told",
    .claims = {"WAKE-ERROR", "WAKE-COST"},
    .situation =
        "Looks fail with something else than a lock: a hot journal that a killed writer left, a "
        "header that is no database's for a while, an I/O error at every read, a folder that is "
        "closed to the user that the watcher runs as. Then it is over, and others commit.",
    .expectation =
        "It reaches the subscriber or stderr, once, and is not spun on; afterwards every commit is "
        "seen.",
    .axes = {Backends(),
             {"journal", {"delete"}, {}, {"truncate", "persist"}},
             {"what", {"hot_journal", "not_a_database", "io_error", "closed_folder"}}},
    .roles = {{"writer:1", "made the database"},
              {"writer:2", "is killed in a transaction"},
              {"writer:3", "commits when it is over"},
              {"watcher:1", "one subscriber"}},
    .faults = {"kill writer:2", "poke db offset=0", "io_error * at=vfs.read.db error=EIO always"},
    .oracles = {{{"trouble_told", harness::CheckTroubleTold}, "WAKE-ERROR"},
                {{"wake_seen", harness::CheckWakeSeen},
                 "WAKE-ERROR",
                 Value::MakeObject({{"writers", Value::MakeArray().Append(3)}})},
                {{"watch_cost", harness::CheckWatchCost}, "WAKE-COST"}},
    .evidence =
        "the journal is still there, the fault has fired, or the bytes are still wrong after the "
        "watcher was proved to have looked; commits seen afterwards",
    .limits =
        "In WAL a look of no backend reads a file. kernel, shm and verified read no database while "
        "nothing is committed, and are asked to say only what they can know.",
    .run = Run};

}  // namespace scenarios::wake
