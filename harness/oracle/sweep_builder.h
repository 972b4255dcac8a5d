// Histories of sweeps, told point by point, for tests. A piece of work has two steps and the states
// "0", "1", "2".
#ifndef HARNESS_ORACLE_SWEEP_BUILDER_H_
#define HARNESS_ORACLE_SWEEP_BUILDER_H_

#include <string>

#include "harness/oracle/history_builder.h"

namespace harness {

struct SweepBuilder {
  // What one point is like; as it stands, all is well and nothing was struck.
  struct Told {
    int64_t fired = 0;
    int failed_step = 0;  // 0: none
    int64_t code = 10;    // of its failure
    std::string state = "2";
    std::string read = "0";  // what the first step reads
    std::string integrity = "ok";
    bool closed = true;
    bool usable = true;
    std::string watcher = {};  // what the await says; "": there is none
  };

  SweepBuilder& States(bool single = false) {
    h.Tell("runner", "states", Obj({{"states", List({"0", "1", "2"})}, {"single", single}}));
    return *this;
  }

  SweepBuilder& Point(const Told& told) {
    ++n_;
    h.After(1).Tell("runner", "point", Obj({{"n", n_}, {"fault", "io_error"}}));
    h.Do("victim:1", "arm", Obj(), Obj({{"armed", 1}}));
    for (int step = 1; step <= 2; ++step) {
      const bool fails = told.failed_step == step;
      h.Do("victim:1", "exec", Obj({{"sql", "work"}, {"step", step}, {"reads", step == 1}}),
           fails ? Obj({{"code", told.code}, {"message", "disk I/O error"}}) : Cell(told.read), 1,
           fails ? OpType::kFail : OpType::kOk);
      if (fails) break;
    }
    h.Do("victim:1", "disarm", Obj(), Obj({{"fired", told.fired}}));
    Check("victim:1", "close", "close", Obj(), told.closed);
    Check("checker:1", "exec", "integrity", Cell(told.integrity), true);
    Check("checker:1", "exec", "state", Cell(told.state), true);
    Check("checker:1", "commit", "usable", Obj(), told.usable);
    if (!told.watcher.empty()) {
      const Value sub = Obj({{"sub", 0}, {"result", told.watcher}});
      Check("watcher:1", "await", "watcher", Obj({{"subs", List({sub})}}), true);
    }
    if (told.fired > 0) {
      h.Tell("runner", "struck", Obj({{"n", n_}, {"site", "vfs.sync.wal"}, {"detail", "EIO"}}));
    }
    return *this;
  }

  HistoryBuilder h;

 private:
  static Value Cell(const std::string& text) {
    return Obj({{"rows", List({List({Value(text)})})}});
  }
  void Check(const char* process, const char* op, const char* check, Value result, bool ok) {
    if (!ok) result = Obj({{"code", 5}, {"message", "database is locked"}});
    h.Do(process, op, Obj({{"check", check}}), std::move(result), 1,
         ok ? OpType::kOk : OpType::kFail);
  }
  int64_t n_ = 0;
};

}  // namespace harness

#endif  // HARNESS_ORACLE_SWEEP_BUILDER_H_
