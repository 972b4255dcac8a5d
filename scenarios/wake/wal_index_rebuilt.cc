#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <optional>

#include "harness/oracle/wake_seen.h"
#include "harness/run/locks.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/wake/suspension.h"

namespace scenarios::wake {
namespace {

// So many commits are in the WAL-index when the watcher takes its baseline.
constexpr int kBaseline = 3;
// More than that are not needed to bring iChange back.
constexpr int kMostCommits = 20;
constexpr int kMostStops = 1000;

// Both copies of the header as they stand in the file, where anybody may read them. (This process
// has no SQLite lock to lose by closing it.) https://www.sqlite.org/walformat.html, section 2.1.
struct IndexHeader {
  std::array<uint32_t, 12> first{};
  std::array<uint32_t, 12> second{};

  bool torn() const { return first != second; }
  uint32_t change() const { return first[2]; }
  uint32_t max_frame() const { return first[4]; }
};

IndexHeader ReadIndex(const Stage& stage) {
  IndexHeader header;
  std::ifstream in(stage.Db() + "-shm", std::ios::binary);
  in.read(reinterpret_cast<char*>(header.first.data()), sizeof header.first);
  in.read(reinterpret_cast<char*>(header.second.data()), sizeof header.second);
  if (!in) throw harness::CellEnd(harness::CellVerdict::kError, "there is no WAL-index to read");
  return header;
}

IndexHeader Note(Stage& stage, const char* when) {
  const IndexHeader header = ReadIndex(stage);
  stage.Record("wal_index",
               Value::MakeObject({{"when", when},
                                  {"torn", header.torn()},
                                  {"change", static_cast<int64_t>(header.change())},
                                  {"frames", static_cast<int64_t>(header.max_frame())}}));
  return header;
}

// A writer dies between the two copies of the header: one is new, the other old.
void TearHeader(Stage& stage) {
  faults::Gate gate = MakeGate(stage, "publish");
  const std::string fault = gate.FaultText("writer:2", "at=vfs.barrier.shm when=before always");
  Actor& victim = StartShimmed(stage, "writer:2", fault);
  victim.Begin("open", Value::MakeObject({{"path", stage.Db()}, {"sync", "normal"}}));
  victim.Begin("commit", Value::MakeObject({{"writer", 2}, {"seq", 1}}));
  stage.Fault("kill writer:2 at=vfs.barrier.shm", [&]() -> std::string {
    while (true) {
      const auto reached = AwaitAtGate(stage, gate);
      if (!reached.ok()) return "no commit came to the gate: " + reached.Message();
      if (ReadIndex(stage).torn()) break;
      Release(gate);
    }
    stage.Kill(victim);
    return "";
  });
}

// Nobody can rebuild the index, or start the log anew, beside a process that stands still in a
// read.
bool InARead(const Stage& stage, const Actor& watcher) {
  constexpr int64_t kFirstReadMark = 123;  // of the five; https://www.sqlite.org/walformat.html
  const Value locks = harness::LocksOf(watcher.pid(), stage.Db());
  return std::ranges::any_of(locks.items(), [](const Value& lock) {
    const int64_t start = lock["start"].Int();
    return lock["file"].Text() == "shm" && start >= kFirstReadMark && start < kFirstReadMark + 5;
  });
}

void StopBetweenLooks(Stage& stage, Actor& watcher, std::optional<Suspension>& suspension) {
  for (int i = 0; i < kMostStops; ++i) {
    suspension.emplace(stage, watcher);
    if (!InARead(stage, watcher)) return;
    suspension.reset();
  }
  throw harness::CellEnd(harness::CellVerdict::kUnknown,
                         "the watcher was in a read whenever it was stopped");
}

void Run(Stage& stage) {
  const std::string& how = stage.Axis("how");
  MakeDatabase(stage, stage.Db());
  Actor& writer = stage.StartWriter("writer:1");
  for (int seq = 1; seq <= kBaseline; ++seq) Commit(writer, 1, seq);
  Actor& watcher = stage.StartWatcher("watcher:1");
  ProveQuiet(watcher);
  const IndexHeader before = Note(stage, "before");

  const bool live = how == "live";
  std::optional<Suspension> suspension;
  if (!live) StopBetweenLooks(stage, watcher, suspension);
  TearHeader(stage);
  Actor& healer = stage.Start("writer:3");
  healer.Do("open", Value::MakeObject({{"path", stage.Db()}, {"sync", "normal"}}));
  healer.Do("exec", Value::MakeObject({{"sql", "SELECT * FROM harness_marks"}}));
  Note(stage, "recovered");
  if (how == "restarted") {
    healer.Do("exec", Value::MakeObject({{"sql", "PRAGMA wal_checkpoint(RESTART)"}}));
  }
  int seq = 0;
  do {
    Commit(healer, 3, ++seq);
  } while (ReadIndex(stage).change() != before.change() && seq < kMostCommits && !live);
  const IndexHeader after = Note(stage, "after");
  suspension.reset();
  if (!live && after.change() != before.change()) {
    throw harness::CellEnd(harness::CellVerdict::kUnknown, "iChange did not come back");
  }
  watcher.Do("await", Marks(3, seq));
}

}  // namespace

const Card wal_index_rebuilt{
    .name = "wake/wal_index_rebuilt",
    .claims = {"WAKE-EPOCH"},
    .situation =
        "A writer is killed between the two copies of the WAL-index header, and the next one "
        "rebuilds the index, in which iChange begins anew. The watcher is stopped meanwhile, and "
        "goes on when iChange has the value again that it saw last: with more frames in the log "
        "(torn), or with as many in a log that was started anew (restarted). Or it looks on "
        "(live).",
    .expectation = "The commit after the rebuilding is seen.",
    .axes = {Backends(),
             Journals({"wal"}),
             {"sync", {"normal"}},
             {"how", {"torn", "restarted", "live"}}},
    .roles = {{"writer:1", "made the WAL"},
              {"writer:2", "dies inside the publication of its commit"},
              {"writer:3", "recovers, and commits"},
              {"watcher:1", "one subscriber"}},
    .faults = {"kill writer:2 at=vfs.barrier.shm", "stop watcher:1", "continue watcher:1"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen},
                 "WAKE-EPOCH",
                 Value::MakeObject({{"writers", Value::MakeArray().Append(3)}})}},
    .evidence =
        "the two copies differed when the writer was killed, and iChange is back at the watcher's "
        "value, both read from the -shm file",
    .limits =
        "The commit that was killed becomes visible by the recovery; it was not acknowledged, and "
        "is not judged.",
    .run = Run};

}  // namespace scenarios::wake
