// Whatever two writers did, marks that are all there pass; one that is lost, one that only failed,
// and each missing piece of evidence are found.
#include <gtest/gtest.h>

#include <map>

#include "harness/oracle/marks_remain.h"
#include "harness/oracle/property.h"

namespace harness {
namespace {

struct AuditStory {
  explicit AuditStory(const Script& script) {
    for (const uint8_t byte : script) {
      const int64_t writer = 1 + byte % 2;
      const OpType how = byte % 8 == 7   ? OpType::kFail
                         : byte % 8 == 6 ? OpType::kInfo
                                         : OpType::kOk;
      h.After(1).Commit(writer, ++next[writer], 1, how);
      if (how == OpType::kOk) marks[writer] = next[writer];
    }
    h.After(1).Commit(1, ++next[1]);
    marks[1] = next[1];
    Tell();
  }
  void Tell() {
    std::vector<Value> rows;
    for (const auto& [writer, seq] : marks) rows.push_back(List({writer, seq}));
    h.After(1).Do("auditor:1", "exec", Obj({{"sql", "PRAGMA integrity_check"}}),
                  Obj({{"rows", List({List({"ok"})})}}));
    h.After(1).Do("auditor:1", "exec", Obj({{"sql", "SELECT writer, seq FROM harness_marks"}}),
                  Obj({{"rows", List(std::move(rows))}}));
  }
  HistoryBuilder h;
  std::map<int64_t, int64_t> next, marks;
};

RC_GTEST_PROP(MarksRemainProperty, WhatIsAllTherePassesHoweverSlow,
              (const Script& script, const Script& noise)) {
  AuditStory story(script);
  const int64_t factor = *rc::gen::inRange(1, 1000);
  Require(Outcome::kPass, CheckMarksRemain, WithNoise(Scaled(story.h.ops(), factor), noise));
}

RC_GTEST_PROP(MarksRemainProperty, AMarkThatGoesBackIsFound, (const Script& script)) {
  AuditStory story(script);
  --story.marks[1];  // the last commit of writer 1 was acknowledged
  story.Tell();
  RC_ASSERT(Require(Outcome::kFail, CheckMarksRemain, story.h.ops()).figures["lost"].Int() == 1);
}

RC_GTEST_PROP(MarksRemainProperty, AMarkThatWasRefusedIsFound, (const Script& script)) {
  AuditStory story(script);
  story.h.After(1).Commit(1, story.next[1] + 1, 1, OpType::kFail);
  ++story.marks[1];
  story.Tell();
  RC_ASSERT(Require(Outcome::kFail, CheckMarksRemain, story.h.ops()).figures["ghosts"].Int() == 1);
}

RC_GTEST_PROP(MarksRemainProperty, WithoutALookNothingIsKnown, (const Script& script, bool which)) {
  AuditStory story(script);
  std::erase_if(story.h.ops(), [&](const Op& op) {
    return op.name == "exec" &&
           (op.value["sql"].Text() == "PRAGMA integrity_check" || op.value.Has("rows")) && which;
  });
  if (!which) {
    std::erase_if(story.h.ops(), [](const Op& op) { return op.name == "commit"; });
  }
  Require(Outcome::kUnknown, CheckMarksRemain, story.h.ops());
}

}  // namespace
}  // namespace harness
