// The order of writes and syncs of real commits, and what the reader makes of recordings that are
// not whole.

#include "faults/vfs/recording.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "faults/file/test_files.h"
#include "faults/vfs/test_child.h"

namespace faults::vfs {
namespace {

using testing::Child;
using ::testing::HasSubstr;

class RecordingTest : public testing::ScratchTest {
 protected:
  // What a process that runs these statements writes down.
  std::vector<RecordedCall> Record(const std::vector<std::string>& statements,
                                   const std::string& what, const std::string& faults = "") {
    Child child(FAULT_VFS, In("app.db"), statements, faults, "",
                {"FAULT_RECORD=" + In("rec"), "FAULT_RECORD_WHAT=" + what});
    out_ = child.Finish();
    auto calls = ReadRecording(In("rec"));
    EXPECT_TRUE(calls.ok()) << calls.Message();
    return calls.ok() ? std::move(calls).value() : std::vector<RecordedCall>{};
  }
  std::string Problem(const std::string& content) {
    const auto calls = ReadRecording(Make("bad", content));
    EXPECT_FALSE(calls.ok()) << content;
    return calls.Message();
  }
  std::string out_;
};

const std::vector<std::string> kTwoCommits = {"PRAGMA journal_mode=DELETE", "CREATE TABLE t(x)",
                                              "INSERT INTO t VALUES(1)"};

// The heart of https://www.sqlite.org/atomiccommit.html: the journal is durable before the database
// is written, the database before the journal goes.
TEST_F(RecordingTest, ARollbackCommitSyncsItsJournalBeforeItWritesTheDatabase) {
  const auto calls = Record(kTwoCommits, "order");
  int checked = 0;
  for (const RecordedCall& change : calls) {
    if (change.site != "vfs.write.db" || change.begin_line == 0) continue;
    ++checked;
    for (const RecordedCall& journal : calls) {
      if (journal.site != "vfs.write.journal" || journal.begin_line > change.begin_line) continue;
      EXPECT_TRUE(std::any_of(calls.begin(), calls.end(),
                              [&](const RecordedCall& sync) {
                                return MakesDurable(sync, journal) &&
                                       sync.end_line < change.begin_line;
                              }))
          << journal.begin_line << " is not durable before " << change.begin_line;
    }
  }
  EXPECT_GE(checked, 2);
  EXPECT_EQ(std::count_if(calls.begin(), calls.end(),
                          [](const RecordedCall& c) { return c.site == "vfs.delete.journal"; }),
            2);
  for (const RecordedCall& call : calls) {
    EXPECT_TRUE(call.rc.has_value()) << call.site;
    EXPECT_FALSE(call.data.has_value());
  }
}

TEST_F(RecordingTest, TheBytesMakeTheFileAgain) {
  const auto calls = Record(kTwoCommits, "bytes");
  std::string file;
  for (const RecordedCall& call : calls) {
    if (call.path != In("app.db") || call.rc != 0) continue;
    if (call.site == "vfs.truncate.db") file.resize(static_cast<size_t>(call.offset));
    if (call.site != "vfs.write.db") continue;
    ASSERT_TRUE(call.data.has_value());
    const auto end = static_cast<size_t>(call.offset + call.bytes);
    if (file.size() < end) file.resize(end);
    file.replace(static_cast<size_t>(call.offset), call.data->size(), *call.data);
  }
  EXPECT_FALSE(file.empty());
  EXPECT_TRUE(file == ContentOf(In("app.db"))) << "the writes in their order are the file";
}

TEST_F(RecordingTest, CallsListsEveryCall) {
  const auto calls = Record(kTwoCommits, "calls");
  for (const char* site : {"vfs.lock.db", "vfs.unlock.db", "vfs.read.db", "vfs.access.journal"}) {
    EXPECT_TRUE(std::any_of(calls.begin(), calls.end(), [&](const auto& c) {
      return c.site == site;
    })) << site;
  }
}

TEST_F(RecordingTest, WhatAFaultPreventsIsNotThereAndAPartIsOne) {
  const auto calls = Record({"PRAGMA journal_mode=WAL", "CREATE TABLE t(x)"}, "order",
                            "short_io * at=vfs.write.wal detail=*+4096 bytes=100 once");
  EXPECT_THAT(out_, HasSubstr("error 13 "));
  const auto part = std::find_if(calls.begin(), calls.end(), [](const auto& call) {
    return call.site == "vfs.write.wal" && call.detail.find("+4096") != std::string::npos;
  });
  ASSERT_NE(part, calls.end());
  EXPECT_EQ(part->bytes, 100);
}

TEST_F(RecordingTest, ASyncMakesDurableWhatHadReturnedBeforeItBegan) {
  const RecordedCall write{.site = "vfs.write.db", .path = "/a", .begin_line = 1, .end_line = 2};
  RecordedCall sync{.site = "vfs.sync.db", .path = "/a", .begin_line = 3, .rc = 0, .end_line = 4};
  EXPECT_TRUE(MakesDurable(sync, write));
  sync.rc = 1034;
  EXPECT_FALSE(MakesDurable(sync, write)) << "it failed";
  sync.rc.reset();
  EXPECT_FALSE(MakesDurable(sync, write)) << "it has not returned";
  sync.rc = 0;
  sync.path = "/b";
  EXPECT_FALSE(MakesDurable(sync, write)) << "another file";
  RecordedCall late = write;
  late.end_line = 5;
  sync.path = "/a";
  EXPECT_FALSE(MakesDurable(sync, late)) << "it had not returned when the sync began";
  late.end_line = 0;
  EXPECT_FALSE(MakesDurable(sync, late)) << "it never returned";
}

TEST_F(RecordingTest, ATornEndIsLeftOutAndACallWithoutEndStays) {
  const auto calls = ReadRecording(
      Make("torn",
           "{\"pid\":1,\"begin\":1,\"site\":\"vfs.sync.db\"}\n{\"pid\":1,\"end\":1,\"rc\":0}\n"
           "{\"pid\":1,\"begin\":2,\"site\":\"vfs.sync.db\"}\n{\"pid\":1,\"en"));
  ASSERT_TRUE(calls.ok()) << calls.Message();
  ASSERT_EQ(calls.value().size(), 2u);
  EXPECT_EQ(calls.value()[0].rc, 0);
  EXPECT_FALSE(calls.value()[1].rc.has_value());
}

TEST_F(RecordingTest, WhatIsNotWholeIsRefusedWithItsLine) {
  EXPECT_THAT(Problem("{}\nx\n"), HasSubstr("line 1: neither begin nor end"));
  EXPECT_THAT(Problem("x\n"), HasSubstr("line 1: it is not an object"));
  EXPECT_THAT(Problem("{\"pid\":1,\"end\":1}\n"), HasSubstr("an end without its begin"));
  EXPECT_THAT(Problem("{\"pid\":7,\"begin\":1}\n{\"pid\":7,\"begin\":3}\n"),
              HasSubstr("a call of process 7 is missing"));
  EXPECT_THAT(Problem("{\"pid\":1,\"begin\":1,\"bytes\":3,\"data\":\"AAA\"}\n"),
              HasSubstr("not the bytes"));
  EXPECT_THAT(Problem("{\"pid\":\"x\",\"begin\":1}\n"), HasSubstr("line 1"));
  EXPECT_FALSE(ReadRecording(In("none")).ok());
}

}  // namespace
}  // namespace faults::vfs
