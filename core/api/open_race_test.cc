// Several processes open one fresh file at the same moment. SQLite does not call the busy handler
// for the conversion to WAL.
#include "core/api/testing.h"
#include "core/testing/child.h"

namespace honker {
namespace {

using testing::ExitCode;
using testing::Must;
using testing::Scratch;
using testing::StartChild;

TEST(OpenRace, EverybodySucceeds) {
  constexpr int kProcesses = 8;
  constexpr int kRounds = 25;
  for (int round = 0; round < kRounds; ++round) {
    const Scratch scratch;
    const std::string path = scratch.Path("fresh.db");
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
      children.push_back(StartChild([&path] {
        Database db = Must(Database::Open(path, {.busy_timeout = testing::kLimit}));
        Must(Queue(db, "q").Enqueue("p"));
        return 0;
      }));
    }
    for (const pid_t child : children) EXPECT_EQ(ExitCode(child), 0);
    testing::Database db(path, testing::Database::kPlain);
    EXPECT_EQ(db.Ask("SELECT count(*) FROM _honker_live"), std::to_string(kProcesses));
    EXPECT_EQ(db.Ask("PRAGMA journal_mode"), "wal");
  }
}

}  // namespace
}  // namespace honker
