#include "harness/oracle/story.h"

namespace harness {

Ops Scaled(Ops ops, int64_t factor) {
  for (Op& op : ops) {
    op.t_ns *= factor;
    for (const char* time : {"begin", "end"}) {
      if (op.name == "wake") op.value.Set(time, op.value[time].Int() * factor);
    }
  }
  return ops;
}

Ops WithNoise(Ops ops, const Script& script) {
  if (ops.empty()) return ops;
  for (uint8_t byte : script) {
    const int64_t t_ns = ops[byte % ops.size()].t_ns;
    ops.push_back(Op{t_ns, OpType::kEvent, 0, "bystander:1", "remark", Obj({{"sub", byte % 3}})});
  }
  return ops;
}

bool IsWake(const Op& op, const std::string& process, int64_t sub) {
  return op.name == "wake" && op.process == process && op.value["sub"].Int() == sub;
}

size_t Change(Ops& ops, const std::function<bool(const Op&)>& which,
              const std::function<void(Op&)>& change) {
  size_t changed = 0;
  for (Op& op : ops) {
    if (!which(op)) continue;
    change(op);
    ++changed;
  }
  return changed;
}

WakeStory::WakeStory(const Script& script, bool stepped) : stepped_(stepped) {
  watchers_ = {{.process = "watcher:1", .subs = {}, .owed = {}, .open = {}},
               {.process = "watcher:2", .subs = {}, .owed = {}, .open = {}}};
  ComeOrGo(watchers_[0]);
  for (uint8_t byte : script) {
    Watcher& watcher = watchers_[byte / 16 % 2];
    h.After(1 + byte % 5);
    switch (byte % 16) {
      case 0:
        Quiesce(watcher);
        break;
      case 1:
        ComeOrGo(watcher);
        break;
      case 2:
        Commit(byte, OpType::kInfo);
        break;
      case 3:
        Commit(byte, OpType::kFail);
        break;
      case 4:
      case 5:
        if (!stepped_ && !watcher.subs.empty())
          h.WakeWith(watcher.process, watcher.subs[0], marks_);
        break;
      case 6:
        Deliver(watcher);
        break;
      default:
        Commit(byte, OpType::kOk);
        break;
    }
  }
  if (watchers_[0].subs.empty()) ComeOrGo(watchers_[0]);
  Commit(0, OpType::kOk);  // no story without a step
  for (Watcher& watcher : watchers_) Quiesce(watcher);
}

void WakeStory::Commit(uint8_t byte, OpType how) {
  const int64_t writer = 1 + byte / 32 % 3;
  const int64_t seq = next_seq_++;
  const int64_t invoke_ns = h.now_ns();
  const bool inside = byte & 0x80;  // the wake comes while COMMIT has not returned
  h.Process("writer:" + std::to_string(writer));
  h.Invoke("commit", Obj({{"writer", writer}, {"seq", seq}})).After(1);
  if (how == OpType::kOk) {
    marks_.Set(std::to_string(writer), seq);
    for (Watcher& watcher : watchers_) {
      watcher.owed.assign(watcher.subs.size(), true);
      for (int64_t sub : watcher.subs) {
        watcher.open.push_back(Step{.process = watcher.process,
                                    .sub = sub,
                                    .writer = std::to_string(writer),
                                    .seq = seq,
                                    .invoke_ns = invoke_ns});
      }
      if (inside && stepped_) Deliver(watcher);
    }
  }
  if (how == OpType::kInfo && (byte & 0x40)) marks_.Set(std::to_string(writer), seq);
  h.After(1).Process("writer:" + std::to_string(writer));
  if (how == OpType::kOk) h.Ok();
  if (how == OpType::kInfo) h.Info();
  if (how == OpType::kFail) h.Fail(Obj({{"code", 5}}));
  if (!stepped_) return;
  for (Watcher& watcher : watchers_) Quiesce(watcher);
}

void WakeStory::Deliver(Watcher& watcher) {
  for (size_t i = 0; i < watcher.subs.size(); ++i) {
    if (watcher.owed[i]) h.After(0.1).WakeWith(watcher.process, watcher.subs[i], marks_);
    watcher.owed[i] = false;
  }
}

void WakeStory::Quiesce(Watcher& watcher) {
  if (watcher.subs.empty()) return;
  Deliver(watcher);
  HistoryBuilder::Results quiet;
  for (int64_t sub : watcher.subs) quiet.push_back({sub, "quiet"});
  h.After(1).Quiesce(watcher.process, quiet);
  for (Step& step : watcher.open) {
    step.quiet_end_ns = h.now_ns();
    steps.push_back(step);
  }
  watcher.open.clear();
}

void WakeStory::ComeOrGo(Watcher& watcher) {
  if (watcher.subs.empty()) {
    watcher.subs = {next_sub_, next_sub_ + 1};
    next_sub_ += 2;
    watcher.owed.assign(2, false);
    h.Watch(watcher.process, watcher.subs);
    return;
  }
  h.Unwatch(watcher.process);
  watcher.subs.clear();
  watcher.owed.clear();
  watcher.open.clear();
}

}  // namespace harness
