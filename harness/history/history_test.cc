#include "harness/history/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Op Make(int64_t t_ns, OpType type, int64_t call, std::string process, std::string name) {
  return Op{t_ns, type, call, std::move(process), std::move(name), Value::MakeObject()};
}

// A folder of its own for each test, removed afterwards.
class HistoryFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "history-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void WriteFile(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
  }
  std::string folder_;
};

constexpr char kHead[] =
    R"({"process":"writer:1","pid":1,"clock":"CLOCK_MONOTONIC ns","protocol":1})"
    "\n";
constexpr char kOk[] = R"({"t":5,"type":"ok","call":1,"op":"commit","value":{}})"
                       "\n";

TEST(History, OrdersByTimeAndKeepsTheOrderOfEqualTimes) {
  const History h = History::FromOps({Make(2, OpType::kEvent, 0, "a", "third"),
                                      Make(1, OpType::kEvent, 0, "b", "first"),
                                      Make(1, OpType::kEvent, 0, "c", "second")});
  std::vector<std::string> names;
  for (const Op& op : h.ops()) names.push_back(op.name);
  EXPECT_THAT(names, ElementsAre("first", "second", "third"));
}

TEST(History, PairsCallsByProcessAndNumber) {
  const History h = History::FromOps(
      {Make(1, OpType::kInvoke, 1, "a", "commit"), Make(2, OpType::kInvoke, 1, "b", "commit"),
       Make(3, OpType::kFail, 1, "b", "commit"), Make(4, OpType::kOk, 1, "a", "commit"),
       Make(5, OpType::kInvoke, -1, "a", "commit"), Make(6, OpType::kInfo, -1, "a", "commit"),
       Make(7, OpType::kInvoke, 2, "a", "commit"), Make(8, OpType::kInvoke, 3, "a", "other")});
  const std::vector<Call> calls = h.Calls("commit");
  ASSERT_EQ(calls.size(), 4u);
  EXPECT_TRUE(calls[0].ok());
  EXPECT_EQ(calls[0].end_index, 3u);
  EXPECT_TRUE(calls[1].failed());
  EXPECT_TRUE(calls[2].in_doubt());
  EXPECT_EQ(calls[2].end_ns(), 6);
  EXPECT_TRUE(calls[3].in_doubt());  // pending
  EXPECT_EQ(calls[3].end, nullptr);
  EXPECT_EQ(calls[3].end_index, calls[3].invoke_index);
  EXPECT_EQ(calls[3].end_ns(), INT64_MAX);
}

TEST(History, ANumberMayComeAgainInAnotherLifeOfTheProcess) {
  const History h = History::FromOps({Make(1, OpType::kInvoke, 1, "a", "commit"),
                                      Make(5, OpType::kInvoke, 1, "a", "commit"),
                                      Make(6, OpType::kOk, 1, "a", "commit")});
  const std::vector<Call> calls = h.Calls("commit");
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_TRUE(calls[0].in_doubt());
  EXPECT_TRUE(calls[1].ok());
}

TEST(History, AnEndWithoutItsBeginningIsNoCall) {
  const History h = History::FromOps({Make(1, OpType::kOk, 1, "a", "commit")});
  EXPECT_TRUE(h.Calls("commit").empty());
}

TEST(History, EventsAreFoundByName) {
  const History h = History::FromOps(
      {Make(1, OpType::kEvent, 0, "a", "wake"), Make(2, OpType::kInvoke, 1, "a", "wake"),
       Make(3, OpType::kEvent, 0, "a", "dead"), Make(4, OpType::kEvent, 0, "a", "wake")});
  EXPECT_THAT(h.Events("wake"), ElementsAre(0u, 3u));
}

TEST(History, AnOpIsOneLineAndReadsBack) {
  Op op = Make(17, OpType::kInvoke, -3, "writer:1", "commit");
  op.value.Set("text", "a\nb \"c\" \\ ü").Set("n", INT64_MIN);
  const std::string line = PrintOp(op);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const Result<Op> back = ParseOp(line, "writer:1");
  ASSERT_TRUE(back.ok()) << back.error();
  EXPECT_EQ(back.value().t_ns, 17);
  EXPECT_EQ(back.value().type, OpType::kInvoke);
  EXPECT_EQ(back.value().call, -3);
  EXPECT_EQ(back.value().process, "writer:1");
  EXPECT_EQ(back.value().value, op.value);
  EXPECT_EQ(PrintOp(Make(1, OpType::kEvent, 0, "a", "wake")),
            R"({"t":1,"type":"event","op":"wake","value":{}})");
}

