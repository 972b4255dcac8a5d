// limit_count and result_ttl: models that keep their promise pass; answers that are turned round
// are found.
#include <gtest/gtest.h>

#include "harness/oracle/call_builder.h"
#include "harness/oracle/limit_count.h"
#include "harness/oracle/property.h"
#include "harness/oracle/result_ttl.h"

namespace harness {
namespace {

// ---- limits ----

constexpr int64_t kLimit = 4;
constexpr int64_t kPer = 10;

// Windows are filled by a script, and the last one for certain, with a sweep in it.
Ops Tries(const Script& script) {
  CallBuilder b;
  int64_t window = -1, count = 0;
  const auto one = [&] {
    if (window != b.now_s / kPer) count = 0;
    window = b.now_s / kPer;
    const bool granted = count < kLimit;
    count += granted ? 1 : 0;
    b.Call("a", "honker_rate_limit_try", {"n", kLimit, kPer}, granted ? 1 : 0);
  };
  for (const uint8_t byte : script) {
    one();
    b.now_s += byte % 4 == 0 ? byte % 13 : 0;
  }
  b.now_s += 2 * kPer;
  for (int64_t i = 0; i < kLimit; ++i) one();
  b.Call("s", "honker_rate_limit_sweep", {0}, 3);
  one();
  return b.h.ops();
}

Verdict CheckTries(Outcome wanted, const Ops& ops) {
  return Require(wanted, CheckLimitCount, ops, Obj({{"sweeps", true}}));
}

RC_GTEST_PROP(LimitCountProperty, FilledWindowsPass, (const Script& script, const Script& noise)) {
  CheckTries(Outcome::kPass, WithNoise(Scaled(Tries(script), 3), noise));
}

RC_GTEST_PROP(LimitCountProperty, AnAnswerThatIsTurnedRoundIsFound,
              (const Script& script, bool granted)) {
  Ops ops = Tries(script);
  // Of the last window: a denial that is granted is one too many; so is a grant that is denied,
  // since those before it do not fill the window.
  Op& end = ops[ops.size() - (granted ? 1 : 5)];
  end.value.Set("answer", 1 - end.value["answer"].Int());
  CheckTries(Outcome::kFail, ops);
}

RC_GTEST_PROP(LimitCountProperty, ACallThatFailsIsFound, (const Script& script, uint32_t pick)) {
  Ops ops = Tries(script);
  Op& end = ops[pick % (ops.size() / 2) * 2 + 1];
  end.type = OpType::kFail;
  end.value = Obj({{"code", 5}, {"message", "database is locked"}});
  CheckTries(Outcome::kFail, ops);
}

// ---- results ----

// Each byte saves, reads or lets time pass; at the end one is read in time, and one after a sweep.
Ops Saves(const Script& script) {
  CallBuilder b;
  struct Entry {
    std::string value;
    int64_t expires_s;
  };
  std::map<int64_t, Entry> model;
  int64_t number = 0;
  const auto save = [&](int64_t job, int64_t ttl) {
    const std::string value = "v" + std::to_string(++number);
    model[job] = {value, ttl > 0 ? b.now_s + ttl : INT64_MAX};
    b.Call("saver:1", "honker_result_save", {job, value, ttl}, 1);
  };
  const auto get = [&](int64_t job) {
    const auto found = model.find(job);
    const bool live = found != model.end() && found->second.expires_s > b.now_s;
    b.Call("reader:1", "honker_result_get", {job}, live ? Value(found->second.value) : Value());
  };
  for (const uint8_t byte : script) {
    const int64_t job = byte % 3;
    if (byte % 4 == 0) save(job, byte / 16 - 2);
    if (byte % 4 == 1) get(job);
    if (byte % 4 == 2) b.now_s += byte / 64;
  }
  save(7, 5);
  save(8, 50);
  b.Call("reader:1", "honker_result_sweep", {}, 0);
  get(7);
  b.now_s += 5;
  get(7);
  get(8);
  return b.h.ops();
}

Verdict CheckSaves(Outcome wanted, const Ops& ops) {
  return Require(wanted, CheckResultTtl, ops, Obj({{"sweeps", true}}));
}

RC_GTEST_PROP(ResultTtlProperty, ResultsThatGoAtTheirTimePass,
              (const Script& script, const Script& noise)) {
  CheckSaves(Outcome::kPass, WithNoise(Scaled(Saves(script), 3), noise));
}

RC_GTEST_PROP(ResultTtlProperty, AnyOtherAnswerIsFound, (const Script& script, uint32_t pick)) {
  Ops ops = Saves(script);
  std::vector<Op*> answers;
  for (size_t i = 0; i + 1 < ops.size(); i += 2) {
    const Value& v = ops[i].value;
    if (v["function"].Text() != "honker_result_get") continue;
    // A job that was never saved is nobody's promise.
    bool saved = false;
    for (size_t k = 0; k < i; k += 2) {
      saved |= ops[k].value["function"].Text() == "honker_result_save" &&
               ops[k].value["arguments"].items()[0] == v["arguments"].items()[0];
    }
    if (saved) answers.push_back(&ops[i + 1]);
  }
  Op& end = *answers[pick % answers.size()];
  end.value.Set("answer", end.value["answer"].is_null() ? Value("v1") : Value());
  CheckSaves(Outcome::kFail, ops);
}

}  // namespace
}  // namespace harness
