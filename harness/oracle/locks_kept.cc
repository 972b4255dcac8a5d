#include "harness/oracle/locks_kept.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/oracle/locks.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

// "a read lock on app.db-shm, bytes 128..128, and 2 more"
std::string LocksText(const Op& op) {
  std::vector<Lock> locks = LocksOf(op);
  if (locks.empty()) return "a lock on " + PlainText(op.value["file"]);
  locks.front().file = PlainText(op.value["file"]);
  return "a " + locks.front().Text() +
         (locks.size() > 1 ? ", and " + std::to_string(locks.size() - 1) + " more" : "");
}

// "close(9), called from libx.so+0x1234 in thread honker-shm"; "" where no call is known.
std::string CallText(const Value& by) {
  if (!by.is_object()) return "";
  const std::string caller = PlainText(by["caller"]);
  return by["call"].Text() + ", called from " + caller.substr(caller.rfind('/') + 1) +
         " in thread " + PlainText(by["thread"]);
}

// A close of SQLite's own took the lock: nobody else could have helped it.
bool BySqlite(const Op& op) {
  const std::string caller = PlainText(op.value["by"]["caller"]);
  return caller.substr(caller.rfind('/') + 1).starts_with("libsqlite3.so");
}

// The ops that each process is in, in the order in which they began.
class UnderWay {
 public:
  void See(size_t index, const Op& op) {
    auto& open = open_[op.process];
    if (op.type == OpType::kInvoke) {
      open.emplace_back(op.call, index);
      last_[op.process] = index;
    } else if (op.type != OpType::kEvent) {
      std::erase_if(open, [&](const auto& o) { return o.first == op.call; });
    }
  }
  // The innermost op of that process, and whether it is over already.
  std::optional<std::pair<size_t, bool>> Of(const std::string& process) const {
    const auto open = open_.find(process);
    if (open != open_.end() && !open->second.empty())
      return std::pair{open->second.back().second, false};
    const auto last = last_.find(process);
    if (last == last_.end()) return std::nullopt;
    return std::pair{last->second, true};
  }

 private:
  std::map<std::string, std::vector<std::pair<int64_t, size_t>>> open_;
  std::map<std::string, size_t> last_;
};

}  // namespace

Verdict CheckLocksKept(const History& history, const Expectation& /*expectation*/) {
  const auto& ops = history.ops();
  int64_t looks = 0;
  int64_t judged = 0;
  int64_t granted = 0;
  int64_t left_out = 0;
  for (size_t i : history.Events("locks_looked")) {
    const Value& v = ops[i].value;
    looks += v["looks"].Int();
    judged += v["judged"].Int();
    granted += v["granted"].Int();
    left_out += v["left_out"].Int();
  }
  int64_t lost = 0;
  int64_t unseen = 0;
  int64_t by_sqlite = 0;
  std::string reason;
  std::vector<ProofStep> proof;
  UnderWay under_way;
  for (size_t i = 0; i < ops.size(); ++i) {
    const Op& op = ops[i];
    under_way.See(i, op);
    const bool own = op.name == "lock_missing";
    if (op.type != OpType::kEvent || (!own && op.name != "lock_lost")) continue;
    const std::string& process = own ? op.process : op.value["process"].Text();
    if (!own && !op.value["seen"].Bool()) {
      ++unseen;
      continue;
    }
    if (BySqlite(op)) {
      ++by_sqlite;
      continue;
    }
    ++lost;
    if (!proof.empty()) continue;
    const std::string what = LocksText(op);
    const std::string call = CallText(op.value["by"]);
    std::string step = " before any op";
    if (const auto at = under_way.Of(process)) {
      const auto [index, over] = *at;
      step = (over ? " after op #" : " in op #") + std::to_string(index) + " (" + ops[index].name +
             ")";
      proof.push_back({index, process + (over ? " has done " : " is doing ") + ops[index].name +
                                  " and holds " + what});
    }
    reason = process + " lost " + what + "," + step + (call.empty() ? "" : ", by " + call);
    proof.push_back({i, (call.empty() ? "other processes see that lock no more"
                                      : call + ": that lock is gone") +
                            ", and SQLite in " + process + " still counts on it"});
  }
  Value figures = Value::MakeObject({{"looks", looks}, {"judged", judged}, {"granted", granted}});
  figures.Set("lost", lost).Set("by_sqlite", by_sqlite).Set("unseen", unseen);
  figures.Set("left_out", left_out);
  if (lost > 0) return Fail(reason, std::move(proof), std::move(figures));
  if (judged == 0) return Unknown("no lock was held while anybody looked", std::move(figures));
  return Pass(Count(judged, "lock") + " seen by others in " + Count(looks, "look"),
              std::move(figures));
}

}  // namespace harness
