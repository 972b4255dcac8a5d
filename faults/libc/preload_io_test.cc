// Every call that the preload library stands in front of, in a program that knows nothing of it: it
// fails as the text says, goes through where the text is about something else, and the ledger has
// one line in the first case and none in the second.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "faults/fault.h"
#include "faults/libc/control.h"
#include "faults/libc/sites.h"
#include "faults/libc/test_program.h"

namespace faults::libc {
namespace {

using testing::Entries;
using testing::Folder;
using testing::Program;

class PreloadIo : public ::testing::Test {
 protected:
  // What the program prints for these lines, under that text.
  std::string Run(const std::string& faults, const std::vector<std::string>& lines,
                  std::map<std::string, std::string> more = {}) {
    more["LD_PRELOAD"] = FAULT_PRELOAD;
    more["FAULT_LIBC"] = faults;
    more["FAULT_LEDGER"] = Ledger();
    Program program({FAULTS_CALLS_CHILD}, more);
    for (const auto& line : lines) program.Say(line);
    const std::string text = program.Finish();
    status_ = program.status();
    return text;
  }
  [[nodiscard]] std::string Ledger() const { return folder_ / "ledger"; }
  [[nodiscard]] std::string File(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] size_t Fired() const { return Entries(Ledger(), "fired").size(); }

