#include <array>
#include <memory>

#include "harness/base/patience.h"
#include "harness/oracle/offset_kept.h"
#include "harness/oracle/stream_order.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::stream {
namespace {

using harness::CellEnd;
using harness::CellVerdict;

constexpr int kPublishers = 3;
constexpr int kTurns = 3;
constexpr int kEventsEach = 40;
constexpr int kRollbackEvery = 7;
constexpr int kBatch = 5;
constexpr int kLives = 3;
// How many batches a reader that will be killed takes.
constexpr int kBatchesALife = 4;
constexpr int64_t kStandstillMs = 120'000;
constexpr const char* kStream = "orders";

Value OfReader(harness::Value::Member more) {
  return Value::MakeObject({{"stream", kStream}, {"consumer", "billing"}, std::move(more)});
}

// A reader from where it had saved. Tries again where it is kept out by a lock: contention.
class Reader {
 public:
  Reader(Stage& stage, const Value& open) : stage_(stage), actor_(stage.Start("reader:1")) {
    actor_.Do("open_queue", open);
    at_ = Insist("stream_offset",
                 Value::MakeObject({{"stream", kStream}, {"consumer", "billing"}}))["offset"]
              .Int();
  }

  // How many events came.
  size_t Read() {
    const Value batch = Insist("stream_since", Value::MakeObject({{"stream", kStream},
                                                                  {"consumer", "billing"},
                                                                  {"offset", at_},
                                                                  {"limit", kBatch}}))["events"];
    if (!batch.items().empty()) at_ = batch.items().back()["offset"].Int();
    return batch.items().size();
  }
  void Save() { Insist("stream_save_offset", OfReader({"offset", at_})); }
  void Die() { stage_.Kill(actor_); }

 private:
  Value Insist(const std::string& op, const Value& value) {
    harness::Patience patience(kStandstillMs);
    while (true) {
      const harness::ActorReply reply = actor_.Try(op, value);
      if (reply.ok()) return reply.value;
      if (reply.value["name"].Text() != "SQLITE_BUSY" || patience.IsOver(stage_.Pids()))
        throw CellEnd(CellVerdict::kBroken, "the reader cannot go on: " + reply.value.Print());
    }
  }

  Stage& stage_;
  Actor& actor_;
  int64_t at_ = 0;
};

void Run(Stage& stage) {
  NeedFunctions(stage, {"honker_bootstrap", "honker_stream_publish", "honker_stream_read_since",
                        "honker_stream_save_offset", "honker_stream_get_offset"});
  const Value open = Value::MakeObject(
      {{"path", stage.Db()}, {"journal", stage.Axis("journal")}, {"create", true}});
  std::array<Actor*, kPublishers> publishers{};
  for (int i = 0; i < kPublishers; ++i) {
    publishers[static_cast<size_t>(i)] = &stage.Start("publisher:" + std::to_string(i + 1));
    publishers[static_cast<size_t>(i)]->Do("open_queue", open);
  }
  // The first reader is there before anything is: what it reads is being published meanwhile.
  auto reader = std::make_unique<Reader>(stage, open);
  // In turn first: left to themselves each may publish all it has before the next one begins.
  for (int turn = 1; turn <= kTurns; ++turn) {
    for (Actor* publisher : publishers) {
      publisher->Do(
          "stream_publish",
          Value::MakeObject({{"stream", kStream},
                             {"payload", publisher->process() + " " + std::to_string(turn)}}));
      (void)reader->Read();
    }
  }
  std::array<int64_t, kPublishers> calls{};
  for (size_t i = 0; i < publishers.size(); ++i) {
    calls[i] = publishers[i]->Begin(
        "stream_produce", Value::MakeObject({{"stream", kStream},
                                             {"prefix", "p" + std::to_string(i + 1) + "."},
                                             {"count", kEventsEach},
                                             {"rollback_every", kRollbackEvery}}));
  }
  for (int life = 1; life < kLives; ++life) {
    harness::Patience patience(kStandstillMs);
    for (int batch = 1; batch <= kBatchesALife;) {
      if (reader->Read() == 0) {
        if (patience.IsOver(stage.Pids()))
          throw CellEnd(CellVerdict::kUnknown, "the publishers do not get on");
        continue;
      }
      // The last batch of a life is read and not saved.
      if (batch++ < kBatchesALife) reader->Save();
    }
    reader->Die();
    reader = std::make_unique<Reader>(stage, open);
  }
  for (size_t i = 0; i < publishers.size(); ++i) publishers[i]->End(calls[i]);
  while (reader->Read() > 0) reader->Save();
}

}  // namespace

const Card readers_miss_nothing{
    .name = "stream/readers_miss_nothing",
    .claims = {"STREAM-ORDER", "STREAM-OFFSET"},
    .situation =
        "Three processes publish to one stream, in turn first and then all at once with some of it "
        "rolled back, while a fourth follows the "
        "offsets in small batches and saves how far it has come; it is killed twice with a batch "
        "that it has not saved, and goes on from what was saved.",
    .expectation =
        "Offsets rise with the commits; the reader passes nothing over and is shown nothing that "
        "was rolled back; what it saved is there, and every event was delivered.",
    .axes = {Journals()},
    .roles = {{"publisher:1..3",
               "publish 43 events each; of the last 40 every seventh is rolled back"},
              {"reader:1", "reads in fives and saves; three lives"}},
    .faults = {"kill reader:1 between a read and the saving of its offset"},
    .oracles = {{{"stream_order", harness::CheckStreamOrder},
                 "STREAM-ORDER",
                 Value::MakeObject({{"min_overlapping", 1}})},
                {{"offset_kept", harness::CheckOffsetKept},
                 "STREAM-OFFSET",
                 Value::MakeObject({{"min_redelivered", 1}})}},
    .evidence =
        "reads that ran while something was being published, events that were delivered again "
        "after a death, and a last read that came to the end",
    .limits =
        "A publisher is not killed, and the reader not inside a call: DURABLE-KILL is another "
        "claim. Schedules are free: decisions replay from the seed, interleavings do not.",
    .run = Run};

}  // namespace scenarios::stream
