// CLAIM-ONE and CLAIM-NONE-LOST as a property: random small programs of producers and workers, in
// real processes, over random backends and journal modes. RapidCheck shrinks what fails and prints
// its seed.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>

#include "harness/oracle/claim_none_lost.h"
#include "harness/oracle/claim_one.h"
#include "harness/run/interrupt.h"
#include "scenarios/catalogue.h"
#include "scenarios/claim/shop.h"

namespace scenarios::claim {
namespace {

namespace fs = std::filesystem;

// The plan that the card below plays: RapidCheck draws it, and a card's situation takes no
// arguments.
ShopPlan drawn_plan;

void PlayDrawnPlan(Stage& stage) {
  Shop shop(stage, drawn_plan);
  shop.Open();
  shop.RunToTheEnd();
}

const Card kDrawn{
    .name = "claim/drawn",
    .claims = {"CLAIM-ONE", "CLAIM-NONE-LOST"},
    .situation = "a drawn plan",
    .expectation = "exactly once",
    .axes = {Backends(), Journals()},
    .roles = {{"worker:N", "works"}},
    .faults = {"none"},
    .oracles = {{{"claim_one", harness::CheckClaimOne}, "CLAIM-ONE"},
                {{"claim_none_lost", harness::CheckClaimNoneLost}, "CLAIM-NONE-LOST"}},
    .evidence = "claims and acks",
    .limits = "small programs",
    .run = PlayDrawnPlan};

harness::Environment TestEnvironment() {
  harness::Environment environment{
      .actor = ACTOR_PROGRAM, .tools = TOOLS_FOLDER, .subject = {}, .sqlite = {}};
  const std::string cache = fs::current_path().string() + "/property-cache";
  auto sqlite = harness::ProbeSqlite(environment.actor, "", cache);
  environment.sqlite = std::move(sqlite).value();
  auto subject = harness::ProbeSubjectLibrary(environment.actor, environment.sqlite,
                                              SUBJECT_LIBRARY, cache + "/probe");
  environment.subject = std::move(subject).value();
  return environment;
}

RC_GTEST_PROP(ExactlyOnce, HoldsForRandomSmallPrograms, ()) {
  static const harness::Environment environment = TestEnvironment();
  drawn_plan = ShopPlan{.producers = *rc::gen::inRange(1, 4),
                        .jobs_each = *rc::gen::inRange(1, 9),
                        .workers = *rc::gen::inRange(1, 4),
                        .kill_one = *rc::gen::arbitrary<bool>(),
                        .lease_s = *rc::gen::inRange(1, 3),
                        .batch = *rc::gen::inRange(1, 5),
                        .handle_ms = *rc::gen::inRange(0, 10),
                        .rollback_every = *rc::gen::element(0, 2, 3)};
  // kernel in WAL may oversleep, which is another claim's affair: the nudge brings it on.
  const std::string backend = *rc::gen::element<std::string>("polling", "kernel", "shm");
  const std::string journal =
      backend == "shm" ? "wal"
                       : *rc::gen::element<std::string>("delete", "truncate", "persist", "wal");
  const harness::Cell cell{
      &kDrawn, {{"backend", backend}, {"journal", journal}}, environment.sqlite.version, 1};
  const std::string folder =
      fs::current_path().string() + "/property-run-" + std::to_string(getpid());
  harness::Guardian no_guardian;  // never started: a test that is killed takes its actors along
  const harness::CellResult result = harness::RunCell(
      cell, environment, TheCatalogue(), {}, {folder, folder + "/scratch", false}, "", no_guardian);
  fs::remove_all(folder);
  for (const harness::Judgement& j : result.judgements) {
    RC_LOG() << j.claim << " " << std::string(ToString(j.verdict)) << ": " << j.detail.reason
             << "\n";
    RC_TAG(backend + " " + journal);
    RC_ASSERT(j.verdict == harness::CellVerdict::kKept);
  }
  RC_ASSERT(result.judgements.size() >= 2U);  // the house oracle may have seen locks, too
}

}  // namespace
}  // namespace scenarios::claim
