// STREAM-ORDER and STREAM-OFFSET: however a reader takes its turns and loses its place, a good
// story passes; an event that is hidden from it, or an offset that goes back, is found.
#include <gtest/gtest.h>

#include "harness/oracle/offset_kept.h"
#include "harness/oracle/property.h"
#include "harness/oracle/stream_builder.h"
#include "harness/oracle/stream_order.h"

namespace harness {
namespace {

// Each element is a step: something is published, or the reader reads, saves, or begins anew where
// it had saved. Begins and ends so that there is evidence.
Ops Tell(const std::vector<uint8_t>& script) {
  StreamBuilder s;
  int64_t top = 0;
  int64_t at = 0;
  int64_t saved = 0;
  const auto publish = [&](uint8_t step) { s.Publish(top += 1 + step % 3); };
  std::vector<int64_t> there;
  const auto read = [&](int64_t limit) {
    std::vector<int64_t> shown;
    for (const int64_t offset : there) {
      if (offset > at && static_cast<int64_t>(shown.size()) < limit) shown.push_back(offset);
    }
    s.Since(at, shown, limit);
    if (!shown.empty()) at = shown.back();
  };
  const auto save = [&] {
    s.Save(at, at > saved || saved == 0 ? 1 : 0);
    saved = std::max(saved, at);
  };
  publish(0);
  there.push_back(top);
  read(100);
  save();
  for (const uint8_t step : script) {
    if (step % 5 <= 1) {
      publish(step);
      there.push_back(top);
    } else if (step % 5 == 2) {
      read(1 + step % 4);
    } else if (step % 5 == 3) {
      if (at > saved) save();
    } else {
      s.Ask(saved);
      at = saved;
    }
  }
  s.Ask(saved);
  at = saved;
  read(1000);
  if (at > saved) save();
  return s.h.ops();
}

std::vector<size_t> Ends(const Ops& ops, const std::string& name) {
  std::vector<size_t> ends;
  for (size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].name == name && ops[i].type == OpType::kOk) ends.push_back(i);
  }
  return ends;
}

RC_GTEST_PROP(StreamProperty, GoodStoriesPass,
              (const std::vector<uint8_t>& script, const Script& noise)) {
  const Ops ops = WithNoise(Tell(script), noise);
  (void)Require(Outcome::kPass, CheckStreamOrder, ops);
  (void)Require(Outcome::kPass, CheckOffsetKept, ops);
}

RC_GTEST_PROP(StreamProperty, AnEventThatIsHiddenFromAReadIsMissed,
              (const std::vector<uint8_t>& script, uint32_t pick)) {
  Ops ops = Tell(script);
  std::vector<size_t> reads;
  for (const size_t i : Ends(ops, "stream_since")) {
    if (ops[i].value["events"].items().size() > 1) reads.push_back(i);
  }
  RC_PRE(!reads.empty());
  Value& value = ops[reads[pick % reads.size()]].value;
  Value fewer = Value::MakeArray();
  for (size_t i = 1; i < value["events"].items().size(); ++i) {
    fewer.Append(value["events"].items()[i]);
  }
  value.Set("events", fewer);
  (void)Require(Outcome::kFail, CheckStreamOrder, ops);
}

RC_GTEST_PROP(StreamProperty, AnOffsetThatDoesNotRiseIsFound,
              (const std::vector<uint8_t>& script, uint32_t pick)) {
  Ops ops = Tell(script);
  const std::vector<size_t> publishes = Ends(ops, "stream_publish");
  RC_PRE(publishes.size() > 1);
  const size_t damaged = 1 + pick % (publishes.size() - 1);
  ops[publishes[damaged]].value.Set("offset", ops[publishes[damaged - 1]].value["offset"].Int());
  (void)Require(Outcome::kFail, CheckStreamOrder, ops);
}

RC_GTEST_PROP(StreamProperty, ASavedOffsetThatGoesBackIsFound,
              (const std::vector<uint8_t>& script, uint32_t pick)) {
  Ops ops = Tell(script);
  const std::vector<size_t> answers = Ends(ops, "stream_offset");
  Value& value = ops[answers[pick % answers.size()]].value;
  value.Set("offset", value["offset"].Int() - 1);
  (void)Require(Outcome::kFail, CheckOffsetKept, ops);
}

RC_GTEST_PROP(StreamProperty, AnEventThatIsNeverShownIsUndelivered,
              (const std::vector<uint8_t>& script)) {
  Ops ops = Tell(script);
  const std::vector<size_t> publishes = Ends(ops, "stream_publish");
  const int64_t hidden = ops[publishes.back()].value["offset"].Int();
  for (const size_t i : Ends(ops, "stream_since")) {
    Value fewer = Value::MakeArray();
    for (const Value& event : ops[i].value["events"].items()) {
      if (event["offset"].Int() != hidden) fewer.Append(event);
    }
    ops[i].value.Set("events", fewer);
  }
  RC_ASSERT(Require(Outcome::kFail, CheckOffsetKept, ops).figures["undelivered"].Int() == 1);
}

}  // namespace
}  // namespace harness
