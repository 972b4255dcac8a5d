// File events through the preload library: each kind does what it says, a reader neither spins nor
// sleeps too long, and nothing happens without it.
#include <gtest/gtest.h>

#include "faults/libc/test_program.h"

namespace faults::libc {
namespace {

using testing::Entries;
using testing::Folder;
using testing::Program;

class PreloadEvents : public ::testing::Test {
 protected:
  // A program that watches a folder, with these faults.
  std::unique_ptr<Program> Watching(const std::string& faults, const std::string& how) {
    auto program = std::make_unique<Program>(
        std::vector<std::string>{FAULTS_CALLS_CHILD},
        std::map<std::string, std::string>{{"LD_PRELOAD", FAULT_PRELOAD},
                                           {"FAULT_LIBC", faults},
                                           {"FAULT_LEDGER", folder_ / "ledger"}});
    program->Say("inotify " + how);
    program->Say("watch " + folder_.path());
    EXPECT_EQ(program->Lines(2), kWatches);
    return program;
  }
  static void Make(Program& program, const std::string& names) {
    for (const char name : names) program.Say(std::string("make ") + name);
  }
  [[nodiscard]] size_t Count(const std::string& event) const {
    return Entries(folder_ / "ledger", event).size();
  }
  static constexpr const char* kWatches = "inotify 0\nwatch 0\n";

  Folder folder_;
};

// What the reader gets for the files a, b, c and d in one batch.
struct Batch {
  const char* name;
  const char* faults;
  const char* got;
  size_t fired;
};
class InABatch : public PreloadEvents, public ::testing::WithParamInterface<Batch> {};

TEST_P(InABatch, IsChanged) {
  const auto program = Watching(GetParam().faults, "poll");
  Make(*program, "abcd");
  program->Say("await");
  const std::string text = program->Finish();
  EXPECT_TRUE(text.ends_with("poll 1\n" + std::string(GetParam().got) + "\n")) << text;
  EXPECT_EQ(Count("fired"), GetParam().fired);
}

INSTANTIATE_TEST_SUITE_P(
    Each, InABatch,
    ::testing::Values(
        Batch{"off", "", "events a b c d", 0},
        Batch{"other_path", "drop_events * path=*/elsewhere/*", "events a b c d", 0},
        Batch{"one_path", "drop_events * path=*/c", "events a b d", 1},
        Batch{"drop_third", "drop_events * nth=3", "events a b d", 1},
        Batch{"drop_from_third", "drop_events * nth=3 always", "events a b", 2},
        Batch{"drop_all", "drop_events *", "events -1 EAGAIN", 4},
        Batch{"double_second", "double_events * nth=2", "events a b b c d", 1},
        Batch{"double_all", "double_events *", "events a a b b c c d d", 4},
        Batch{"reorder_first", "reorder_events * nth=1", "events b a c d", 1},
        Batch{"overflow_second", "overflow_events * nth=2", "events a overflow c d", 1},
        Batch{"overflow_all", "overflow_events *", "events overflow", 4},
        Batch{"io_error", "io_error * at=libc.inotify.read error=EIO once", "events -1 EIO", 1}),
    [](const auto& info) { return std::string(info.param.name); });

// poll says that there is something, once, and then that there is nothing: no spinning.
TEST_F(PreloadEvents, ADroppedEventDoesNotLeaveItReadable) {
  const auto program = Watching("drop_events * nth=1", "poll");
  Make(*program, "a");
  program->Say("await");
  Make(*program, "b");
  program->Say("await");  // would return at once with EAGAIN if a's event were still there
  EXPECT_EQ(program->Finish(),
            std::string(kWatches) + "make 0\npoll 1\nevents -1 EAGAIN\nmake 0\npoll 1\nevents b\n");
}

TEST_F(PreloadEvents, ABlockingReaderReadsOnBehindADroppedEvent) {
  const auto program = Watching("drop_events * path=*/a", "block");
  Make(*program, "ab");
  program->Say("events");
  EXPECT_EQ(program->Finish(), std::string(kWatches) + "make 0\nmake 0\nevents b\n");
}

// The descriptor is not readable while they are held, and becomes so by itself.
TEST_F(PreloadEvents, HeldEventsWakeAReader) {
  for (const std::string how : {"poll", "block"}) {
    const auto program = Watching("delay_events * for_ms=50", how);
    Make(*program, how == "poll" ? "ab" : "cd");
    program->Say("await");  // takes them out of the kernel; polling: EAGAIN
    if (how == "poll") program->Say("await");
    const std::string text = program->Finish();
    EXPECT_TRUE(text.ends_with(how == "poll" ? "events a b\n" : "events c d\n")) << text;
    EXPECT_EQ(text.find("EAGAIN") != std::string::npos, how == "poll") << text;
  }
  EXPECT_EQ(Count("fired"), 4u);
  EXPECT_EQ(Count("released"), 4u);
}

TEST_F(PreloadEvents, AnEventThatNothingFollowsIsNotReorderedForEver) {
  const auto program = Watching("reorder_events * for_ms=20", "block");
  Make(*program, "a");
  program->Say("events");
  EXPECT_EQ(program->Finish(), std::string(kWatches) + "make 0\nevents a\n");
}

TEST_F(PreloadEvents, WhatDoesNotFitComesNext) {
  // 4096 bytes hold 128 events of 32 bytes: 100 doubled ones take two reads.
  const auto program = Watching("double_events *", "poll");
  for (int i = 0; i < 100; ++i) program->Say("make f" + std::to_string(i));
  program->Say("await");
  program->Say("await");
  const std::string text = program->Finish();
  EXPECT_NE(text.find(" f63 f63\npoll 1\nevents f64 f64"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with(" f99 f99\n")) << text;
}

TEST_F(PreloadEvents, InotifyIsRefused) {
  Program init({FAULTS_CALLS_CHILD},
               {{"LD_PRELOAD", FAULT_PRELOAD},
                {"FAULT_LIBC", "io_error * at=libc.inotify.init error=EMFILE always"},
                {"FAULT_LEDGER", folder_ / "ledger"}});
  init.Say("inotify poll");
  EXPECT_EQ(init.Finish(), "inotify -1 EMFILE\n");
  Program watch({FAULTS_CALLS_CHILD},
                {{"LD_PRELOAD", FAULT_PRELOAD},
                 {"FAULT_LIBC", "io_error * at=libc.inotify.add_watch error=ENOSPC once"},
                 {"FAULT_LEDGER", folder_ / "ledger"}});
  watch.Say("inotify poll");
  watch.Say("watch " + folder_.path());
  watch.Say("watch " + folder_.path());
  EXPECT_EQ(watch.Finish(), "inotify 0\nwatch -1 ENOSPC\nwatch 0\n");
  const auto fired = Entries(folder_ / "ledger", "fired");
  ASSERT_EQ(fired.size(), 2u);
  EXPECT_EQ(fired[1].detail, folder_.path());
}

}  // namespace
}  // namespace faults::libc
