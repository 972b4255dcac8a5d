#include "harness/oracle/aftermath.h"
#include "scenarios/index.h"
#include "scenarios/swap/later_commits.h"

namespace scenarios::swap {
namespace {

// The first byte of the header is an S: written again, nothing changes but the times. Bytes 24 to
// 27 are the change counter (the file format, section 1.3.8).
constexpr char kSameByte[] = "poke db offset=0 bytes=53";
constexpr char kCounter[] = "poke db offset=24 bytes=7ffffff0";

int64_t SizeOfDb(const Stage& stage) {
  const auto identity = faults::IdentityOf(stage.Db());
  if (!identity.ok()) throw harness::CellEnd(harness::CellVerdict::kError, identity.Message());
  return identity.value().size;
}

void Run(Stage& stage) {
  const std::string& how = stage.Axis("how");
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int seq = 1; seq <= 3; ++seq) CommitAndAwait(writer, watcher, 1, seq);
  watcher.Do("quiesce");
  if (how == "touch") FileFault(stage, "touch db");
  if (how == "same_byte") FileFault(stage, kSameByte);
  if (how == "counter") FileFault(stage, kCounter);
  if (how == "same_length") FileFault(stage, "truncate db to=" + std::to_string(SizeOfDb(stage)));
  if (how == "longer")
    FileFault(stage, "truncate db to=" + std::to_string(SizeOfDb(stage) + 65'536));
  AwaitAndCommitAnew(stage, watcher);
}

}  // namespace

const Card external_writes{
    .name = "swap/external_writes",
    .claims = {"SWAP-EXTERNAL"},
    .situation =
        "A program that is not SQLite touches the database file, writes one byte of it again, "
        "moves "
        "its change counter, truncates it to the length that it has, or makes it longer. Then a "
        "new "
        "process commits.",
    .expectation =
        "Counted, who wakes of it. Nobody dies, nothing wakes without end, and what is committed "
        "afterwards is heard.",
    .axes = {Backends(),
             Journals(),
             {.name = "how",
              .values = {"touch", "counter", "longer"},
              .quick = {"counter"},
              .full = {"same_byte", "same_length"}}},
    .roles = {{"writer:1", "has the database open, and commits before"},
              {"watcher:1", "one subscriber"},
              {"writer:9", "opens the database anew, and commits"}},
    .faults = {"touch db", kSameByte, kCounter, "truncate db to=<its length>",
               "truncate db to=<its length + 65536>"},
    .oracles = {{{"aftermath", harness::CheckAftermath}, "SWAP-EXTERNAL"}},
    .evidence = "the fault; the proof that the watcher looked afterwards; commits after it",
    .limits = "A file that is cut stands in swap/replaced_in_place, the -shm in swap/shm_bus.",
    .run = Run};

}  // namespace scenarios::swap
