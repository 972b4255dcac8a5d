#include "harness/oracle/offset_kept.h"

#include <algorithm>
#include <map>

#include "harness/oracle/streams.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

constexpr int64_t kNothingSaved = -1;

// An offset, and the op from which it follows.
struct Mark {
  int64_t offset;
  size_t op;
};

struct Consumer {
  std::vector<Call> calls;               // saves and questions, by their invokes
  std::map<int64_t, int64_t> delivered;  // offset, and how often
  size_t read_to_the_end = 0;            // where the last short read began
  std::string name;
  std::string stream;
};

class Judge {
 public:
  explicit Judge(const History& history)
      : published_(AllPublished(history)), reads_(StreamReads(history)) {
    streams_ = ByOffset(published_);
    for (const char* op : {"stream_save_offset", "stream_offset"}) {
      for (const Call& call : history.Calls(op)) {
        const Value& v = call.invoke->value;
        Of(v["consumer"].Text(), v["stream"].Text()).calls.push_back(call);
      }
    }
    for (const StreamRead& read : reads_) {
      if (read.consumer.empty()) continue;
      Consumer& consumer = Of(read.consumer, read.stream);
      for (const auto& [offset, payload] : read.events) ++consumer.delivered[offset];
      if (read.is_short()) consumer.read_to_the_end = read.call.invoke_index;
    }
  }

  Verdict Run(int64_t min_redelivered) {
    for (auto& [key, consumer] : consumers_) {
      FollowOffset(consumer);
      LookForUndelivered(consumer);
    }
    const Value figures = Value::MakeObject({{"saves", saves_},
                                             {"saves_in_doubt", saves_in_doubt_},
                                             {"answers", answers_},
                                             {"delivered", delivered_},
                                             {"redelivered", redelivered_},
                                             {"undelivered", undelivered_}});
    if (!proof_.empty()) return Fail(contradiction_, proof_, figures);
    if (saves_ == 0 || answers_ == 0) return Unknown("nothing was saved, or asked for", figures);
    if (!undecided_.empty()) return Unknown(undecided_, figures);
    if (redelivered_ < min_redelivered)
      return Unknown("too few events were delivered twice", figures);
    return Pass("no offset went back, and every event was delivered", figures);
  }

 private:
  Consumer& Of(const std::string& name, const std::string& stream) {
    Consumer& consumer = consumers_[{name, stream}];
    consumer.name = name;
    consumer.stream = stream;
    return consumer;
  }

  void FollowOffset(Consumer& consumer) {
    std::ranges::sort(consumer.calls, {}, &Call::invoke_index);
    const std::vector<int64_t> most = MostSoFar(consumer);
    std::vector<Call> by_end = consumer.calls;
    std::ranges::sort(by_end, {}, &Call::end_index);
    Mark least{kNothingSaved, 0};  // whatever ended before says at least that
    auto ended = by_end.begin();
    for (const Call& call : consumer.calls) {
      for (; ended != by_end.end() && ended->end_index < call.invoke_index; ++ended) {
        const Mark says = Says(*ended);
        if (says.offset > least.offset) least = says;
      }
      if (!call.ok()) {
        saves_in_doubt_ += call.in_doubt() && call.invoke->name == "stream_save_offset" ? 1 : 0;
        continue;
      }
      const auto begun =
          std::ranges::upper_bound(consumer.calls, call.end_index, {}, &Call::invoke_index);
      const int64_t most_then = most[static_cast<size_t>(begun - consumer.calls.begin()) - 1];
      if (call.invoke->name == "stream_offset") {
        JudgeAnswer(consumer, call, least, std::max<int64_t>(most_then, 0));
      } else {
        JudgeSave(consumer, call, least, most_then);
      }
    }
  }

