#include "harness/oracle/wal_bounded.h"

#include <algorithm>

#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

// SQLite's file format, section 4: a header, and one for each frame.
constexpr int64_t kHeader = 32;
constexpr int64_t kFrameHeader = 24;
// Files of that size that have to be written for a checkpoint to have been due, and missed.
constexpr int64_t kFills = 3;

}  // namespace

Verdict CheckWalBounded(const History& history, const Expectation&) {
  int64_t calls = 0, written = 0, largest = 0, open = 0, bound = 0;
  const auto figures = [&] {
    return Value::MakeObject({{"calls", calls},
                              {"pages_written", written},
                              {"wal_bytes", largest},
                              {"wal_open_bytes", open},
                              {"bound_bytes", bound}});
  };
  const std::vector<Call> repeats = history.Calls("repeat");
  auto next = repeats.begin();
  std::vector<ProofStep> proof;
  std::string reason, undecided;
  for (size_t i : history.Events("wal")) {
    const Value& v = history.ops()[i].value;
    int64_t since = 0;  // pages, by the calls before this event and after the one before
    size_t last_call = i;
    for (; next != repeats.end() && next->invoke_index < i; ++next) {
      if (next->failed()) {
        const std::string message = PlainText(next->end->value["message"]);
        return Fail("a call failed: " + message, {{next->end_index, "it fails: " + message}},
                    figures());
      }
      if (!next->ok()) return Unknown("a call did not end", figures());
      since += next->end->value["written"].Int();
      calls += next->end->value["done"].Int();
      last_call = next->end_index;
    }
    written += since;
    const int64_t bytes = v["bytes"].Int(), pages = v["autocheckpoint"].Int();
    const int64_t checkpoint = pages * (v["page_size"].Int() + kFrameHeader);
    if (pages <= 0 || since < kFills * pages) {
      undecided = Count(since, "page") + " written, where a checkpoint is due each " +
                  std::to_string(pages);
    }
    if (v["read_open"].Bool()) {
      open = std::max(open, bytes);
      continue;
    }
    bound = kHeader + (open > 0 ? open + checkpoint / 10 : checkpoint + checkpoint / 2);
    largest = std::max(largest, bytes);
    if (bytes <= bound) continue;
    if (reason.empty()) {
      reason = "the WAL has " + Count(bytes, "byte") + ", where " + std::to_string(bound) +
               " are the bound";
    }
    proof.push_back({last_call, Count(since, "page") + " were written, in calls that all ended"});
    proof.push_back(
        {i, "the WAL has " + Count(bytes, "byte") + ": no checkpoint let it begin anew"});
  }
  if (!proof.empty()) return Fail(std::move(reason), std::move(proof), figures());
  if (!undecided.empty()) return Unknown(std::move(undecided), figures());
  if (bound == 0) return Unknown("nobody looked at the size of the WAL", figures());
  std::string how = "the WAL stayed within " + Count(bound, "byte");
  if (open > 0) {
    how = "the WAL grew to " + Count(open, "byte") +
          " while a read was open on the connection, as documented, and no further afterwards";
  }
  return Pass(std::move(how), figures());
}

}  // namespace harness