TEST(History, ALineThatIsNoOpIsAnError) {
  for (const char* line : {"", "[]", "3", R"({"t":1,"type":"oops","op":"x"})",
                           R"({"type":"ok","op":"x"})", R"({"t":1,"type":"ok"})"}) {
    EXPECT_FALSE(ParseOp(line, "a").ok()) << line;
  }
}

TEST_F(HistoryFiles, WhatIsWrittenIsRead) {
  HistoryWriter a;
  HistoryWriter b;
  ASSERT_TRUE(a.Open(folder_ + "/a.jsonl", "writer:1").ok());
  ASSERT_TRUE(b.Open(folder_ + "/b.jsonl", "watcher:1").ok());
  const int64_t first = a.Append(OpType::kInvoke, 1, "commit", Value::MakeObject({{"seq", 1}}));
  b.Append(OpType::kEvent, 0, "wake", Value());
  a.Append(OpType::kOk, 1, "commit", Value());
  b.AppendAt(first - 1, OpType::kEvent, 0, "earlier", Value());
  const Result<History> h = History::Load(folder_);
  ASSERT_TRUE(h.ok()) << h.error();
  ASSERT_EQ(h.value().ops().size(), 4u);
  EXPECT_EQ(h.value().ops()[0].name, "earlier");
  EXPECT_EQ(h.value().ops()[1].process, "writer:1");
  EXPECT_EQ(h.value().ops()[2].process, "watcher:1");
  EXPECT_EQ(h.value().Calls("commit").at(0).invoke->value["seq"].Int(), 1);
}

TEST_F(HistoryFiles, LinesOfSeveralThreadsNeverMix) {
  {
    HistoryWriter writer;
    ASSERT_TRUE(writer.Open(folder_ + "/a.jsonl", "watcher:1").ok());
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) {
          writer.Append(OpType::kEvent, 0, "wake", Value(std::string(300, 'x')));
        }
      });
    }
  }
  const Result<History> h = History::Load(folder_);
  ASSERT_TRUE(h.ok()) << h.error();
  EXPECT_EQ(h.value().ops().size(), 800u);
}

TEST_F(HistoryFiles, ATornLastLineIsTolerated) {
  const std::string ok = kOk;
  for (size_t length = 0; length < ok.size(); ++length) {
    WriteFile("a.jsonl", kHead + ok + ok.substr(0, length));
    const Result<History> h = History::Load(folder_);
    ASSERT_TRUE(h.ok()) << length << ": " << h.error();
    // All of a line but its newline is a whole op.
    EXPECT_EQ(h.value().ops().size(), length + 1 == ok.size() ? 2u : 1u);
  }
}

TEST_F(HistoryFiles, ATornOrMissingHeadIsAnEmptyHistory) {
  for (size_t length = 0; length + 2 < sizeof kHead; ++length) {
    WriteFile("a.jsonl", std::string(kHead, length));
    const Result<History> h = History::Load(folder_);
    ASSERT_TRUE(h.ok()) << length << ": " << h.error();
    EXPECT_TRUE(h.value().ops().empty());
  }
}

TEST_F(HistoryFiles, ABrokenLineInTheMiddleIsAnErrorThatNamesIt) {
  WriteFile("a.jsonl", std::string(kHead) + kOk + "{\"t\":\n" + kOk);
  const Result<History> h = History::Load(folder_);
  ASSERT_FALSE(h.ok());
  EXPECT_THAT(h.error(), HasSubstr("a.jsonl:3"));
}

TEST_F(HistoryFiles, AFileThatNamesNoProcessIsAnError) {
  WriteFile("a.jsonl", kOk);
  const Result<History> h = History::Load(folder_);
  ASSERT_FALSE(h.ok());
  EXPECT_THAT(h.error(), HasSubstr("a.jsonl:1"));
}

TEST_F(HistoryFiles, OtherFilesAreNotRead) {
  WriteFile("notes.txt", "no history");
  WriteFile("a.jsonl", std::string(kHead) + kOk);
  EXPECT_EQ(History::Load(folder_).value().ops().size(), 1u);
  EXPECT_FALSE(History::Load(folder_ + "/missing").ok());
}

}  // namespace
}  // namespace harness
