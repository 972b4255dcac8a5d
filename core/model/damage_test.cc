// The comparison with the model can fail: every function, damaged in one way, is noticed; and so is
// each planted bug of the SQL functions in the library that has them. (The failures that RapidCheck
// prints here are meant.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "core/model/agrees.h"
#include "core/testing/child.h"

namespace honker::model {
namespace {

using Json = nlohmann::json;

void Always1(Json& answer) { answer = 1; }
void OneMore(Json& answer) { answer = answer.get<int64_t>() + 1; }
void DropLast(Json& answer) {
  if (!answer.empty()) answer.erase(answer.size() - 1);
}
void Backwards(Json& answer) { std::reverse(answer.begin(), answer.end()); }

struct Damaged {
  Family family;
  Damage damage;
};

const std::vector<Damaged>& Damages() {
  constexpr Family kQueue = Family::kQueue;
  constexpr Family kKeepers = Family::kKeepers;
  constexpr Family kLogs = Family::kLogs;
  constexpr Family kSchedules = Family::kSchedules;
  static const auto& damages = *new std::vector<Damaged>{
      {kQueue,
       {"another priority is stored", "honker_enqueue",
        "UPDATE _honker_live SET priority = priority + 1 WHERE id = (SELECT max(id) FROM "
        "_honker_live)"}},
      {kQueue,
       {"attempts are not counted", "honker_claim_batch", "UPDATE _honker_live SET attempts = 0"}},
      {kQueue, {"jobs come in another order", "honker_claim_batch", "", Backwards}},
      {kQueue, {"who holds nothing may ack", "honker_ack", "", Always1}},
      {kQueue, {"one more is told than was acked", "honker_ack_batch", "", OneMore}},
      {kQueue,
       {"a job that was given back is lost", "honker_retry",
        "DELETE FROM _honker_live WHERE state = 'pending' AND attempts > 0"}},
      {kQueue, {"errors are forgotten", "honker_fail", "UPDATE _honker_dead SET last_error = ''"}},
      {kQueue,
       {"claims end a second early", "honker_heartbeat",
        "UPDATE _honker_live SET claim_expires_at = claim_expires_at - 1 "
        "WHERE state = 'processing'"}},
      {kQueue, {"every cancel is told to have worked", "honker_cancel", "", Always1}},
      {kQueue,
       {"a job that is there is not shown", "honker_get_job", "",
        [](Json& answer) { answer = ""; }}},
      {kQueue, {"the next moment is a second late", "honker_queue_next_claim_at", "", OneMore}},
      {kQueue, {"one more is told than was swept", "honker_sweep_expired", "", OneMore}},

      {kKeepers,
       {"locks last a second longer", "honker_lock_acquire",
        "UPDATE _honker_locks SET expires_at = expires_at + 1"}},
      {kKeepers, {"any renewal is told to have worked", "honker_lock_renew", "", Always1}},
      {kKeepers,
       {"a release frees every lock", "honker_lock_release", "DELETE FROM _honker_locks"}},
      {kKeepers,
       {"refused calls count", "honker_rate_limit_try",
        "UPDATE _honker_rate_limits SET count = count + 1"}},
      {kKeepers,
       {"active windows are swept", "honker_rate_limit_sweep", "DELETE FROM _honker_rate_limits"}},
      {kKeepers,
       {"results last a second longer", "honker_result_save",
        "UPDATE _honker_results SET expires_at = expires_at + 1"}},
      {kKeepers,
       {"results that are gone are given", "honker_result_get", "",
        [](Json& answer) {
          if (answer.is_null()) answer = "";
        }}},
      {kKeepers,
       {"results are swept too early", "honker_result_sweep", "DELETE FROM _honker_results"}},

      {kLogs,
       {"notify prunes", "notify",
        "DELETE FROM _honker_notifications WHERE id < (SELECT max(id) FROM "
        "_honker_notifications)"}},
      {kLogs, {"another offset is told", "honker_stream_publish", "", OneMore}},
      {kLogs, {"the last event is not read", "honker_stream_read_since", "", DropLast}},
      {kLogs,
       {"offsets go back", "honker_stream_save_offset",
        "UPDATE _honker_stream_consumers SET \"offset\" = \"offset\" - 1"}},
      {kLogs, {"another saved offset is told", "honker_stream_get_offset", "", OneMore}},

      {kSchedules,
       {"registering again moves next_fire_at", "honker_scheduler_register",
        "UPDATE _honker_scheduler_tasks SET next_fire_at = unixepoch() + 60 "
        "WHERE cron_expr = '@every 60s'"}},
      {kSchedules,
       {"any unregister is told to have worked", "honker_scheduler_unregister", "", Always1}},
      {kSchedules,
       {"pausing does not", "honker_scheduler_pause",
        "UPDATE _honker_scheduler_tasks SET enabled = 1"}},
      {kSchedules,
       {"resuming does not", "honker_scheduler_resume",
        "UPDATE _honker_scheduler_tasks SET enabled = 0"}},
      {kSchedules,
       {"an update touches what was NULL", "honker_scheduler_update",
        "UPDATE _honker_scheduler_tasks SET priority = 7"}},
      {kSchedules,
       {"a boundary fires twice", "honker_scheduler_tick",
        "INSERT INTO _honker_live (queue, payload) SELECT queue, payload FROM "
        "_honker_live ORDER BY id DESC LIMIT 1"}},
      {kSchedules, {"the soonest is a second late", "honker_scheduler_soonest", "", OneMore}},
      {kSchedules, {"the last schedule is not listed", "honker_scheduler_list", "", DropLast}},
  };
  return damages;
}

TEST(ModelDamage, IsNoticedInEveryFunction) {
  for (const auto& [family, damage] : Damages()) {
    Met met;
    EXPECT_FALSE(rc::check([&, &family = family, &damage = damage] {
      Agrees(family, met, &damage);
    })) << damage.function
        << ": " << damage.what;
  }
}

TEST(ModelDamage, IsTriedForEveryFunction) {
  std::set<std::string> damaged;
  for (const auto& [family, damage] : Damages()) damaged.insert(damage.function);
  for (const auto& rules : {QueueRules(), KeeperRules(), LogRules(), ScheduleRules()}) {
    for (const auto& [function, rule] : rules) EXPECT_TRUE(damaged.count(function)) << function;
  }
}

TEST(ModelDamage, PlantedBugsAreNoticed) {
  for (const char* bug : {"double_claim", "lose_on_claim", "next_claim_future_only", ""}) {
    const bool agrees = *bug == '\0';
    EXPECT_EQ(testing::RunInChild([&] {
                setenv("HONKER_TEST_EXT", HONKER_EXT_MUTANT_PATH, 1);
                setenv("HONKER_MUTANT", bug, 1);
                Met met;
                return rc::check([&] { Agrees(Family::kQueue, met); }) ? 10 : 11;
              }),
              agrees ? 10 : 11)
        << bug;
  }
}

}  // namespace
}  // namespace honker::model
