// The recipe litestream_restore does what Litestream does: both are traced with strace while they
// restore over a database, and what took effect on files is compared, step by step. Also the
// command faults-file, which carries the recipe out.
//
// Skipped, by name, where strace or Litestream is missing, or where nothing may be traced.

#include <sys/wait.h>

#include <algorithm>
#include <map>
#include <regex>

#include "faults/file/litestream.h"
#include "faults/file/test_files.h"
#include "faults/fs/program.h"
#include "faults/ledger.h"

namespace faults {
namespace {

std::string Quoted(const std::string& word) { return "'" + word + "'"; }

// The exit code of a shell command; its output is in the file `log`.
int Shell(const std::string& command, const std::string& log) {
  const int status = std::system((command + " >>" + Quoted(log) + " 2>&1").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// What a trace shows to have taken effect on files of `folder`, in order: "unlink app.db", "create
// app.db.tmp", "sync app.db.tmp", "rename app.db.tmp app.db", "sync ." for the folder itself.
std::vector<std::string> Steps(const std::string& trace, const std::string& folder) {
  const auto name = [&](std::string path) {
    if (path == folder) return std::string(".");
    const bool inside = path.starts_with(folder + "/");
    path = inside ? path.substr(folder.size() + 1) : "";
    return path.find('/') == std::string::npos ? path : "";
  };
  const std::regex call(R"re(^\d+ +(\w+)\((.*)\) += (-?\d+))re");
  const std::regex quoted(R"re("([^"]*)")re");
  std::map<std::string, std::string> open;  // descriptor -> name
  std::vector<std::string> steps;
  std::istringstream lines(trace);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!std::regex_search(line, match, call) || match[3].str().starts_with("-")) continue;
    const std::string what = match[1];
    const std::string arguments = match[2];
    std::vector<std::string> paths;
    for (std::sregex_iterator it(arguments.begin(), arguments.end(), quoted), end; it != end; ++it)
      paths.push_back(name((*it)[1]));
    if (what == "openat" || what == "open") {
      open[match[3]] = paths.empty() ? "" : paths[0];
      const bool creates = arguments.find("O_CREAT") != std::string::npos;
      if (creates && !open[match[3]].empty()) steps.push_back("create " + open[match[3]]);
    } else if (what == "fsync" || what == "fdatasync") {
      const std::string& file = open[arguments];
      if (!file.empty()) steps.push_back("sync " + file);
    } else if (!paths.empty() && !paths[0].empty()) {
      steps.push_back((what.starts_with("rename") ? "rename" : "unlink") + std::string(" ") +
                      paths[0] + (paths.size() > 1 ? " " + paths[1] : ""));
    }
  }
  return steps;
}

class LitestreamSteps : public testing::ScratchTest {
 protected:
  void SetUp() override {
    ScratchTest::SetUp();
    const auto litestream = FindLitestream();
    if (!litestream.ok()) GTEST_SKIP() << litestream.Message();
    litestream_ = litestream.value();
    for (const char* program : {"strace", "sqlite3"}) {
      const auto found = FindProgram(program, program);
      if (!found.ok()) GTEST_SKIP() << found.Message();
    }
    if (Shell("strace -o " + In("probe") + " true", In("log")) != 0)
      GTEST_SKIP() << "strace may trace nothing here: " << ContentOf(In("log"));
    std::filesystem::create_directory(In("live"));
    database_ = In("live/app.db");
    // A connection that stays open beside it would keep the sidecars; here they are left by hand.
    Must("sqlite3 " + database_ +
         " 'PRAGMA journal_mode=wal; CREATE TABLE t(x); INSERT INTO t VALUES(1)'");
    Must(litestream_ + " replicate -once " + database_ + " file://" + In("replica"));
    std::filesystem::remove_all(In("live/.app.db-litestream"));
    LeaveSidecars();
  }
  void Must(const std::string& command) {
    ASSERT_EQ(Shell(command, In("log")), 0) << command << "\n" << ContentOf(In("log"));
  }
  void LeaveSidecars() {
    (void)Make("live/app.db-wal", "");
    (void)Make("live/app.db-shm", "");
  }
  // Runs it under strace, in `folder`, and returns the steps.
  std::vector<std::string> Traced(const std::string& command) {
    Must(
        "strace -f -qq -s 4096 -e "
        "trace=open,openat,unlink,unlinkat,rename,renameat,renameat2,fsync,fdatasync -o " +
        In("trace") + " " + command);
    return Steps(ContentOf(In("trace")), In("live"));
  }
  std::string litestream_, database_;
};

TEST_F(LitestreamSteps, TheRecipeDoesTheSame) {
  const std::vector<std::string> real =
      Traced(litestream_ + " restore -force -o " + database_ + " file://" + In("replica"));
  EXPECT_EQ(real,
            (std::vector<std::string>{"unlink app.db", "unlink app.db-wal", "unlink app.db-shm",
                                      "create app.db.tmp", "sync app.db.tmp",
                                      "rename app.db.tmp app.db", "sync ."}));
  std::filesystem::copy_file(database_, In("restored.db"));
  LeaveSidecars();
  const std::vector<std::string> recipe =
      Traced(std::string(FAULTS_FILE) + " 'swap db by=litestream_restore' --db " + database_ +
             " --replacement " + In("restored.db") + " --ledger " + In("ledger"));
  EXPECT_EQ(recipe, real);
  EXPECT_EQ(ReadLedger(In("ledger")).value().size(), 2u);
}

TEST_F(LitestreamSteps, WithoutForceAFileThatIsThereIsRefused) {
  const FileIdentity before = Identity(database_);
  EXPECT_NE(
      Shell(litestream_ + " restore -o " + database_ + " file://" + In("replica"), In("refusal")),
      0);
  EXPECT_NE(ContentOf(In("refusal")).find("-force"), std::string::npos) << ContentOf(In("refusal"));
  EXPECT_TRUE(Identity(database_).SameFile(before));
}

class FaultsFileCommand : public testing::ScratchTest {};

TEST_F(FaultsFileCommand, DoesAFaultAndRefusesBadUsage) {
  const std::string database = Make("app.db", "old");
  const std::string replacement = Make("new.db", "new");
  const std::string program = FAULTS_FILE;
  const std::string rest = " --db " + database + " --ledger " + In("ledger");
  EXPECT_EQ(
      Shell(program + " 'swap db by=rename_over' --replacement " + replacement + rest, In("log")),
      0);
  EXPECT_EQ(ContentOf(database), "new");
  EXPECT_NE(ContentOf(In("log")).find(" -> (dev="), std::string::npos);
  EXPECT_EQ(Shell(program + " 'remove journal'" + rest, In("log")), 1);
  EXPECT_EQ(Shell(program + " 'swap db by=magic'" + rest, In("log")), 1);
  EXPECT_NE(ContentOf(In("log")).find("nearest"), std::string::npos);
  for (const char* bad : {"", "'touch db'", "'touch db' --db", "'touch db' --nonsense x"})
    EXPECT_EQ(Shell(program + " " + bad, In("log")), 64) << bad;
  EXPECT_EQ(ReadLedger(In("ledger")).value().size(), 4u) << "a parse error is in no ledger";
  EXPECT_EQ(ContentOf(database), "new");
}

}  // namespace
}  // namespace faults
