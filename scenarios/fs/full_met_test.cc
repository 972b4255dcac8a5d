#include "scenarios/fs/full_met.h"

#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace scenarios::fs {
namespace {

using harness::HistoryBuilder;
using harness::Obj;
using harness::OpType;
using harness::Outcome;

HistoryBuilder After(const char* op, OpType how, int64_t code) {
  HistoryBuilder h;
  h.Do("worker:1", "enqueue", Obj(), Obj({{"id", 1}}));
  h.Do("worker:1", op, Obj(), Obj({{"code", code}}), 1, how);
  return h;
}

Outcome Of(const HistoryBuilder& h) { return CheckFullMet(h.Build(), {}).outcome; }

TEST(FullMet, AnEnqueueThatDidNotFitIsTheEvidence) {
  EXPECT_EQ(Of(After("enqueue", OpType::kFail, 13)), Outcome::kPass);
  EXPECT_EQ(Of(After("claim", OpType::kFail, 13)), Outcome::kUnknown);
  EXPECT_EQ(Of(After("enqueue", OpType::kOk, 0)), Outcome::kUnknown);
  EXPECT_EQ(Of(HistoryBuilder()), Outcome::kUnknown);
}

TEST(FullMet, AnotherErrorIsAFinding) {
  for (const char* op : {"enqueue", "claim", "ack"}) {
    EXPECT_EQ(Of(After(op, OpType::kFail, 1)), Outcome::kFail) << op;
    EXPECT_EQ(Of(After(op, OpType::kFail, 11)), Outcome::kFail) << op;
  }
  HistoryBuilder doubt = After("enqueue", OpType::kFail, 13);
  doubt.Do("worker:1", "ack", Obj(), Obj({{"code", 778}}), 1, OpType::kInfo);
  EXPECT_EQ(Of(doubt), Outcome::kPass) << "an I/O error inside COMMIT is in doubt";
}

}  // namespace
}  // namespace scenarios::fs
