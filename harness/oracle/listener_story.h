// Short steps for histories about listeners. Tests only.
#ifndef HARNESS_ORACLE_LISTENER_STORY_H_
#define HARNESS_ORACLE_LISTENER_STORY_H_

#include <string>

#include "harness/oracle/history_builder.h"

namespace harness {

struct ListenerBuilder {
  HistoryBuilder h;
  int64_t next_id = 1;

  // Steps of 1 ms, each a little after what came before it. `id` 0 where it failed or is in doubt.
  // Returns the id.
  int64_t Notify(const std::string& channel, const std::string& payload, bool rollback = false,
                 OpType how = OpType::kOk) {
    const int64_t id = next_id;
    next_id += !rollback && how == OpType::kOk;
    h.After(0.1).Do("notifier:1", "notify",
                    Obj({{"channel", channel}, {"payload", payload}, {"rollback", rollback}}),
                    Obj({{"id", how == OpType::kOk ? id : 0}}), 1, how);
    return id;
  }
  void Listen(const std::string& process, int64_t sub, const std::string& channel) {
    h.After(0.1).Do(process, "listen", Obj({{"channel", channel}, {"conn", "c"}}),
                    Obj({{"sub", sub}}));
  }
  void Unlisten(const std::string& process, int64_t sub) {
    h.After(0.1).Do(process, "unlisten", Obj({{"sub", sub}}), Obj());
  }
  void Given(const std::string& process, int64_t sub, int64_t id, const std::string& payload,
             const std::string& channel = "ch") {
    h.Tell(process, "notified",
           Obj({{"sub", sub}, {"id", id}, {"channel", channel}, {"payload", payload}}));
  }
  void Ended(const std::string& process, int64_t sub, const std::string& error) {
    h.After(0.1).Tell(process, "listen_ended", Obj({{"sub", sub}, {"error", error}}));
  }
  void Ask(const std::string& process, const std::string& command, int64_t sub,
           const std::string& result, double ms = 1) {
    h.After(0.1).Do(process, command, Obj({{"limit_ms", 1}}),
                    Obj({{"subs", List({Obj({{"sub", sub}, {"result", result}})})}}), ms);
  }
  void Swap(int64_t before, int64_t after) {
    h.After(0.1).Do("runner", "fault", Obj({{"fault", "swap db by=rename_over"}}),
                    Obj({{"before", Obj({{"dev", 1}, {"ino", before}})},
                         {"after", Obj({{"dev", 1}, {"ino", after}})}}));
  }
};

}  // namespace harness

#endif  // HARNESS_ORACLE_LISTENER_STORY_H_
