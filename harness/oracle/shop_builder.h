// Hand-written histories about jobs: enqueue, claim, ack, what is left. Tests only.
#ifndef HARNESS_ORACLE_SHOP_BUILDER_H_
#define HARNESS_ORACLE_SHOP_BUILDER_H_

#include <string>
#include <vector>

#include "harness/oracle/history_builder.h"

namespace harness {

struct ShopBuilder {
  // A job of a claim: its number, which attempt this is, and the DB time of the claim.
  struct Handed {
    int64_t id;
    int64_t attempts;
    int64_t at_s;
    std::string key = "";  // "k<id>" where empty
  };

  static std::string Key(int64_t id) { return "k" + std::to_string(id); }
  static Value Job(const Handed& job, int64_t lease_s) {
    return Obj({{"id", job.id},
                {"key", job.key.empty() ? Key(job.id) : job.key},
                {"attempts", job.attempts},
                {"claim_expires_at", job.at_s + lease_s}});
  }

  // By producer:1; rolled back, the id is what honker_enqueue returned before.
  ShopBuilder& Enqueue(int64_t id, bool rollback = false, OpType how = OpType::kOk) {
    h.After(1).Do("producer:1", "enqueue",
                  Obj({{"queue", "q"}, {"key", Key(id)}, {"rollback", rollback}}),
                  how == OpType::kOk ? Obj({{"id", id}, {"rollback", rollback}}) : Obj(), 1, how);
    return *this;
  }
  // The process is called like the worker.
  ShopBuilder& Claim(const std::string& worker, const std::vector<Handed>& jobs,
                     int64_t lease_s = 1) {
    Value list = Value::MakeArray();
    for (const Handed& job : jobs) list.Append(Job(job, lease_s));
    h.After(1).Do(worker, "claim",
                  Obj({{"queue", "q"}, {"worker", worker}, {"n", 2}, {"lease_s", lease_s}}),
                  Obj({{"jobs", list}}));
    return *this;
  }
  ShopBuilder& ClaimInDoubt(const std::string& worker) {
    h.After(1).Do(worker, "claim", Obj({{"queue", "q"}, {"worker", worker}}), Obj(), 1,
                  OpType::kInfo);
    return *this;
  }
  ShopBuilder& Ack(const std::string& worker, int64_t id, int64_t done = 1,
                   OpType how = OpType::kOk) {
    h.After(1).Do(worker, "ack", Obj({{"id", id}, {"worker", worker}}),
                  how == OpType::kOk ? Obj({{"done", done}}) : Obj(), 1, how);
    return *this;
  }
  ShopBuilder& JobsLeft(const std::vector<int64_t>& live = {},
                        const std::vector<int64_t>& dead = {}, const std::string& queue = "q") {
    const auto list = [](const std::vector<int64_t>& ids) {
      Value out = Value::MakeArray();
      for (int64_t id : ids) out.Append(id);
      return out;
    };
    h.After(1).Do("reader:1", "jobs_left", Obj({{"queue", queue}}),
                  Obj({{"live", list(live)}, {"dead", list(dead)}}));
    return *this;
  }

  HistoryBuilder h;
};

}  // namespace harness

#endif  // HARNESS_ORACLE_SHOP_BUILDER_H_
