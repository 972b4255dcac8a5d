#include "scenarios/claim/shop.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::claim {
namespace {

void Run(Stage& stage) {
  Shop shop(stage, {.producers = 2,
                    .jobs_each = 12,
                    .workers = 3,
                    .kill_one = true,
                    .lease_s = 1,
                    .batch = 2,
                    .handle_ms = 20,
                    .rollback_every = 7});
  shop.Open();
  shop.RunToTheEnd();
}

}  // namespace

const Card exactly_once{
    .name = "claim/exactly_once",
    .claims = {"CLAIM-ONE", "CLAIM-NONE-LOST", "CLAIM-NO-GHOST", "CLAIM-WAKE"},
    .situation =
        "Producers enqueue, some of it rolled back; workers in processes of their own claim and "
        "ack, and sleep "
        "on the watcher and the next claim deadline, with no idle poll; one is killed and "
        "replaced.",
    .expectation =
        "Every committed job is acked exactly once and never under two valid claims; none that "
        "rolled back "
        "is ever claimed; no worker oversleeps.",
    .axes = {Backends(), Journals()},
    .roles = {{"producer:1..2", "enqueue 12 jobs each"},
              {"worker:1..3", "claim in twos, lease 1 s, 20 ms for each job"},
              {"reader:1", "looks what is left"}},
    .faults = {"kill worker:* while it holds a claim"},
    .oracles = ExactlyOnceWithAKill(),
    .evidence = "claims and acks of every committed job, and what was left at the end",
    .limits =
        "The time of a claim is taken from claim_expires_at, in whole seconds; schedules are free, "
        "so that "
        "decisions replay from the seed and interleavings do not.",
    .run = Run};

}  // namespace scenarios::claim
