#include "harness/oracle/result_ttl.h"

#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::shared {
namespace {

constexpr int64_t kShortS = 2;

Value Call(const std::string& function, Value::Array arguments) {
  return Value::MakeObject({{"function", function}, {"arguments", Value(std::move(arguments))}});
}

void Run(Stage& stage) {
  NeedFunctions(stage, {"honker_bootstrap", "honker_result_save", "honker_result_get",
                        "honker_result_sweep"});
  Actor& saver = stage.Start("saver:1");
  Actor& reader = stage.Start("reader:1");
  OpenForCalls(stage, saver);
  OpenForCalls(stage, reader);
  const auto save = [&](int64_t job, const std::string& value, int64_t ttl_s) {
    return saver.Do("call", Call("honker_result_save", {job, value, ttl_s}))["to"].Int();
  };
  const auto get_all = [&] {
    for (int64_t job = 1; job <= 4; ++job) reader.Do("call", Call("honker_result_get", {job}));
  };
  int64_t over = save(1, "soon over", kShortS) + kShortS;
  save(2, "an hour", 3600);
  save(3, "for ever", 0);
  save(4, "soon over", kShortS);
  save(4, "saved again, for longer", 3600);
  get_all();
  reader.Do("call", Call("honker_result_sweep", {}));
  get_all();
  AwaitSecond(reader, over);
  get_all();
  reader.Do("call", Call("honker_result_sweep", {}));
  get_all();
  over = save(1, "back again", kShortS) + kShortS;
  get_all();
  AwaitSecond(reader, over);
  get_all();
}

}  // namespace

const Card result_ttl{
    .name = "shared/result_ttl",
    .claims = {"RESULT-TTL"},
    .situation =
        "Results are saved for two seconds, for an hour, for ever, and once more under the same "
        "job for longer; another process reads them before and after the two seconds by the "
        "database's clock, and after sweeps.",
    .expectation = "Each is there until its time is over, and then not, swept or not.",
    .axes = {Journals({"delete", "wal"})},
    .roles = {{"saver:1", "saves"}, {"reader:1", "reads, waits for the clock, sweeps"}},
    .faults = {"none"},
    .oracles = {{{"result_ttl", harness::CheckResultTtl},
                 "RESULT-TTL",
                 Value::MakeObject({{"sweeps", true}})}},
    .evidence =
        "a result read while its time was not over, and one after it, both after a sweep; the "
        "clock is read with each call",
    .limits = "On SQL: waiting for a result is the API's. One step at a time.",
    .run = Run};

}  // namespace scenarios::shared
