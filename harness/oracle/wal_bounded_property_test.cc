// Bounded files pass however many calls there are; one that is too large is found, before or after
// a read was open; too little written is no evidence.
#include <gtest/gtest.h>

#include "harness/oracle/property.h"
#include "harness/oracle/wal_bounded.h"

namespace harness {
namespace {

constexpr int64_t kPages = 1000;
constexpr int64_t kCheckpoint = kPages * (4096 + 24);
constexpr int64_t kOpen = 40 * kCheckpoint;

// Each element is a look at the file after calls of its own; from the middle on a read has been
// open once.
Ops Bounded(const Script& script) {
  HistoryBuilder h;
  const auto look = [&](int64_t written, int64_t bytes, bool read_open) {
    h.After(1).Do("caller:1", "repeat", Obj(), Obj({{"done", 9}, {"written", written}}));
    h.After(1).Tell("runner", "wal",
                    Obj({{"bytes", bytes},
                         {"page_size", 4096},
                         {"autocheckpoint", kPages},
                         {"read_open", read_open}}));
  };
  for (size_t i = 0; i < script.size(); ++i) {
    if (i == script.size() / 2 && script[i] % 2 == 1) look(40 * kPages, kOpen, true);
    look(3 * kPages + script[i], kCheckpoint + script[i] * 1000, false);
  }
  return h.ops();
}

Script Looks() { return *rc::gen::nonEmpty(rc::gen::arbitrary<Script>()); }
Verdict Check(Outcome wanted, const Ops& ops) { return Require(wanted, CheckWalBounded, ops); }

// Any op with that name and type, except looks with a read open.
Op& AnyOf(Ops& ops, const std::string& name, OpType type, uint32_t pick) {
  std::vector<Op*> all;
  for (Op& op : ops) {
    if (op.name == name && op.type == type && !op.value["read_open"].Bool()) all.push_back(&op);
  }
  return *all[pick % all.size()];
}

RC_GTEST_PROP(WalBoundedProperty, BoundedFilesPass, (const Script& noise)) {
  Check(Outcome::kPass, WithNoise(Scaled(Bounded(Looks()), 5), noise));
}

RC_GTEST_PROP(WalBoundedProperty, AFileThatGrewIsFound, (uint32_t pick)) {
  Ops ops = Bounded(Looks());
  AnyOf(ops, "wal", OpType::kEvent, pick).value.Set("bytes", kOpen + kCheckpoint);
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(WalBoundedProperty, ACallThatFailsIsFound, (uint32_t pick)) {
  Ops ops = Bounded(Looks());
  Op& end = AnyOf(ops, "repeat", OpType::kOk, pick);
  end.type = OpType::kFail;
  end.value = Obj({{"code", 5}, {"message", "database is locked"}});
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(WalBoundedProperty, TooLittleWrittenIsNoEvidence, (uint32_t pick)) {
  Ops ops = Bounded(Looks());
  AnyOf(ops, "repeat", OpType::kOk, pick).value.Set("written", 3 * kPages - 1);
  Check(Outcome::kUnknown, ops);
}

}  // namespace
}  // namespace harness
