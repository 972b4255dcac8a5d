#include "harness/oracle/clear_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

// A read-only file. Empty texts: the call works.
struct Try {
  bool loaded = false;
  bool bootstrapped = false;
  std::string control = {};
  std::string load = "cannot load lib.so: attempt to write a readonly database";
  std::string bootstrap = "attempt to write a readonly database";
  Value before = Obj({{"app.db", Obj({{"size", 8192}, {"sum", 7}})}});
  Value after = before;
  int stderr_lines = 0;

  HistoryBuilder Tell() const {
    HistoryBuilder h;
    const auto end = [&](const char* process, const char* op, const std::string& message) {
      h.After(1).Do(process, op, Obj(),
                    message.empty() ? Obj() : Obj({{"code", 8}, {"message", message}}), 1,
                    message.empty() ? OpType::kOk : OpType::kFail);
    };
    h.Tell("runner", "place",
           Obj({{"words", List({"readonly", "read-only"})},
                {"paths", List({"/a/read-only.db"})},
                {"loaded", loaded},
                {"bootstrapped", bootstrapped}}));
    end("control:1", "open", control);
    if (control.empty()) end("control:1", "exec", "");
    h.After(1).Tell("runner", "folder", Obj({{"files", before}}));
    end("caller:1", "open", load);
    if (load.empty()) end("caller:1", "exec", bootstrap);
    h.After(1).Tell("runner", "folder", Obj({{"files", after}}));
    for (int i = 0; i < stderr_lines; ++i) h.Stderr("caller:1", "words");
    return h;
  }
  Verdict Check() const { return CheckClearError(Tell().Build(), {}); }
};

TEST(ClearError, PassesWhereTheErrorSaysWhatIsWrong) {
  EXPECT_EQ(Try{}.Check().outcome, Outcome::kPass) << Try{}.Check().reason;
  EXPECT_EQ((Try{.load = "honker: READ-ONLY"}).Check().outcome, Outcome::kPass);
  EXPECT_EQ((Try{.stderr_lines = 1}).Check().outcome, Outcome::kPass);
  const Verdict loaded = Try{.loaded = true, .load = ""}.Check();
  EXPECT_EQ(loaded.outcome, Outcome::kPass) << loaded.reason;
  EXPECT_EQ(loaded.figures["errors"].Int(), 1);
  const Verdict all =
      Try{.loaded = true, .bootstrapped = true, .load = "", .bootstrap = ""}.Check();
  EXPECT_EQ(all.outcome, Outcome::kPass) << all.reason;
  EXPECT_EQ((Try{.loaded = true, .bootstrapped = true, .load = ""}).Check().outcome,
            Outcome::kPass);
}

TEST(ClearError, FailsWhereTheErrorSaysSomethingElse) {
  for (const char* said :
       {"not an error", "out of memory", "cannot load lib.so: ", "no: /a/read-only.db"}) {
    EXPECT_THAT((Try{.load = said}).Check().reason, HasSubstr("does not say what is wrong"))
        << said;
  }
  EXPECT_THAT((Try{.loaded = true, .load = "", .bootstrap = "no"}).Check().reason,
              HasSubstr("honker_bootstrap(): the error does not say"));
}

TEST(ClearError, FailsWhereItClaimsToHaveWorkedOrRefusesTheDegradedMode) {
  EXPECT_THAT((Try{.load = ""}).Check().reason, HasSubstr("loading: it works, where it cannot"));
  EXPECT_THAT((Try{.loaded = true, .load = "", .bootstrap = ""}).Check().reason,
              HasSubstr("honker_bootstrap(): it works"));
  EXPECT_THAT((Try{.loaded = true}).Check().reason, HasSubstr("it fails where it has to work"));
}

TEST(ClearError, WhatSqliteItselfCannotDoNobodyHasTo) {
  const std::string said = "unable to open database file";
  EXPECT_EQ((Try{.loaded = true, .control = said, .load = "it says: " + said}).Check().outcome,
            Outcome::kPass);
  EXPECT_EQ((Try{.loaded = true, .control = said, .load = ""}).Check().outcome, Outcome::kFail);
}

TEST(ClearError, FailsWhereSomethingIsLeftBehindOrSaidTwice) {
  const Value more =
      Obj({{"app.db", Obj({{"size", 8192}, {"sum", 7}})}, {"app.db-journal", Obj()}});
  const Value other = Obj({{"app.db", Obj({{"size", 8192}, {"sum", 8}})}});
  for (const Value& after : {more, other, Obj()}) {
    const Verdict v = Try{.after = after}.Check();
    EXPECT_THAT(v.reason, HasSubstr("left behind"));
    EXPECT_EQ(v.proof.size(), 2U);
  }
  EXPECT_THAT((Try{.stderr_lines = 2}).Check().reason, HasSubstr("more than one line"));
}

TEST(ClearError, NothingIsSaidWithoutEvidence) {
  const size_t count = Try{.loaded = true, .load = ""}.Tell().ops().size();
  for (size_t i = 0; i < count; ++i) {
    if (i == 2) continue;  // the end of control:1's open, of which its read says more
    HistoryBuilder h = Try{.loaded = true, .load = ""}.Tell();
    h.ops().erase(h.ops().begin() + static_cast<std::ptrdiff_t>(i));
    const Outcome outcome = CheckClearError(h.Build(), {}).outcome;
    // Without its invoke an end belongs to no call.
    EXPECT_EQ(outcome, Outcome::kUnknown) << "without op " << i;
  }
  EXPECT_EQ(CheckClearError(HistoryBuilder().Build(), {}).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
