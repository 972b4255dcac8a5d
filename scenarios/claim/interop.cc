#include "scenarios/claim/shop.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::claim {
namespace {

using Programs = std::vector<std::string>;

// What stands on one side of "native_to_python": `both` is one of each, in turn.
Programs Named(const std::string& side) {
  return side == "both" ? Programs{"python", harness::kNativeActor} : Programs{side};
}

void Run(Stage& stage) {
  const std::string& sides = stage.Axis("sides");
  const size_t to = sides.find("_to_");
  Shop shop(stage, {.producers = 2,
                    .jobs_each = 12,
                    .workers = 3,
                    .kill_one = true,
                    .lease_s = 1,
                    .handle_ms = 20,
                    .rollback_every = 7,
                    .producer_programs = Named(sides.substr(0, to)),
                    .worker_programs = Named(sides.substr(to + 4))});
  shop.Open();
  shop.RunToTheEnd();
}

}  // namespace

const Card interop{
    .name = "claim/interop",
    .claims = {"CLAIM-ONE", "CLAIM-NONE-LOST", "CLAIM-NO-GHOST", "CLAIM-WAKE"},
    .situation =
        "claim/exactly_once with two sides: the subject's SQL functions and watchers on one, the "
        "binding of another language on the other, in one file. The binding's workers use its own "
        "claim iterator, without its idle poll; one worker is killed and replaced.",
    .expectation =
        "Every committed job is acked exactly once and never under two valid claims, whichever "
        "side wrote it; none that rolled back is ever claimed; no worker oversleeps.",
    .axes = {Backends(),
             Journals({"wal"}),
             {"sides",
              {"native_to_python", "python_to_native", "python_to_python", "both_to_both"}}},
    .roles = {{"producer:1..2", "enqueue 12 jobs each, payloads in JSON"},
              {"worker:1..3", "claim one by one, lease 1 s, 20 ms for each job"},
              {"reader:1", "looks what is left"}},
    .faults = {"kill worker:* while it holds a claim"},
    .oracles = ExactlyOnceWithAKill(),
    .evidence = "claims and acks of every committed job, and what was left at the end",
    .limits =
        "WAL only: the binding sets it. Which SQLite each side uses is in the history (event "
        "`actor`). A backend that the binding was built without makes the cell absent.",
    .run = Run};

}  // namespace scenarios::claim
