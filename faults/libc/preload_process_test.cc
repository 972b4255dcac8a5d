// The process itself as what a call breaks, and libfiu beside the preload library.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "faults/fault.h"
#include "faults/libc/test_program.h"
#include "faults/process/process.h"

namespace faults::libc {
namespace {

using testing::Entries;
using testing::Folder;
using testing::Program;

class PreloadProcess : public ::testing::Test {
 protected:
  [[nodiscard]] std::map<std::string, std::string> Environment(const std::string& faults) const {
    std::map<std::string, std::string> environment = {{"LD_PRELOAD", FAULT_PRELOAD},
                                                      {"FAULT_LEDGER", folder_ / "ledger"}};
    if (!faults.empty()) environment["FAULT_LIBC"] = faults;
    return environment;
  }
  // A program that has opened a database and is then told these lines.
  std::unique_ptr<Program> Running(const std::string& faults,
                                   const std::vector<std::string>& lines) {
    auto program = std::make_unique<Program>(std::vector<std::string>{FAULTS_CALLS_CHILD},
                                             Environment(faults));
    program->Say("open " + folder_ / "a.db");
    for (const auto& line : lines) program->Say(line);
    return program;
  }
  [[nodiscard]] size_t Fired() const { return Entries(folder_ / "ledger", "fired").size(); }
  static bool Until(pid_t pid, char state) {
    for (;;) {  // ctest's time-out is the limit
      std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
      std::string line;
      std::getline(in, line);
      if (line.empty()) return false;
      if (line[line.rfind(')') + 2] == state) return true;
    }
  }

  Folder folder_;
};

TEST_F(PreloadProcess, IsKilledBeforeOrAfterACall) {
  auto before = Running("kill * at=libc.write.db", {"write 8"});
  EXPECT_EQ(before->Finish(), "open 0\n");
  EXPECT_TRUE(WIFSIGNALED(before->status()) && WTERMSIG(before->status()) == SIGKILL);
  EXPECT_EQ(std::filesystem::file_size(folder_ / "a.db"), 0u);
  auto after = Running("kill * at=libc.write.db when=after", {"write 8"});
  EXPECT_EQ(after->Finish(), "open 0\n");
  EXPECT_TRUE(WIFSIGNALED(after->status()));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "a.db"), 8u) << "the page cache lives";
  EXPECT_EQ(Fired(), 2u);
}

TEST_F(PreloadProcess, ExitsWithoutClosing) {
  auto program = Running("exit * at=libc.fsync.db nth=2 code=7", {"fsync", "fsync", "fsync"});
  EXPECT_EQ(program->Finish(), "open 0\nfsync 0\n");
  EXPECT_TRUE(WIFEXITED(program->status()));
  EXPECT_EQ(WEXITSTATUS(program->status()), 7);
}

TEST_F(PreloadProcess, StopsUntilItIsContinued) {
  auto program = Running("stop * at=libc.fsync.db", {"fsync"});
  ASSERT_TRUE(Until(program->pid(), 'T'));
  EXPECT_EQ(Fired(), 1u);
  const Fault go_on = ParseFault("continue worker:1").value();
  ASSERT_TRUE(process::ToProcess(go_on, program->pid()).ok());
  EXPECT_EQ(program->Finish(), "open 0\nfsync 0\n");
}

TEST_F(PreloadProcess, PausesAndForksAndGoesOn) {
  auto program = Running("pause * at=libc.fsync.db for_ms=10; fork * at=libc.fdatasync.db for_ms=1",
                         {"fsync", "fdatasync", "children"});
  EXPECT_EQ(program->Finish(), "open 0\nfsync 0\nfdatasync 0\nchildren -1 ECHILD\n")
      << "the program is not told of processes that it did not make";
  EXPECT_EQ(Fired(), 2u);
}

TEST_F(PreloadProcess, NothingHappensWhenItIsOff) {
  auto program = Running("", {"fsync", "fdatasync", "write 8", "children"});
  EXPECT_EQ(program->Finish(), "open 0\nfsync 0\nfdatasync 0\nwrite 8\nchildren -1 ECHILD\n");
  EXPECT_TRUE(WIFEXITED(program->status()) && WEXITSTATUS(program->status()) == 0);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "ledger"));
}

