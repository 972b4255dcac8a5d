#include "harness/oracle/marks_remain.h"

#include <map>
#include <optional>
#include <set>

#include "harness/oracle/commits.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

constexpr int64_t kPrimaryCode = 0xff;

// The last such look of the auditor; empty where there was none.
std::optional<Call> LastLook(const History& history, std::string_view containing) {
  std::optional<Call> last;
  for (const Call& call : history.Calls("exec")) {
    if (call.invoke->process == "auditor:1" &&
        Contains(call.invoke->value["sql"].Text(), containing))
      last = call;
  }
  return last;
}

struct Writer {
  int64_t last_acked = 0;
  const Commit* proof = nullptr;  // of last_acked
  std::set<int64_t> acked, failed, in_doubt;
};

// What was refused before a commit could be tried: the sentences.
std::vector<ProofStep> Refusals(const History& history) {
  std::vector<ProofStep> refusals;
  for (const char* op : {"open", "setup"}) {
    for (const Call& call : history.Calls(op)) {
      if (call.failed() && call.invoke->process.starts_with("writer:"))
        refusals.push_back({call.end_index, PlainText(call.end->value["name"]) + ": " +
                                                PlainText(call.end->value["message"])});
    }
  }
  return refusals;
}

}  // namespace

Verdict CheckMarksRemain(const History& history, const Expectation& expectation) {
  const std::vector<Commit> commits = Commits(history);
  const int64_t wanted_error = expectation.params["error"].Int(0);
  std::map<std::string, Writer> writers;
  int64_t acked = 0, failed = 0, in_doubt = 0, with_error = 0;
  for (const Commit& commit : commits) {
    Writer& writer = writers[commit.writer];
    if (commit.call.ok()) {
      ++acked;
      writer.acked.insert(commit.seq);
      if (commit.seq >= writer.last_acked) {
        writer.last_acked = commit.seq;
        writer.proof = &commit;
      }
    } else if (commit.call.failed()) {
      ++failed;
      writer.failed.insert(commit.seq);
    } else {
      ++in_doubt;
      writer.in_doubt.insert(commit.seq);
    }
    if (!commit.call.ok() && commit.call.end)
      with_error += (commit.call.end->value["code"].Int() & kPrimaryCode) == wanted_error;
  }
  const std::vector<ProofStep> refusals = Refusals(history);
  Value figures = Value::MakeObject({{"commits", commits.size()},
                                     {"acked", acked},
                                     {"judged", acked},
                                     {"failed", failed},
                                     {"in_doubt", in_doubt},
                                     {"refused", refusals.size()}});
  const bool refusal_counts = expectation.params["refused"].Bool() && !refusals.empty();
  if (acked == 0) {
    if (refusal_counts) return Pass("refused: " + refusals.front().sentence, std::move(figures));
    return Unknown("no commit was acknowledged", std::move(figures));
  }

  const std::optional<Call> marks_look = LastLook(history, "harness_marks");
  const std::optional<Call> check_look = LastLook(history, "integrity_check");
  if (!marks_look || !check_look || !marks_look->end || !check_look->end)
    return Unknown("auditor:1 did not look", std::move(figures));
  for (const Call& look : {*check_look, *marks_look}) {
    if (look.failed()) {
      const std::string said = PlainText(look.end->value["message"]);
      return Fail("the database cannot be read in the end: " + said, {{look.end_index, said}},
                  std::move(figures));
    }
  }
  const Value::Array& rows = check_look->end->value["rows"].items();
  if (rows.size() != 1 || rows[0].items()[0].Text() != "ok") {
    return Fail("the database is damaged",
                {{check_look->end_index, "integrity_check does not say ok"}}, std::move(figures));
  }

  std::map<std::string, int64_t> marks;
  for (const Value& row : marks_look->end->value["rows"].items())
    marks[std::to_string(row.items()[0].Int())] = row.items()[1].Int();
  int64_t lost = 0, ghosts = 0;
  std::vector<ProofStep> proof;
  for (const auto& [name, writer] : writers) {
    const auto found = marks.find(name);
    const int64_t mark = found == marks.end() ? 0 : found->second;
    const std::string is = found == marks.end()
                               ? "no mark of writer " + name + " is there"
                               : "the mark is " + name + "=" + std::to_string(mark);
    const auto beyond = std::distance(writer.acked.upper_bound(mark), writer.acked.end());
    if (beyond > 0) {
      lost += beyond;
      proof.push_back({writer.proof->call.end_index, "acknowledged: " + writer.proof->Text()});
      proof.push_back({marks_look->end_index, "in the end " + is});
    } else if (mark > writer.last_acked && !writer.in_doubt.contains(mark)) {
      ++ghosts;
      proof.push_back({marks_look->end_index, is + ", which was not acknowledged"});
    }
  }
  figures.Set("lost", lost).Set("ghosts", ghosts);
  if (lost > 0)
    return Fail(Count(lost, "acknowledged commit") + " of " + std::to_string(acked) + " not there",
                std::move(proof), std::move(figures));
  if (ghosts > 0)
    return Fail("a commit that failed is there", std::move(proof), std::move(figures));
  if (wanted_error != 0 && with_error == 0) {
    return Unknown("no commit failed with result code " + std::to_string(wanted_error),
                   std::move(figures));
  }
  return Pass(Count(acked, "acknowledged commit") + ", all there, and the database intact",
              std::move(figures));
}

}  // namespace harness
