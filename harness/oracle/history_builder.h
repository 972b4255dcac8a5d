// Hand-written histories for the tests of oracles, readable as a story:
//
//   HistoryBuilder h;
//   h.Watch("watcher:1", {0});
//   h.At(10).Commit(1, 1);
//   h.At(12).Wake("watcher:1", 0, {{"1", 1}});
//   h.At(20).Quiesce("watcher:1", {{0, "quiet"}});
//   const Verdict v = CheckWakeSeen(h.Build(), {});
//
// The clock is in milliseconds and stands still unless told otherwise: a whole step leaves it at
// the step's end, an event does not move it. Single ops (Process, Invoke, Ok, Event ...) are there
// for what the steps do not cover. Tests only.
#ifndef HARNESS_ORACLE_HISTORY_BUILDER_H_
#define HARNESS_ORACLE_HISTORY_BUILDER_H_

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/history/history.h"

namespace harness {

inline Value Obj(std::initializer_list<Value::Member> members = {}) {
  return Value::MakeObject(members);
}
inline Value List(std::vector<Value> items) { return Value(Value::Array(std::move(items))); }

class HistoryBuilder {
 public:
  using Results =
      std::vector<std::pair<int64_t, std::string>>;  // subscriber and what was said of it

  HistoryBuilder& At(double ms) {
    now_ns_ = static_cast<int64_t>(ms * 1e6);
    return *this;
  }
  HistoryBuilder& After(double ms) {
    now_ns_ += static_cast<int64_t>(ms * 1e6);
    return *this;
  }
  int64_t now_ns() const { return now_ns_; }

  // ---- single ops of the process named last ----
  HistoryBuilder& Process(std::string_view name) {
    process_ = name;
    return *this;
  }
  HistoryBuilder& Invoke(std::string_view op, Value value = Obj()) {
    open_[process_].push_back({++last_call_[process_], std::string(op)});
    return Push(OpType::kInvoke, last_call_[process_], op, std::move(value));
  }
  // These end the call of this process that was opened last.
  HistoryBuilder& Ok(Value value = Obj()) { return End(OpType::kOk, std::move(value)); }
  HistoryBuilder& Fail(Value value = Obj()) { return End(OpType::kFail, std::move(value)); }
  HistoryBuilder& Info(Value value = Obj()) { return End(OpType::kInfo, std::move(value)); }
  HistoryBuilder& Event(std::string_view name, Value value) {
    return Push(OpType::kEvent, 0, name, std::move(value));
  }

  // ---- whole steps; the process is an argument, `ms` is how long they take ----
  HistoryBuilder& Do(std::string_view process, std::string_view op, Value value, Value result,
                     double ms = 1, OpType how = OpType::kOk) {
    const std::string before = std::exchange(process_, std::string(process));
    Invoke(op, std::move(value)).After(ms).End(how, std::move(result));
    process_ = before;
    return *this;
  }
  HistoryBuilder& Tell(std::string_view process, std::string_view event, Value value) {
    const std::string before = std::exchange(process_, std::string(process));
    Event(event, std::move(value));
    process_ = before;
    return *this;
  }

  // By process writer:<writer>.
  HistoryBuilder& Commit(int64_t writer, int64_t seq, double ms = 1, OpType how = OpType::kOk) {
    return Do("writer:" + std::to_string(writer), "commit", Obj({{"writer", writer}, {"seq", seq}}),
              how == OpType::kFail ? Obj({{"code", 5}, {"message", "database is locked"}}) : Obj(),
              ms, how);
  }
  HistoryBuilder& Watch(std::string_view process, const std::vector<int64_t>& subs,
                        int64_t lazy = 0) {
    Value numbers = Value::MakeArray();
    for (int64_t sub : subs) numbers.Append(sub);
    return Do(process, "watch", Obj({{"backend", "polling"}, {"subscribers", subs.size()}}),
              Obj({{"outcome", "opened"}, {"subs", numbers}, {"lazy", lazy}}));
  }
  HistoryBuilder& Refused(std::string_view process, std::string_view error) {
    return Do(process, "watch", Obj({{"backend", "polling"}}),
              Obj({{"outcome", "refused"}, {"error", error}}));
  }
  HistoryBuilder& Unwatch(std::string_view process) { return Do(process, "unwatch", Obj(), Obj()); }
  // The wait returns now, the re-read begins at once.
  HistoryBuilder& Wake(std::string_view process, int64_t sub,
                       std::initializer_list<Value::Member> seen) {
    return WakeWith(process, sub, Obj(seen));
  }
  HistoryBuilder& WakeWith(std::string_view process, int64_t sub, Value seen) {
    return Tell(process, "wake",
                Obj({{"sub", sub}, {"begin", now_ns_}, {"end", now_ns_ + 1000}, {"seen", seen}}));
  }
  HistoryBuilder& FailedWake(std::string_view process, int64_t sub, int64_t code = 5) {
    return Tell(process, "wake",
                Obj({{"sub", sub},
                     {"begin", now_ns_},
                     {"end", now_ns_ + 1000},
                     {"error", Obj({{"code", code}})}}));
  }
  HistoryBuilder& Quiesce(std::string_view process, const Results& results, double ms = 1) {
    return Ask(process, "quiesce", results, ms);
  }
  HistoryBuilder& Ask(std::string_view process, std::string_view command, const Results& results,
                      double ms = 1) {
    Value subs = Value::MakeArray();
    for (const auto& [sub, result] : results) subs.Append(Obj({{"sub", sub}, {"result", result}}));
    return Do(process, command, Obj(), Obj({{"subs", subs}}), ms);
  }
  HistoryBuilder& Dead(std::string_view process, int64_t sub, int64_t rc = -1) {
    return Tell(process, "dead", Obj({{"sub", sub}, {"rc", rc}}));
  }
  // The runner's own.
  HistoryBuilder& Kill(std::string_view process) {
    return Tell("runner", "kill", Obj({{"process", process}, {"signal", 9}}));
  }
  HistoryBuilder& Died(std::string_view process, bool expected, std::string_view how = "signal 9") {
    return Tell("runner", "died",
                Obj({{"process", process}, {"how", how}, {"expected", expected}}));
  }
  HistoryBuilder& Stderr(std::string_view process, std::string_view line) {
    return Tell("runner", "stderr", Obj({{"process", process}, {"line", line}}));
  }

  History Build() const { return History::FromOps(ops_); }
  // For tests that damage a good history: in the order of being told.
  std::vector<Op>& ops() { return ops_; }

 private:
  HistoryBuilder& Push(OpType type, int64_t call, std::string_view op, Value value) {
    ops_.push_back(Op{now_ns_, type, call, process_, std::string(op), std::move(value)});
    return *this;
  }
  HistoryBuilder& End(OpType type, Value value) {
    const auto [call, op] = open_[process_].back();
    open_[process_].pop_back();
    return Push(type, call, op, std::move(value));
  }

  std::vector<Op> ops_;
  int64_t now_ns_ = 0;
  std::string process_ = "writer:1";
  std::map<std::string, int64_t> last_call_;
  std::map<std::string, std::vector<std::pair<int64_t, std::string>>> open_;
};

}  // namespace harness

#endif  // HARNESS_ORACLE_HISTORY_BUILDER_H_