TEST_F(PreloadProcess, FromOutside) {
  auto program = Running("", {});
  EXPECT_EQ(program->Lines(1), "open 0\n");
  const auto fault = [](const std::string& text) { return ParseFault(text).value(); };
  ASSERT_TRUE(process::ToProcess(fault("stop worker:1"), program->pid()).ok());
  ASSERT_TRUE(Until(program->pid(), 'T'));
  ASSERT_TRUE(process::ToProcess(fault("pause worker:1 for_ms=1"), program->pid()).ok());
  program->Say("fsync");
  EXPECT_EQ(program->Lines(2), "open 0\nfsync 0\n") << "a pause ends in going on";
  EXPECT_NE(process::ToProcess(fault("exit worker:1"), program->pid())
                .Message()
                .find("cannot be done to a process from outside"),
            std::string::npos);
  ASSERT_TRUE(process::ToProcess(fault("kill worker:1"), program->pid()).ok());
  program->Finish();
  EXPECT_TRUE(WIFSIGNALED(program->status()));
}

// ---- libfiu

TEST_F(PreloadProcess, APointOfTheProgramObeysTheText) {
  auto program = Running("io_error * at=poll.checked nth=2 error=EACCES once",
                         {"point poll.checked", "point poll.checked", "point poll.checked"});
  EXPECT_EQ(program->Finish(), "open 0\npoint 0\npoint -1 EACCES\npoint 0\n");
  const auto fired = Entries(folder_ / "ledger", "fired");
  ASSERT_EQ(fired.size(), 1u);
  EXPECT_EQ(fired[0].site, "poll.checked");
}

// fiu-run's own libraries beside this one: their points and ours under one control.
class BesideLibfiu : public PreloadProcess {
 protected:
  void SetUp() override {
    for (const char* library : {kRun, kPosix}) {
      if (!std::filesystem::exists(library)) GTEST_SKIP() << "there is no " << library;
    }
  }
  std::unique_ptr<Program> Running(const std::string& enable) {
    auto environment = Environment("");
    environment["LD_PRELOAD"] += std::string(" ") + kRun + " " + kPosix;
    environment["FIU_ENABLE"] = enable;
    environment["FIU_CTRL_FIFO"] = folder_ / "fiu";
    auto program =
        std::make_unique<Program>(std::vector<std::string>{FAULTS_CALLS_CHILD}, environment);
    program->Say("open " + folder_ / "a.db");
    return program;
  }
  [[nodiscard]] size_t Fifos() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      count += entry.is_fifo() ? 1 : 0;
    }
    return count;
  }
  static constexpr const char* kRun = "/usr/lib/fiu/fiu_run_preload.so";
  static constexpr const char* kPosix = "/usr/lib/fiu/fiu_posix_preload.so";
};

TEST_F(BesideLibfiu, ItsPointsAndOursWorkTogether) {
  auto program = Running(
      "enable name=libc.fsync.db,failinfo=28\n"
      "enable name=posix/io/sync/fdatasync,failinfo=5");
  for (const char* line : {"fsync", "fdatasync", "write 8"}) program->Say(line);
  EXPECT_EQ(program->Finish(), "open 0\nfsync -1 ENOSPC\nfdatasync -1 EIO\nwrite 8\n");
  const auto fired = Entries(folder_ / "ledger", "fired");
  ASSERT_EQ(fired.size(), 1u) << "its own points write no ledger";
  EXPECT_EQ(fired[0].fault, "io_error * at=libc.fsync.db error=ENOSPC once");
  EXPECT_EQ(Fifos(), 0u) << "a program that ends in order takes them with it";
}

TEST_F(BesideLibfiu, FiuCtrlSteersARunningProgram) {
  auto program = Running("");
  program->Say("fsync");
  EXPECT_EQ(program->Lines(2), "open 0\nfsync 0\n");
  const auto tell = [&](const std::string& command) {
    Program ctrl({"fiu-ctrl", "-f", folder_ / "fiu", "-c", command, std::to_string(program->pid())},
                 {});
    const std::string said = ctrl.Finish();
    EXPECT_TRUE(WIFEXITED(ctrl.status()) && WEXITSTATUS(ctrl.status()) == 0) << said;
  };
  tell("enable name=libc.fsync.*,failinfo=5");
  program->Say("fsync");
  EXPECT_EQ(program->Lines(3), "open 0\nfsync 0\nfsync -1 EIO\n");
  tell("disable name=libc.fsync.*");
  program->Say("fsync");
  EXPECT_EQ(program->Lines(4), "open 0\nfsync 0\nfsync -1 EIO\nfsync 0\n");
  // Killed, it leaves its FIFOs behind: whoever killed it removes them.
  EXPECT_EQ(Fifos(), 2u);
  ASSERT_EQ(kill(program->pid(), SIGKILL), 0);
  program->Finish();
  EXPECT_EQ(Fifos(), 2u);
  // They are in the test's own folder, which goes with the test.
}

}  // namespace
}  // namespace faults::libc
