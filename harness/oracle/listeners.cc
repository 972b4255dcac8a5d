#include "harness/oracle/listeners.h"

#include <algorithm>
#include <map>

#include "harness/oracle/deaths.h"

namespace harness {
namespace {

std::string TextOf(const Value& value) { return value.is_text() ? value.Text() : value.Print(); }

// Lives by process and number; the latest that had been asked for at a time is the one meant.
class Lives {
 public:
  explicit Lives(std::vector<Listener>& all) : all_(all) {
    for (size_t i = 0; i < all.size(); ++i) by_name_[{all[i].process, all[i].number}].push_back(i);
  }

  Listener* At(const std::string& process, int64_t number, int64_t t_ns) {
    const auto found = by_name_.find({process, number});
    if (found == by_name_.end()) return nullptr;
    Listener* best = nullptr;
    for (size_t i : found->second) {
      if (all_[i].asked_ns <= t_ns) best = &all_[i];
    }
    return best;
  }

 private:
  std::vector<Listener>& all_;
  std::map<std::pair<std::string, int64_t>, std::vector<size_t>> by_name_;
};

void AddEnd(Lives& lives, const Op& op, int64_t t_ns) {
  Listener* life = lives.At(op.process, op.value["sub"].Int(-1), t_ns);
  if (life) life->ended_ns = std::min(life->ended_ns, t_ns);
}

}  // namespace

std::vector<Listener> Listeners(const History& history) {
  std::vector<Listener> all;
  for (const Call& call : history.Calls("listen")) {
    if (!call.ok()) continue;
    Listener life;
    life.process = call.invoke->process;
    life.number = call.end->value["sub"].Int(-1);
    life.channel = TextOf(call.invoke->value["channel"]);
    life.connection = call.invoke->value["conn"].Text();
    life.opened_op = call.end_index;
    life.asked_ns = call.invoke->t_ns;
    life.opened_ns = call.end->t_ns;
    all.push_back(std::move(life));
  }
  Lives lives(all);
  for (const Call& call : history.Calls("unlisten")) AddEnd(lives, *call.invoke, call.invoke->t_ns);
  for (size_t i : history.Events("died")) {
    const Op& op = history.ops()[i];
    for (Listener& life : all) {
      if (life.process == op.value["process"].Text() && life.asked_ns <= op.t_ns)
        life.ended_ns = std::min(life.ended_ns, op.t_ns);
    }
  }
  for (size_t i : history.Events("listen_ended")) {
    const Op& op = history.ops()[i];
    AddEnd(lives, op, op.t_ns);
    Listener* life = lives.At(op.process, op.value["sub"].Int(-1), op.t_ns);
    if (!life || life->error_op) continue;
    life->error_op = i;
    life->error = TextOf(op.value["error"]);
  }
  for (size_t i : history.Events("notified")) {
    const Op& op = history.ops()[i];
    Listener* life = lives.At(op.process, op.value["sub"].Int(-1), op.t_ns);
    if (!life) continue;
    life->given.push_back({i, op.t_ns, op.value["id"].Int(), TextOf(op.value["channel"]),
                           TextOf(op.value["payload"])});
  }
  for (const char* name : {"await_notified", "await_death"}) {
    for (const Call& call : history.Calls(name)) {
      if (!call.ok()) continue;
      // The proof of an await_death begins when its limit has passed.
      const int64_t limit_ms =
          std::string_view(name) == "await_death" ? call.invoke->value["limit_ms"].Int(10'000) : 0;
      for (const Value& answer : call.end->value["subs"].items()) {
        if (answer["result"].Text() != "quiet") continue;
        Listener* life = lives.At(call.invoke->process, answer["sub"].Int(-1), call.invoke->t_ns);
        if (life)
          life->silences.push_back({call.end_index, call.invoke->t_ns + limit_ms * 1'000'000});
      }
    }
  }
  return all;
}

std::vector<Notify> Notifies(const History& history) {
  const Deaths deaths(history);
  std::vector<Notify> all;
  for (const Call& call : history.Calls("notify")) {
    const Value& asked = call.invoke->value;
    all.push_back({.call = call,
                   .channel = TextOf(asked["channel"]),
                   .payload = TextOf(asked["payload"]),
                   .rolled_back = asked["rollback"].Bool(),
                   .id = call.ok() ? call.end->value["id"].Int() : 0,
                   .ended_ns = deaths.EndOf(call)});
  }
  return all;
}

}  // namespace harness
