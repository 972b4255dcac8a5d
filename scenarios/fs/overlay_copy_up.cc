#include <sys/stat.h>

#include <filesystem>

#include "scenarios/fs/alive.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::fs {
namespace {

constexpr int kCommits = 3;

void RecordIdentity(Stage& stage, const std::string& when) {
  struct stat st {};
  if (stat(stage.Db().c_str(), &st) != 0) return;
  stage.Record("identity", Value::MakeObject({{"when", when},
                                              {"dev", st.st_dev},
                                              {"ino", st.st_ino},
                                              {"copied_up", stage.IsCopiedUp()}}));
}

void Run(Stage& stage) {
  const std::string lower = stage.File("lower");
  std::filesystem::create_directory(lower);
  MakeDatabase(stage, lower + "/app.db");
  // An overlay keeps the identity of a file that it copies up, unless that has other names below.
  if (stage.Axis("below") == "hard_linked")
    std::filesystem::create_hard_link(lower + "/app.db", lower + "/other_name.db");
  stage.MountFault("mount db fs=overlay", lower);
  RecordIdentity(stage, "below");
  Actor& watcher = stage.Start("watcher:1");
  if (stage.Axis("journal") == "wal") {
    // shm wants an open connection; one that only reads copies nothing up.
    Actor& reader = stage.Start("reader:1");
    (void)reader.Try("open", Value::MakeObject({{"path", "file:" + stage.Db() + "?mode=ro"}}));
    (void)reader.Try("exec", Value::MakeObject({{"sql", "SELECT * FROM harness_marks"}}));
    RecordIdentity(stage, "read");
  }
  stage.Watch(watcher);
  RecordIdentity(stage, "watched");
  Actor& writer = stage.StartWriter("writer:1");
  RecordIdentity(stage, "opened");
  for (int seq = 1; seq <= kCommits; ++seq) CommitAndAwait(writer, watcher, 1, seq);
  RecordIdentity(stage, "written");
}

}  // namespace

const Card overlay_copy_up{
    .name = "fs/overlay_copy_up",
    .claims = {"SWAP-FALSE"},
    .situation =
        "The database lies in the lower layer of an overlay, as in a container's image. A watcher "
        "is "
        "opened; whoever opens the file for writing first makes the overlay copy it up. One with "
        "hard "
        "links below becomes another device and inode at the same path, with nothing replaced.",
    .expectation = "No subscriber dies, and every commit is seen.",
    .axes = {Backends(), Journals({"delete", "wal"}), {"below", {"plain", "hard_linked"}}},
    .roles = {{"watcher:1", "watches from before the first write"},
              {"reader:1", "in WAL: reads before"},
              {"writer:1", "writes first"}},
    .faults = {"mount db fs=overlay"},
    .oracles = {{{"alive", CheckAlive}, "SWAP-FALSE"}},
    .evidence = "the file in the upper layer; its identity at each step",
    .limits =
        "The upper layer is memory. Watchers open a connection themselves, which copies the file "
        "up "
        "before the baseline is taken: what changes later is what an application without one "
        "meets.",
    .run = Run};

}  // namespace scenarios::fs
