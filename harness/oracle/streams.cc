#include "harness/oracle/streams.h"

#include "harness/oracle/verdicts.h"

namespace harness {

std::vector<Published> AllPublished(const History& history) {
  std::vector<Published> all;
  for (const Call& call : history.Calls("stream_publish")) {
    const Value& v = call.invoke->value;
    all.push_back({call, v["stream"].Text(), PlainText(v["payload"]), v["rollback"].Bool(),
                   call.ok() ? call.end->value["offset"].Int() : 0});
  }
  return all;
}

std::vector<StreamRead> StreamReads(const History& history) {
  std::vector<StreamRead> all;
  for (const Call& call : history.Calls("stream_since")) {
    if (!call.ok()) continue;
    const Value& v = call.invoke->value;
    StreamRead read{
        call, v["stream"].Text(), v["consumer"].Text(), v["offset"].Int(0), v["limit"].Int(1000),
        {}};
    for (const Value& event : call.end->value["events"].items()) {
      read.events.emplace_back(event["offset"].Int(), PlainText(event["payload"]));
    }
    all.push_back(std::move(read));
  }
  return all;
}

std::map<std::string, std::map<int64_t, const Published*>> ByOffset(
    const std::vector<Published>& published) {
  std::map<std::string, std::map<int64_t, const Published*>> streams;
  for (const Published& p : published) {
    if (p.is_committed()) streams[p.stream].emplace(p.offset, &p);
  }
  return streams;
}

}  // namespace harness
