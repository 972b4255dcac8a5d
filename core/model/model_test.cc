// The whole SQL surface against the model, by random sequences on a clock that they move: after
// each step the answer and every row of every table are as the model has them. What fails is
// shrunk, and printed with the seed. To look further than ctest does: RC_PARAMS="max_success=20000"
// build/dev/bin/core_model_test
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/agrees.h"

namespace honker::model {
namespace {

using ::testing::IsSupersetOf;

// What must have been met, beside agreement.
void ExpectAgreement(Family family, const std::vector<std::string>& must_have_met) {
  Met met;
  EXPECT_TRUE(rc::check([&] { Agrees(family, met); }));
  EXPECT_THAT(met, IsSupersetOf(must_have_met));
}

// Each of these functions gives nothing here and something there.
std::vector<std::string> BothWays(const std::vector<std::string>& functions,
                                  std::vector<std::string> more = {}) {
  for (const std::string& function : functions) {
    more.push_back(function + " nothing");
    more.push_back(function + " something");
  }
  return more;
}

TEST(Model, OfJobsAgrees) {
  ExpectAgreement(
      Family::kQueue,
      BothWays({"honker_claim_batch", "honker_ack", "honker_ack_batch", "honker_retry",
                "honker_fail", "honker_heartbeat", "honker_cancel", "honker_get_job",
                "honker_queue_next_claim_at", "honker_sweep_expired"},
               {"honker_enqueue something", "honker_enqueue refused", "honker_claim_batch refused",
                "honker_ack_batch refused", "honker_retry refused", "honker_heartbeat refused",
                "dead: expired", "dead: max attempts exceeded", "dead: p",
                "a claim was lost to another worker", "a call in a transaction"}));
}

TEST(Model, OfLocksLimitsAndResultsAgrees) {
  ExpectAgreement(Family::kKeepers,
                  BothWays({"honker_lock_acquire", "honker_lock_renew", "honker_lock_release",
                            "honker_rate_limit_try", "honker_rate_limit_sweep", "honker_result_get",
                            "honker_result_sweep"},
                           {"honker_lock_acquire refused", "honker_lock_renew refused",
                            "honker_rate_limit_try refused", "honker_rate_limit_sweep refused",
                            "honker_result_save refused", "honker_result_save something"}));
}

TEST(Model, OfStreamsAndNotificationsAgrees) {
  ExpectAgreement(Family::kLogs, BothWays({"honker_stream_read_since", "honker_stream_save_offset",
                                           "honker_stream_get_offset"},
                                          {"notify something", "honker_stream_publish something",
                                           "honker_stream_read_since refused",
                                           "honker_stream_save_offset refused"}));
}

TEST(Model, OfSchedulesAgrees) {
  ExpectAgreement(
      Family::kSchedules,
      BothWays({"honker_scheduler_unregister", "honker_scheduler_pause", "honker_scheduler_resume",
                "honker_scheduler_update", "honker_scheduler_tick", "honker_scheduler_soonest",
                "honker_scheduler_list"},
               {"honker_scheduler_register something", "honker_scheduler_register refused",
                "honker_scheduler_update refused", "64 fires"}));
}

TEST(Model, OfEverythingAgrees) {
  ExpectAgreement(Family::kEverything,
                  {"honker_claim_batch something", "honker_scheduler_tick something",
                   "honker_lock_acquire something", "honker_stream_read_since something"});
}

}  // namespace
}  // namespace honker::model
