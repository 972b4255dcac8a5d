#include "core/model/draw.h"

#include <functional>
#include <limits>

namespace honker::model {
namespace {

using namespace std::string_literals;
using Make = std::function<std::vector<Value>(const Model&)>;

template <typename T>
T OneOf(std::vector<T> values) {
  return *rc::gen::elementOf(std::move(values));
}

// Uniform at every size, as rc::gen::inRange is not.
bool OnceIn(size_t n) { return *rc::gen::weightedElement<bool>({{n - 1, false}, {1, true}}); }

Value Null() { return std::monostate(); }
Value NullOr(Value value) { return OnceIn(2) ? Null() : value; }
Value Number(std::vector<int64_t> values) { return OneOf(std::move(values)); }
Value Word(std::vector<std::string> values) { return OneOf(std::move(values)); }

// Differences of times of which some end in the same second.
Value Seconds() { return Number({30, 1, 5, 29, 31, 60, 100}); }
Value Queue() { return Word({"q", "", "r"}); }
Value Worker() { return Word({"w", "v"}); }
Value Text() { return Word({"p", "", "a\0b"s, "\"\\\n", "ö😀"}); }
Value Expression() { return Word({"@every 60s", "@every 7s", "@every 1s", "@every 0s", "daily"}); }
Value ScheduleName() { return Word({"n", "m", "k"}); }

// Mostly one that is there, live or dead.
int64_t JobId(const Model& model) {
  std::vector<int64_t> ids{1};
  for (const auto& [id, job] : model.tables().live) ids.push_back(id);
  for (const auto& [id, job] : model.tables().dead) ids.push_back(id);
  return OnceIn(10) ? 1000 : OneOf(ids);
}

// Mostly the holder of that job.
Value Holder(const Model& model, int64_t id) {
  const auto job = model.tables().live.find(id);
  if (job == model.tables().live.end() || !job->second.worker || OnceIn(6)) return Worker();
  return *job->second.worker;
}

std::vector<Value> OfHolder(const Model& model, std::vector<Value> more = {}) {
  const int64_t id = JobId(model);
  std::vector<Value> arguments{id, Holder(model, id)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::vector<Value> AckBatch(const Model& model) {
  if (OnceIn(8)) return {Word({"", "{}", "[1,", "[1.5]", "[\"1\"]", "[null]"}), Worker()};
  nlohmann::json ids = nlohmann::json::array();
  Value worker = Worker();
  for (int i = OneOf<int>({0, 1, 2, 4}); i > 0; --i) {
    const int64_t id = JobId(model);
    worker = Holder(model, id);
    ids.push_back(id);
  }
  return {ids.dump(), worker};
}

std::vector<Value> Update() {
  std::vector<Value> arguments{ScheduleName(),         NullOr(Expression()), NullOr(Text()),
                               NullOr(Number({0, 1})), NullOr(Seconds()),    Number({0, 1})};
  if (OnceIn(2)) {
    arguments.push_back(NullOr(Number({2, 0, 5})));
    arguments.push_back(Number({0, 1}));
  }
  return arguments;
}

std::vector<Value> Register() {
  std::vector<Value> arguments{ScheduleName(), Queue(),         Expression(),
                               Text(),         Number({0, -1}), NullOr(Seconds())};
  if (OnceIn(2)) arguments.push_back(Number({2, 0, 1}));
  return arguments;
}

struct Drawn {
  Family family;
  int weight;
  const char* function;
  Make arguments;
};

const std::vector<Drawn>& Functions() {
  constexpr Family kQueue = Family::kQueue;
  constexpr Family kKeepers = Family::kKeepers;
  constexpr Family kLogs = Family::kLogs;
  constexpr Family kSchedules = Family::kSchedules;
  using M = const Model&;
  static const auto& functions = *new std::vector<Drawn>{
      {kQueue, 6, "honker_enqueue",
       [](M model) -> std::vector<Value> {
         return {Queue(),
                 Text(),
                 NullOr(model.now() + OneOf<int64_t>({-60, 0, 30})),
                 NullOr(Number({0, -5, 30})),
                 Number({0, 1, -1}),
                 Number({3, 1, 2, 0}),
                 NullOr(Seconds())};
       }},
      {kQueue, 6, "honker_claim_batch",
       [](M) -> std::vector<Value> {
         return {Queue(), Worker(), Number({1, 2, 5, 0}), Seconds()};
       }},
      {kQueue, 2, "honker_ack", [](M model) { return OfHolder(model); }},
      {kQueue, 2, "honker_ack_batch", AckBatch},
      {kQueue, 3, "honker_retry",
       [](M model) {
         return OfHolder(model, {Number({0, 30, -5}), Text()});
       }},
      {kQueue, 1, "honker_fail", [](M model) { return OfHolder(model, {Text()}); }},
      {kQueue, 2, "honker_heartbeat",
       [](M model) {
         return OfHolder(model, {Number({30, 60, 0, -5})});
       }},
      {kQueue, 1, "honker_cancel", [](M model) -> std::vector<Value> { return {JobId(model)}; }},
      {kQueue, 1, "honker_get_job", [](M model) -> std::vector<Value> { return {JobId(model)}; }},
      {kQueue, 2, "honker_queue_next_claim_at", [](M) -> std::vector<Value> { return {Queue()}; }},
      {kQueue, 2, "honker_sweep_expired", [](M) -> std::vector<Value> { return {Queue()}; }},

      {kKeepers, 3, "honker_lock_acquire",
       [](M) -> std::vector<Value> {
         return {Queue(), Worker(), Seconds()};
       }},
      {kKeepers, 2, "honker_lock_renew",
       [](M) -> std::vector<Value> {
         return {Queue(), Worker(), Seconds()};
       }},
      {kKeepers, 1, "honker_lock_release",
       [](M) -> std::vector<Value> {
         return {Queue(), Worker()};
       }},
      {kKeepers, 4, "honker_rate_limit_try",
       [](M) -> std::vector<Value> {
         return {Queue(), Number({2, 1, 3}), Number({60, 7, 30})};
       }},
      {kKeepers, 2, "honker_rate_limit_sweep",
       [](M) -> std::vector<Value> {
         return {Number({0, 1, 30, 60})};
       }},
      {kKeepers, 3, "honker_result_save",
       [](M) -> std::vector<Value> {
         return {Number({1, 2, 3}), Text(), Number({30, 60, 0, -1})};
       }},
      {kKeepers, 2, "honker_result_get",
       [](M) -> std::vector<Value> {
         return {Number({1, 2, 3})};
       }},
      {kKeepers, 1, "honker_result_sweep", [](M) -> std::vector<Value> { return {}; }},

      {kLogs, 1, "notify",
       [](M) -> std::vector<Value> {
         return {Queue(), Text()};
       }},
      {kLogs, 3, "honker_stream_publish",
       [](M) -> std::vector<Value> {
         return {Queue(), NullOr(Text()), Text()};
       }},
      {kLogs, 2, "honker_stream_read_since",
       [](M) -> std::vector<Value> {
         return {Queue(), Number({0, 1, 2, 5}), Number({10, 1, 2, 0})};
       }},
      {kLogs, 2, "honker_stream_save_offset",
       [](M) -> std::vector<Value> {
         return {Worker(), Queue(), Number({1, 0, 2, 3})};
       }},
      {kLogs, 1, "honker_stream_get_offset",
       [](M) -> std::vector<Value> {
         return {Worker(), Queue()};
       }},

      {kSchedules, 4, "honker_scheduler_register", [](M) { return Register(); }},
      {kSchedules, 1, "honker_scheduler_unregister",
       [](M) -> std::vector<Value> { return {ScheduleName()}; }},
      {kSchedules, 1, "honker_scheduler_pause",
       [](M) -> std::vector<Value> { return {ScheduleName()}; }},
      {kSchedules, 1, "honker_scheduler_resume",
       [](M) -> std::vector<Value> { return {ScheduleName()}; }},
      {kSchedules, 2, "honker_scheduler_update", [](M) { return Update(); }},
      {kSchedules, 4, "honker_scheduler_tick",
       [](M model) -> std::vector<Value> {
         return {model.now() + OneOf<int64_t>({0, 60, -60, 500})};
       }},
      {kSchedules, 1, "honker_scheduler_soonest", [](M) -> std::vector<Value> { return {}; }},
      {kSchedules, 1, "honker_scheduler_list", [](M) -> std::vector<Value> { return {}; }},
  };
  return functions;
}

// One number becomes one at the edge of what there is. A tick at the end of time is not meant: it
// would fire for ever.
void Exaggerate(Step& step) {
  std::vector<size_t> numbers;
  for (size_t i = 0; i < step.arguments.size(); ++i) {
    if (std::holds_alternative<int64_t>(step.arguments[i])) numbers.push_back(i);
  }
  if (numbers.empty() || step.function == "honker_scheduler_tick") return;
  using Limits = std::numeric_limits<int64_t>;
  step.arguments[OneOf(numbers)] = Number({-1, 0, Limits::max(), Limits::min()});
}

Step DrawCall(const Model& model, Family family) {
  std::vector<const Drawn*> choices;
  for (const Drawn& drawn : Functions()) {
    if (family != Family::kEverything && drawn.family != family) continue;
    choices.insert(choices.end(), static_cast<size_t>(drawn.weight), &drawn);
  }
  const Drawn& drawn = *OneOf(choices);
  Step step{.kind = OnceIn(4) ? Step::Kind::kCallInInsert : Step::Kind::kCall,
            .function = drawn.function,
            .arguments = drawn.arguments(model)};
  if (OnceIn(12)) Exaggerate(step);
  return step;
}

}  // namespace

Step DrawStep(const Model& model, Family family) {
  using Kind = Step::Kind;
  const Kind kind = *rc::gen::weightedElement<Kind>({{12, Kind::kCall},
                                                     {3, Kind::kWait},
                                                     {1, Kind::kBegin},
                                                     {1, Kind::kCommit},
                                                     {1, Kind::kRollback},
                                                     {1, Kind::kSavepoint},
                                                     {1, Kind::kRollbackTo},
                                                     {1, Kind::kRelease},
                                                     {1, Kind::kRequeue}});
  Step step{.kind = kind};
  if (kind == Kind::kWait) step.number = std::get<int64_t>(Seconds());
  if (kind == Kind::kRequeue) step.number = JobId(model);
  return kind != Kind::kCall && model.Allows(step) ? step : DrawCall(model, family);
}

}  // namespace honker::model
