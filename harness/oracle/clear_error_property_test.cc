// Whatever the place, clear errors pass; every way of being unclear, of claiming to have worked and
// of leaving something behind is found.
#include <gtest/gtest.h>

#include "harness/oracle/clear_error.h"
#include "harness/oracle/property.h"

namespace harness {
namespace {

const std::vector<std::string>& Words() {
  static const std::vector<std::string> kWords = {"readonly", "locked", "unable to open",
                                                  "not a database"};
  return kWords;
}

struct Story {
  bool readable = *rc::gen::arbitrary<bool>();
  bool loaded = *rc::gen::arbitrary<bool>();
  bool bootstrapped = loaded && *rc::gen::arbitrary<bool>();
  std::string word = *rc::gen::elementOf(Words());
  Script files = *rc::gen::arbitrary<Script>();

  bool loads() const { return readable && loaded; }

  Ops Tell() const {
    HistoryBuilder h;
    const auto end = [&](const char* process, const char* op, bool works) {
      h.After(1).Do(process, op, Obj(),
                    works ? Obj() : Obj({{"code", 8}, {"message", "honker: " + word + " here"}}), 1,
                    works ? OpType::kOk : OpType::kFail);
    };
    Value listed = Obj();
    for (size_t i = 0; i < files.size(); ++i)
      listed.Set("file" + std::to_string(i), Obj({{"size", files[i]}, {"sum", files[i] * 7}}));
    h.Tell("runner", "place",
           Obj({{"words", List({word})}, {"loaded", loaded}, {"bootstrapped", bootstrapped}}));
    end("control:1", "open", true);
    end("control:1", "exec", readable);
    h.After(1).Tell("runner", "folder", Obj({{"files", listed}}));
    end("caller:1", "open", loads());
    if (loads()) end("caller:1", "exec", bootstrapped);
    h.After(1).Tell("runner", "folder", Obj({{"files", listed}}));
    return h.ops();
  }
};

Verdict Check(Outcome wanted, const Ops& ops) { return Require(wanted, CheckClearError, ops); }

// The end of the last call of caller:1.
Op& LastEnd(Ops& ops) { return ops[ops.size() - 2]; }

RC_GTEST_PROP(ClearErrorProperty, ClearErrorsPass, (const Script& noise)) {
  Check(Outcome::kPass, WithNoise(Scaled(Story().Tell(), 9), noise));
}

RC_GTEST_PROP(ClearErrorProperty, AnUnclearErrorIsFound, ()) {
  Ops ops = Story().Tell();
  RC_PRE(LastEnd(ops).type == OpType::kFail);
  LastEnd(ops).value.Set("message", *rc::gen::element<std::string>("", "not an error", "no"));
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(ClearErrorProperty, WhatCannotHaveWorkedIsFound, ()) {
  Ops ops = Story().Tell();
  RC_PRE(LastEnd(ops).type == OpType::kFail);
  LastEnd(ops).type = OpType::kOk;
  LastEnd(ops).value = Obj();
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(ClearErrorProperty, AFailureInTheDegradedModeIsFound, ()) {
  Ops ops = Story().Tell();
  size_t load = 0;
  for (size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].process == "caller:1" && ops[i].name == "open" && ops[i].type == OpType::kOk)
      load = i;
  }
  RC_PRE(load > 0U);
  ops[load].type = OpType::kFail;
  ops[load].value = Obj({{"message", "readonly, locked, unable to open, not a database"}});
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(ClearErrorProperty, AnyOtherFolderIsFound, (uint8_t pick)) {
  Ops ops = Story().Tell();
  Value files = ops.back().value["files"];
  const bool change = pick % 2 == 0 && !files.members().empty();
  files.Set(change ? files.members()[pick % files.members().size()].name : "app.db-wal",
            Obj({{"size", 999}}));
  ops.back().value.Set("files", files);
  RC_ASSERT(Check(Outcome::kFail, ops).proof.size() == 2U);
}

RC_GTEST_PROP(ClearErrorProperty, ManyWordsOnStderrAreFound, ()) {
  Ops ops = Story().Tell();
  for (int i = 0; i < 2; ++i) {
    ops.push_back(Op{ops.back().t_ns + 1, OpType::kEvent, 0, "runner", "stderr",
                     Obj({{"process", "caller:1"}, {"line", "words"}})});
  }
  Check(Outcome::kFail, ops);
}

}  // namespace
}  // namespace harness