  // What is known to be saved once this call has ended.
  static Mark Says(const Call& call) {
    if (!call.ok()) return {kNothingSaved, call.end_index};
    if (call.invoke->name == "stream_offset") {
      const int64_t answer = call.end->value["offset"].Int();
      return {answer > 0 ? answer : kNothingSaved, call.end_index};
    }
    const bool done = call.end->value["done"].Int() == 1;
    return {done ? call.invoke->value["offset"].Int() : kNothingSaved, call.end_index};
  }

  // The greatest offset that may have been saved before an op, for every call in its order.
  static std::vector<int64_t> MostSoFar(const Consumer& consumer) {
    std::vector<int64_t> most;
    for (const Call& call : consumer.calls) {
      const bool saves = call.invoke->name == "stream_save_offset" && !call.failed() &&
                         !(call.ok() && call.end->value["done"].Int() == 0);
      const int64_t before = most.empty() ? kNothingSaved : most.back();
      most.push_back(saves ? std::max(before, call.invoke->value["offset"].Int()) : before);
    }
    return most;
  }

  void JudgeAnswer(const Consumer& consumer, const Call& call, const Mark& least, int64_t most) {
    ++answers_;
    const int64_t answer = call.end->value["offset"].Int();
    const std::string told = consumer.name + " is told " + std::to_string(answer);
    if (answer < least.offset) {
      Contradict("a saved offset went back",
                 {{least.op, consumer.name + " has saved " + std::to_string(least.offset)},
                  {call.end_index, told}});
    } else if (answer > most) {
      Contradict("an offset that nobody saved",
                 {{call.end_index, told + ", and nobody saved more than " + std::to_string(most)}});
    }
  }

  void JudgeSave(const Consumer& consumer, const Call& call, const Mark& least, int64_t most) {
    const int64_t offset = call.invoke->value["offset"].Int();
    const std::string what = consumer.name + " saves " + std::to_string(offset);
    if (call.end->value["done"].Int() == 1) {
      ++saves_;
      if (offset > least.offset) return;
      Contradict("a saved offset went back",
                 {{least.op, consumer.name + " has saved " + std::to_string(least.offset)},
                  {call.end_index, what + ", and that is done"}});
    } else if (offset > most) {
      Contradict("an offset was not saved", {{call.end_index, what + ", and it is not done"}});
    }
  }

  void LookForUndelivered(const Consumer& consumer) {
    for (const auto& [offset, times] : consumer.delivered) redelivered_ += times > 1 ? 1 : 0;
    delivered_ += static_cast<int64_t>(consumer.delivered.size());
    const auto stream = streams_.find(consumer.stream);
    if (stream == streams_.end()) return;
    for (const auto& [offset, published] : stream->second) {
      if (consumer.delivered.contains(offset)) continue;
      if (consumer.read_to_the_end <= published->call.end_index) {
        undecided_ = consumer.name + " did not read to the end";
        continue;
      }
      ++undelivered_;
      Contradict("an event was never delivered",
                 {{published->call.end_index, published->call.invoke->process + " publishes \"" +
                                                  published->payload + "\" at offset " +
                                                  std::to_string(offset)},
                  {consumer.read_to_the_end,
                   consumer.name + " reads to the end, and was never shown it"}});
    }
  }

  void Contradict(const std::string& what, std::vector<ProofStep> proof) {
    if (!proof_.empty()) return;
    contradiction_ = what;
    proof_ = std::move(proof);
  }

  std::vector<Published> published_;
  std::vector<StreamRead> reads_;
  std::map<std::string, std::map<int64_t, const Published*>> streams_;
  std::map<std::pair<std::string, std::string>, Consumer> consumers_;
  int64_t saves_ = 0, saves_in_doubt_ = 0, answers_ = 0;
  int64_t delivered_ = 0, redelivered_ = 0, undelivered_ = 0;
  std::string contradiction_;
  std::vector<ProofStep> proof_;
  std::string undecided_;
};

}  // namespace

Verdict CheckOffsetKept(const History& history, const Expectation& expectation) {
  return Judge(history).Run(expectation.params["min_redelivered"].Int(0));
}

}  // namespace harness
