// What is appended and read by position: streams and notifications.
#include "core/model/model.h"

namespace honker::model {
namespace {

using Json = nlohmann::json;

Answer Notify(State& state, int64_t now, const In& in) {
  state.tables.notifications[++state.last_notification] = {in.Text(0), in.Text(1), now};
  return Gives(state.last_notification);
}

Answer Publish(State& state, int64_t now, const In& in) {
  state.tables.stream[++state.last_event] = {in.Text(0), in.OptionalText(1), in.Text(2), now};
  return Gives(state.last_event);
}

Answer ReadSince(State& state, int64_t, const In& in) {
  int64_t left = in.Int(2);
  if (left < 0) return Refuse({3});
  Json events = Json::array();
  for (auto row = state.tables.stream.upper_bound(in.Int(1)); row != state.tables.stream.end();
       ++row) {
    const auto& [offset, event] = *row;
    if (event.topic != in.Text(0)) continue;
    if (left-- == 0) break;
    events.push_back({{"offset", offset},
                      {"topic", event.topic},
                      {"key", event.key ? Json(*event.key) : Json()},
                      {"payload", event.payload},
                      {"created_at", event.created_at}});
  }
  return Gives(events);
}

Answer SaveOffset(State& state, int64_t, const In& in) {
  if (in.Int(2) < 0) return Refuse({3});
  const auto [saved, fresh] = state.tables.offsets.try_emplace({in.Text(0), in.Text(1)}, in.Int(2));
  if (fresh) return Gives(1);
  if (in.Int(2) <= saved->second) return Gives(0);
  saved->second = in.Int(2);
  return Gives(1);
}

Answer GetOffset(State& state, int64_t, const In& in) {
  const auto saved = state.tables.offsets.find({in.Text(0), in.Text(1)});
  return Gives(saved == state.tables.offsets.end() ? 0 : saved->second);
}

}  // namespace

const Rules& LogRules() {
  static const auto& rules = *new Rules{
      {"notify", Notify},
      {"honker_stream_publish", Publish},
      {"honker_stream_read_since", ReadSince},
      {"honker_stream_save_offset", SaveOffset},
      {"honker_stream_get_offset", GetOffset},
  };
  return rules;
}

}  // namespace honker::model
