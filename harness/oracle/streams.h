// What a history says of streams: what was published, and what readers were shown.
//
// Points into the history, which must outlive all of it.
#ifndef HARNESS_ORACLE_STREAMS_H_
#define HARNESS_ORACLE_STREAMS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace harness {

struct Published {
  Call call;
  std::string stream;
  std::string payload;
  bool rolled_back;
  int64_t offset;  // 0 unless the call ended ok

  bool is_committed() const { return call.ok() && !rolled_back; }
};

struct StreamRead {
  Call call;  // ended ok
  std::string stream;
  std::string consumer;
  int64_t after;
  int64_t limit;
  std::vector<std::pair<int64_t, std::string>> events;  // offset and payload

  // It came to the end of what was there.
  bool is_short() const { return static_cast<int64_t>(events.size()) < limit; }
};

// In the order of their invokes.
std::vector<Published> AllPublished(const History& history);
std::vector<StreamRead> StreamReads(const History& history);

// Those that are committed, by stream and offset; of two with one offset the first.
std::map<std::string, std::map<int64_t, const Published*>> ByOffset(
    const std::vector<Published>& published);

}  // namespace harness

#endif  // HARNESS_ORACLE_STREAMS_H_
