// Hand-written histories about schedules: who ticks, what fires, which jobs are left. Tests only.
#ifndef HARNESS_ORACLE_TICK_BUILDER_H_
#define HARNESS_ORACLE_TICK_BUILDER_H_

#include <string>
#include <utility>
#include <vector>

#include "harness/oracle/history_builder.h"

namespace harness {

// One schedule "s", due at 100, 110, ..., with the queue "q".
struct TickBuilder {
  using Fires = std::vector<std::pair<int64_t, int64_t>>;  // boundary and job

  TickBuilder() {
    h.Tell("runner", "schedule",
           Obj({{"name", "s"}, {"queue", "q"}, {"first", 100}, {"every", 10}}));
  }
  TickBuilder& Tick(const std::string& leader, int64_t now, const Fires& fires,
                    OpType how = OpType::kOk) {
    Value list = Value::MakeArray();
    for (const auto& [at, job] : fires) {
      list.Append(Obj({{"name", "s"}, {"queue", "q"}, {"fire_at", at}, {"job_id", job}}));
    }
    h.After(1).Do(leader, "tick", Obj({{"now", now}}),
                  how == OpType::kOk ? Obj({{"fires", list}}) : Obj(), 1, how);
    return *this;
  }
  // The leader dies in it.
  TickBuilder& CutOff(const std::string& leader, int64_t now) {
    h.After(1).Process(leader).Invoke("tick", Obj({{"now", now}})).After(1).Died(leader, true);
    return *this;
  }
  TickBuilder& Left(const std::vector<int64_t>& jobs) {
    Value live = Value::MakeArray();
    for (const int64_t job : jobs) live.Append(job);
    h.After(1).Do("reader:1", "jobs_left", Obj({{"queue", "q"}}),
                  Obj({{"live", live}, {"dead", List({})}}));
    return *this;
  }

  HistoryBuilder h;
};

}  // namespace harness

#endif  // HARNESS_ORACLE_TICK_BUILDER_H_
