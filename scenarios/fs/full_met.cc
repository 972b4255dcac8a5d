#include "scenarios/fs/full_met.h"

#include "harness/oracle/verdicts.h"

namespace scenarios::fs {

using harness::Call;
using harness::Value;

namespace {
constexpr int64_t kSqliteFull = 13;
constexpr int64_t kSqliteIoError = 10;
constexpr int64_t kPrimaryCode = 0xff;
}  // namespace

harness::Verdict CheckFullMet(const harness::History& history, const harness::Expectation&) {
  Value figures = Value::MakeObject();
  int64_t fitted = 0, met = 0;
  std::vector<harness::ProofStep> wrong;
  for (const char* op : {"enqueue", "claim", "ack"}) {
    int64_t failed = 0;
    for (const Call& call : history.Calls(op)) {
      if (call.ok()) {
        ++fitted;
        continue;
      }
      ++failed;
      const int64_t code = call.end ? call.end->value["code"].Int() & kPrimaryCode : 0;
      if (code == kSqliteFull) {
        met += std::string_view(op) == "enqueue";
      } else if (call.failed() || code != kSqliteIoError) {
        wrong.push_back(
            {call.end_index, std::string(op) + " ends otherwise than with a full disk"});
      }
    }
    figures.Set("failed_" + std::string(op), failed);
  }
  figures.Set("fitted", fitted);
  if (!wrong.empty())
    return harness::Fail("a full disk gave another error", std::move(wrong), std::move(figures));
  if (met == 0) return harness::Unknown("no enqueue met a full disk", std::move(figures));
  return harness::Pass("what did not fit was an error that says so", std::move(figures));
}

}  // namespace scenarios::fs
