// A lock that goes behind SQLite's back is found in the step in which it goes, with the call that
// did it, for each way to lose one; and a cell in which nobody loses one says so.
#include <gtest/gtest.h>

#include "scenarios/harness_program.h"

namespace scenarios {
namespace {

using harness::Value;

// The judgement about LOCKS-KEPT of the one cell that was run.
Value Judgement(const HarnessProgram& program) {
  const Value atlas = program.Atlas();
  for (const Value& cell : atlas["cells"].items()) {
    for (const Value& j : cell["judgements"].items()) {
      if (j["claim"].Text() == "LOCKS-KEPT") return j;
    }
  }
  return Value();
}

// A watcher that opens and closes a file of the database is caught in every cell that has one, not
// in that of a card about locks alone.
TEST(LocksKept, APlantedCloseIsNamedInACellAboutSomethingElse) {
  HarnessProgram program;
  const std::vector<std::string> words = {"run",       "wake/every_commit_is_seen",
                                          "--backend", "shm",
                                          "--journal", "wal",
                                          "--axis",    "sync=normal",
                                          "--axis",    "pace=spaced",
                                          "--subject", MUTANT_LIBRARY,
                                          "--seed",    "5"};
  const ProgramResult sound = program.Run(words);
  EXPECT_EQ(sound.exit_code, 0) << sound.output << sound.errors;
  EXPECT_EQ(Judgement(program)["verdict"].Text(), "kept") << sound.output;
  EXPECT_GT(Judgement(program)["figures"]["judged"].Int(), 0);

  const ProgramResult broken = program.Run(words, {{"HONKER_MUTANT", "close_shm"}});
  EXPECT_EQ(broken.exit_code, 1) << broken.output << broken.errors;
  const Value judgement = Judgement(program);
  EXPECT_EQ(judgement["verdict"].Text(), "broken") << broken.output;
  const std::string& reason = judgement["reason"].Text();
  for (const char* part :
       {"watcher:1 lost a read lock on app.db-shm, bytes 128..128", " op #", "by close(",
        "called from libhonker_ext_mutant.so+0x", "in thread honker-shm"}) {
    EXPECT_NE(reason.find(part), std::string::npos) << part << " is not in: " << reason;
  }
}

}  // namespace
}  // namespace scenarios
