// Hand-written histories about one stream "s" and its consumer "c". Tests only.
#ifndef HARNESS_ORACLE_STREAM_BUILDER_H_
#define HARNESS_ORACLE_STREAM_BUILDER_H_

#include <string>
#include <vector>

#include "harness/oracle/history_builder.h"

namespace harness {

struct StreamBuilder {
  static std::string Payload(int64_t offset) { return "e" + std::to_string(offset); }

  StreamBuilder& Publish(int64_t offset, OpType how = OpType::kOk, bool rollback = false) {
    h.After(1).Do("publisher:1", "stream_publish",
                  Obj({{"stream", "s"}, {"payload", Payload(offset)}, {"rollback", rollback}}),
                  how == OpType::kOk ? Obj({{"offset", offset}}) : Obj(), 1, how);
    return *this;
  }
  StreamBuilder& Since(int64_t after, const std::vector<int64_t>& shown, int64_t limit = 100) {
    Value events = Value::MakeArray();
    for (const int64_t offset : shown) {
      events.Append(Obj({{"offset", offset}, {"payload", Payload(offset)}}));
    }
    h.After(1).Do("reader:1", "stream_since",
                  Obj({{"stream", "s"}, {"consumer", "c"}, {"offset", after}, {"limit", limit}}),
                  Obj({{"events", events}}));
    return *this;
  }
  StreamBuilder& Save(int64_t offset, int64_t done = 1, OpType how = OpType::kOk) {
    h.After(1).Do("reader:1", "stream_save_offset",
                  Obj({{"stream", "s"}, {"consumer", "c"}, {"offset", offset}}),
                  how == OpType::kOk ? Obj({{"done", done}}) : Obj(), 1, how);
    return *this;
  }
  StreamBuilder& Ask(int64_t answer) {
    h.After(1).Do("reader:1", "stream_offset", Obj({{"stream", "s"}, {"consumer", "c"}}),
                  Obj({{"offset", answer}}));
    return *this;
  }

  HistoryBuilder h;
};

}  // namespace harness

#endif  // HARNESS_ORACLE_STREAM_BUILDER_H_