  Folder folder_;
  int status_ = -1;
};

struct Case {
  const char* site;
  const char* error;
  const char* file;
  std::vector<std::string> lines;  // "open FILE" goes before
  std::string failed;              // the last line of the program then
  std::string done;                // and without the fault
};

class EachCall : public PreloadIo, public ::testing::WithParamInterface<Case> {};

TEST_P(EachCall, FailsAndIsRecorded) {
  const Case& c = GetParam();
  std::vector<std::string> lines = {"open " + File(c.file)};
  lines.insert(lines.end(), c.lines.begin(), c.lines.end());
  for (auto& line : lines) {
    if (line == "unlink") line += " " + File(c.file);
  }
  const std::string fault =
      std::string("io_error * at=") + c.site + " error=" + c.error + " always";
  const std::string text = Run(fault, lines);
  EXPECT_TRUE(text.ends_with(c.failed + "\n")) << text;
  const auto fired = Entries(Ledger(), "fired");
  ASSERT_EQ(fired.size(), 1u) << text;
  EXPECT_EQ(fired[0].fault, fault);
  EXPECT_EQ(fired[0].site, c.site);
  EXPECT_EQ(fired[0].detail, File(c.file));
}

TEST_P(EachCall, IsLeftAloneByAFaultOfAnotherFile) {
  const Case& c = GetParam();
  std::vector<std::string> lines = {"open " + File(c.file)};
  lines.insert(lines.end(), c.lines.begin(), c.lines.end());
  for (auto& line : lines) {
    if (line == "unlink") line += " " + File(c.file);
  }
  const std::string text =
      Run(std::string("io_error * at=") + c.site + " error=EIO path=*/elsewhere/* always", lines);
  EXPECT_TRUE(text.ends_with(c.done + "\n")) << text;
  EXPECT_EQ(Fired(), 0u);
  EXPECT_EQ(Entries(Ledger(), "armed").size(), 1u) << "it was there, and had nothing to do";
}

INSTANTIATE_TEST_SUITE_P(
    Calls, EachCall,
    ::testing::Values(
        Case{"libc.open.wal", "EMFILE", "a.db-wal", {}, "open -1 EMFILE", "open 0"},
        Case{"libc.write.db", "ENOSPC", "a.db", {"write 8"}, "write -1 ENOSPC", "write 8"},
        Case{"libc.pwrite.wal", "EIO", "a.db-wal", {"pwrite 8"}, "pwrite -1 EIO", "pwrite 8"},
        Case{"libc.read.journal",
             "EIO",
             "a-journal",
             {"write 8", "read 8"},
             "read -1 EIO",
             "read 0"},
        Case{"libc.pread.db", "EIO", "a.sqlite", {"write 8", "pread 8"}, "pread -1 EIO", "pread 8"},
        Case{
            "libc.truncate.wal", "EFBIG", "a-wal", {"truncate"}, "truncate -1 EFBIG", "truncate 0"},
        Case{"libc.fsync.journal", "EIO", "a-journal", {"fsync"}, "fsync -1 EIO", "fsync 0"},
        Case{"libc.fdatasync.wal",
             "ENOSPC",
             "a-wal",
             {"fdatasync"},
             "fdatasync -1 ENOSPC",
             "fdatasync 0"},
        Case{"libc.mmap.shm",
             "ENOMEM",
             "a.db-shm",
             {"truncate", "mmap"},
             "mmap -1 ENOMEM",
             "mmap 0"},
        Case{"libc.unlink.journal",
             "EACCES",
             "a-journal",
             {"unlink"},
             "unlink -1 EACCES",
             "unlink 0"},
        Case{"libc.close.other", "EIO", "a.txt", {"close"}, "close -1 EIO", "close 0"}),
    [](const auto& info) {
      std::string name = info.param.site;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

TEST_F(PreloadIo, EachCallHasATest) {
  // open, write, pwrite, read, pread, truncate, fsync, fdatasync, mmap, unlink, close above; lock
  // below; the three of inotify in preload_events_test.cc.
  EXPECT_EQ(kFileCalls, 11u + 1u);
  EXPECT_EQ(kCalls, kFileCalls + 3u);
}

TEST_F(PreloadIo, LocksAreDeniedAndGivingUpIsNot) {
  for (const std::string error : {"EAGAIN", "EACCES", "ENOLCK"}) {
    std::filesystem::remove(Ledger());
    const std::string text =
        Run("deny_lock * at=libc.lock.db nth=2 error=" + error + " once",
            {"open " + File("a.db"), "lock", "unlock", "lock", "unlock", "lock"});
    EXPECT_EQ(text, "open 0\nlock 0\nunlock 0\nlock -1 " + error + "\nunlock 0\nlock 0\n");
    EXPECT_EQ(Fired(), 1u);
  }
  std::filesystem::remove(Ledger());
  EXPECT_EQ(Run("deny_lock * at=libc.lock.wal always", {"open " + File("a.db"), "lock"}),
            "open 0\nlock 0\n");
  EXPECT_EQ(Fired(), 0u);
}

TEST_F(PreloadIo, TransfersAreShort) {
  EXPECT_EQ(Run("short_io * at=libc.pwrite.* bytes=3 once; short_io * at=libc.pread.db always",
                {"open " + File("a.db"), "pwrite 8", "pwrite 8", "pread 8", "pread 5"}),
            "open 0\npwrite 3\npwrite 8\npread 4\npread 3\n");
  EXPECT_EQ(Fired(), 3u);
}

TEST_F(PreloadIo, NthOnceAndAlways) {
  const std::vector<std::string> four = {"open " + File("a.db"), "fsync", "fsync", "fsync",
                                         "fsync"};
  EXPECT_EQ(Run("io_error * at=libc.fsync.db nth=3 error=EIO once", four),
            "open 0\nfsync 0\nfsync 0\nfsync -1 EIO\nfsync 0\n");
  EXPECT_EQ(Run("io_error * at=libc.fsync.db nth=3 error=EIO always", four),
            "open 0\nfsync 0\nfsync 0\nfsync -1 EIO\nfsync -1 EIO\n");
  const auto fired = Entries(Ledger(), "fired");
  ASSERT_EQ(fired.size(), 3u);
  EXPECT_EQ(fired[0].occurrence, 3);
  EXPECT_EQ(fired[2].occurrence, 4);
}

TEST_F(PreloadIo, ACallIsMadeAndReportedAsFailed) {
  EXPECT_EQ(
      Run("io_error * at=libc.pwrite.db when=after once", {"open " + File("a.db"), "pwrite 8"}),
      "open 0\npwrite -1 EIO\n");
  EXPECT_EQ(std::filesystem::file_size(File("a.db")), 8u);
  EXPECT_EQ(Run("io_error * at=libc.lock.db when=after error=ENOLCK once",
                {"open " + File("a.db"), "lock"}),
            "open 0\nlock -1 ENOLCK\n");
  EXPECT_EQ(Fired(), 2u);
}

TEST_F(PreloadIo, ChanceReplaysFromTheSeed) {
  std::vector<std::string> many = {"open " + File("a.db")};
  many.insert(many.end(), 64, "fsync");
  const auto run = [&](const std::string& seed) {
    return Run("io_error * at=libc.fsync.db p=0.5 error=EIO always", many, {{"FAULT_SEED", seed}});
  };
  const std::string first = run("7");
  EXPECT_EQ(run("7"), first);
  EXPECT_NE(run("8"), first);
}

TEST_F(PreloadIo, ATargetIsOneProcess) {
  const std::string fault = "io_error writer:* at=libc.fsync.db error=EIO always";
  const std::vector<std::string> lines = {"open " + File("a.db"), "fsync"};
  EXPECT_EQ(Run(fault, lines, {{"FAULT_PROCESS", "writer:2"}}), "open 0\nfsync -1 EIO\n");
  EXPECT_EQ(Run(fault, lines, {{"FAULT_PROCESS", "watcher:1"}}), "open 0\nfsync 0\n");
}

TEST_F(PreloadIo, ADatabaseIsKnownByItsFirstBytes) {
  std::ofstream(File("plain")) << "hello, this is text";
  std::ofstream(File("strange")) << std::string("SQLite format 3\0", 16);
  const std::string fault = "io_error * at=libc.fsync.db error=EIO always";
  EXPECT_EQ(Run(fault, {"open " + File("plain"), "fsync"}), "open 0\nfsync 0\n");
  EXPECT_EQ(Run(fault, {"open " + File("strange"), "fsync"}), "open 0\nfsync -1 EIO\n");
}

TEST_F(PreloadIo, ADelayedCallIsMade) {
  EXPECT_EQ(Run("delay * at=libc.fsync.db for_ms=20 once", {"open " + File("a.db"), "fsync"}),
            "open 0\nfsync 0\n");
  EXPECT_EQ(Fired(), 1u);
}

TEST_F(PreloadIo, SteeredWhileItRuns) {
  auto control = Control::Create(folder_ / "page");
  ASSERT_TRUE(control.ok()) << control.Message();
  Program program({FAULTS_CALLS_CHILD}, {{"LD_PRELOAD", FAULT_PRELOAD},
                                         {"FAULT_LIBC_CONTROL", folder_ / "page"},
                                         {"FAULT_LEDGER", Ledger()}});
  program.Say("open " + File("a.db"));
  program.Say("fsync");
  EXPECT_EQ(program.Lines(2), "open 0\nfsync 0\n");
  ASSERT_TRUE(control.value().Set("io_error * at=libc.fsync.db error=ENOSPC always").ok());
  program.Say("fsync");
  EXPECT_EQ(program.Lines(3), "open 0\nfsync 0\nfsync -1 ENOSPC\n");
  const Status bad = control.value().Set("io_error * at=libc.fsink.db error=EIO always");
  EXPECT_NE(bad.Message().find("nearest: 'libc.fsync.db'"), std::string::npos) << bad.Message();
  program.Say("fsync");
  EXPECT_EQ(program.Lines(4), "open 0\nfsync 0\nfsync -1 ENOSPC\nfsync -1 ENOSPC\n")
      << "a bad text changes nothing";
  ASSERT_TRUE(control.value().Set("").ok());
  program.Say("fsync");
  EXPECT_EQ(program.Finish(), "open 0\nfsync 0\nfsync -1 ENOSPC\nfsync -1 ENOSPC\nfsync 0\n");
  EXPECT_EQ(Fired(), 2u);
}

TEST_F(PreloadIo, SteeredFromAShell) {
  const auto ctl = [&](const std::vector<std::string>& words) {
    std::vector<std::string> all = {FAULT_CTL};
    all.insert(all.end(), words.begin(), words.end());
    Program program(all, {});
    const std::string text = program.Finish();
    return std::to_string(WEXITSTATUS(program.status())) + " " + text;
  };
  EXPECT_EQ(ctl({"--create", folder_ / "page"}), "0 ");
  EXPECT_NE(ctl({"--create", folder_ / "page"}).find("EEXIST"), std::string::npos);
  EXPECT_EQ(ctl({folder_ / "page", "deny_lock * at=libc.lock.db always"}), "0 ");
  Program program({FAULTS_CALLS_CHILD},
                  {{"LD_PRELOAD", FAULT_PRELOAD}, {"FAULT_LIBC_CONTROL", folder_ / "page"}});
  program.Say("open " + File("a.db"));
  program.Say("lock");
  EXPECT_EQ(program.Finish(), "open 0\nlock -1 EAGAIN\n");
  EXPECT_EQ(ctl({folder_ / "page", "deny_lock * at=libc.lock.db"}).substr(0, 3), "64 ");
  std::ofstream(File("none")) << "x";
  EXPECT_NE(ctl({File("none"), ""}).find("fault-ctl --create makes one"), std::string::npos);
  EXPECT_EQ(ctl({}).substr(0, 3), "64 ");
}

struct Bad {
  const char* variable;
  const char* value;
  const char* said;
};
class BadInput : public PreloadIo, public ::testing::WithParamInterface<Bad> {};

TEST_P(BadInput, EndsTheProgramWithASentence) {
  const Bad& bad = GetParam();
  std::map<std::string, std::string> environment = {
      {"LD_PRELOAD", FAULT_PRELOAD}, {"FAULT_LIBC", "io_error * at=libc.fsync.db error=EIO once"}};
  environment[bad.variable] = bad.value;
  Program program({FAULTS_CALLS_CHILD}, environment);
  const std::string text = program.Finish();
  EXPECT_TRUE(WIFEXITED(program.status()) && WEXITSTATUS(program.status()) == 64);
  EXPECT_NE(text.find(bad.variable), std::string::npos) << text;
  EXPECT_NE(text.find(bad.said), std::string::npos) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadInput,
    ::testing::Values(
        Bad{"FAULT_LIBC", "io_err * at=libc.fsync.db error=EIO once", "nearest: 'io_error'"},
        Bad{"FAULT_LIBC", "io_error * at=libc.fsync.wol error=EIO once",
            "nearest: 'libc.fsync.wal'"},
        Bad{"FAULT_LIBC", "io_error * error=EIO once", "the key 'at' is missing"},
        Bad{"FAULT_LIBC", "io_error * at=libc.fsync.wal detail=x once", "has no 'detail'"},
        Bad{"FAULT_LIBC", "short_io * at=libc.pwrite.wal error=EIO once", "has no 'error'"},
        Bad{"FAULT_LIBC", "delay * at=libc.fsync.wal once", "the key 'for_ms' is missing"},
        Bad{"FAULT_LIBC", "short_io * at=libc.fsync.wal once", "means nothing at"},
        Bad{"FAULT_LIBC", "deny_lock * at=libc.write.db once", "means nothing at"},
        Bad{"FAULT_LIBC", "drop_events * at=libc.write.db", "means nothing at"},
        Bad{"FAULT_LIBC", "swap db by=rename_over", "does not carry out 'swap'"},
        Bad{"FAULT_LIBC", "io_error * at=vfs.sync.wal error=EIO once", "libfault_vfs.so"},
        Bad{"FAULT_LIBC_CONTROL", "/nonexistent/page", "fault-ctl --create"},
        Bad{"FAULT_LEDGER", "/nonexistent/ledger", "ENOENT"},
        Bad{"FAULT_SEED", "abc", "not 'abc'"}),
    [](const auto& info) { return std::to_string(info.index); });

TEST_F(PreloadIo, ManyThreadsLoseNoCount) {
  EXPECT_EQ(Run("io_error * at=libc.pwrite.db nth=1501 error=EIO always",
                {"open " + File("a.db"), "threads 4 500"}),
            "open 0\nthreads 0\n");
  EXPECT_EQ(Fired(), 500u) << "the 1501st to the 2000th of all threads together";
}

}  // namespace
}  // namespace faults::libc
