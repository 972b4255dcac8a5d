#include "harness/oracle/stream_order.h"

#include <algorithm>
#include <set>

#include "harness/oracle/streams.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

std::string What(const Published& p) {
  return p.call.invoke->process + " publishes \"" + p.payload + "\"";
}

std::string Where(int64_t offset) { return " at offset " + std::to_string(offset); }

class Judge {
 public:
  explicit Judge(const History& history)
      : published_(AllPublished(history)), reads_(StreamReads(history)) {
    for (const Published& p : published_) {
      begins_.push_back(p.call.invoke_index);
      if (p.call.end != nullptr) ends_.push_back(p.call.end_index);
      rolled_back_ += p.rolled_back ? 1 : 0;
      if (p.is_committed()) {
        committed_.push_back(&p);
      } else if (p.call.in_doubt() && !p.rolled_back) {
        in_doubt_.emplace(p.stream, p.payload);
      }
    }
    std::ranges::sort(ends_);
    streams_ = ByOffset(published_);
  }

  Verdict Run(int64_t min_overlapping) {
    CompareOffsets();
    for (const StreamRead& read : reads_) LookAt(read);
    const Value figures = Value::MakeObject({{"published", committed_.size()},
                                             {"rolled_back", rolled_back_},
                                             {"in_doubt", in_doubt_.size()},
                                             {"reads", reads_.size()},
                                             {"shown", shown_},
                                             {"overlapping", overlapping_},
                                             {"missed", missed_},
                                             {"ghosts", ghosts_}});
    if (!proof_.empty()) return Fail(contradiction_, proof_, figures);
    if (committed_.empty()) return Unknown("nothing was published", figures);
    if (shown_ == 0) return Unknown("no read showed anything", figures);
    if (overlapping_ < min_overlapping)
      return Unknown("too few reads ran while something was being published", figures);
    return Pass("offsets rise with the commits, and no read passed anything over", figures);
  }

 private:
  // Whatever had ended before a publish began has a smaller offset.
  void CompareOffsets() {
    std::vector<const Published*> by_end = committed_;
    std::ranges::sort(by_end, {}, [](const Published* p) { return p->call.end_index; });
    const Published* highest = nullptr;
    auto ended = by_end.begin();
    for (const Published* p : committed_) {
      for (; ended != by_end.end() && (*ended)->call.end_index < p->call.invoke_index; ++ended) {
        if (highest == nullptr || (*ended)->offset > highest->offset) highest = *ended;
      }
      if (highest == nullptr || p->offset > highest->offset) continue;
      Contradict("offsets do not rise in the order of the commits",
                 {{highest->call.end_index, What(*highest) + Where(highest->offset)},
                  {p->call.end_index, "later " + What(*p) + Where(p->offset)}});
    }
    std::map<int64_t, const Published*> seen;
    for (const Published* p : committed_) {
      const auto [other, fresh] = seen.emplace(p->offset, p);
      if (fresh) continue;
      Contradict("one offset was given twice",
                 {{other->second->call.end_index, What(*other->second) + Where(p->offset)},
                  {p->call.end_index, What(*p) + " there, too"}});
    }
  }

  void LookAt(const StreamRead& read) {
    const auto begun = std::ranges::lower_bound(begins_, read.call.end_index) - begins_.begin();
    const auto ended = std::ranges::lower_bound(ends_, read.call.invoke_index) - ends_.begin();
    overlapping_ += begun > ended ? 1 : 0;
    std::set<int64_t> offsets;
    int64_t before = read.after;
    for (const auto& [offset, payload] : read.events) {
      ++shown_;
      if (offset <= before) {
        Contradict("a read is not in the order of the offsets",
                   {{read.call.end_index, Reader(read) + " is shown " + std::to_string(offset) +
                                              " behind " + std::to_string(before)}});
      }
      before = offset;
      offsets.insert(offset);
      LookForGhost(read, offset, payload);
    }
    const auto stream = streams_.find(read.stream);
    if (stream == streams_.end()) return;
    for (auto it = stream->second.upper_bound(read.after); it != stream->second.end(); ++it) {
      const Published& p = *it->second;
      const bool passed = it->first < before;
      const bool was_there = read.is_short() && p.call.end_index < read.call.invoke_index;
      if (!passed && !read.is_short()) break;
      if (offsets.contains(it->first) || (!passed && !was_there)) continue;
      ++missed_;
      std::vector<ProofStep> proof = {
          {p.call.end_index, What(p) + Where(p.offset)},
          {read.call.end_index, Reader(read) + " reads on from " + std::to_string(read.after) +
                                    " up to " + std::to_string(before) + " and is not shown it"}};
      std::ranges::sort(proof, {}, &ProofStep::op);
      Contradict("a reader missed an event", std::move(proof));
    }
  }

  void LookForGhost(const StreamRead& read, int64_t offset, const std::string& payload) {
    const auto stream = streams_.find(read.stream);
    if (stream != streams_.end()) {
      const auto known = stream->second.find(offset);
      if (known != stream->second.end() && known->second->payload == payload) return;
      if (known == stream->second.end() && in_doubt_.contains({read.stream, payload})) return;
    } else if (in_doubt_.contains({read.stream, payload})) {
      return;
    }
    ++ghosts_;
    Contradict(
        "a reader was shown what nobody committed",
        {{read.call.end_index, Reader(read) + " is shown \"" + payload + "\"" + Where(offset)}});
  }

  static const std::string& Reader(const StreamRead& read) { return read.call.invoke->process; }

  void Contradict(const std::string& what, std::vector<ProofStep> proof) {
    if (!proof_.empty()) return;
    contradiction_ = what;
    proof_ = std::move(proof);
  }

  std::vector<Published> published_;
  std::vector<StreamRead> reads_;
  std::vector<size_t> begins_, ends_;        // of all publishes, in order
  std::vector<const Published*> committed_;  // in the order of their invokes
  std::set<std::pair<std::string, std::string>> in_doubt_;
  std::map<std::string, std::map<int64_t, const Published*>> streams_;
  int64_t rolled_back_ = 0, shown_ = 0, overlapping_ = 0, missed_ = 0, ghosts_ = 0;
  std::string contradiction_;
  std::vector<ProofStep> proof_;
};

}  // namespace

Verdict CheckStreamOrder(const History& history, const Expectation& expectation) {
  return Judge(history).Run(expectation.params["min_overlapping"].Int(0));
}

}  // namespace harness
