#include "harness/run/actor_program.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace harness {
namespace {

std::string Cache() { return std::filesystem::current_path().string() + "/actor-program-cache"; }

TEST(ActorProgram, IsANameAndWords) {
  const auto read = ReadActorProgram("python=python3 -B  some_actor.py");
  ASSERT_TRUE(read.ok()) << read.error();
  EXPECT_EQ(read.value().first, "python");
  EXPECT_EQ(read.value().second.words,
            (std::vector<std::string>{"python3", "-B", "some_actor.py"}));
}

TEST(ActorProgram, FilesBecomeAbsoluteSoThatTheCommandMeansTheSameAnywhere) {
  const auto read = ReadActorProgram("other=./../");
  ASSERT_TRUE(read.ok()) << read.error();
  EXPECT_TRUE(std::filesystem::path(read.value().second.words[0]).is_absolute());
}

TEST(ActorProgram, WhatIsNoNameAndCommandIsRefused) {
  for (const char* text : {"", "python", "=python3", "python=", "python=  ", "native=python3"}) {
    const auto read = ReadActorProgram(text);
    EXPECT_FALSE(read.ok()) << text;
  }
}

TEST(ActorProgram, SaysWhichSqliteItUses) {
  auto read = ReadActorProgram(R"(other=echo {"version":"3.99","source_id":"x"})");
  ASSERT_TRUE(read.ok()) << read.error();
  ActorProgram program = std::move(read.value().second);
  const Status probed = ProbeActorProgram("other", "", Cache(), program);
  // `echo` prints the option too: what comes back is no JSON.
  EXPECT_FALSE(probed.ok());
  program.words = {"sh", "-c", R"(echo '{"version":"3.99","source_id":"x"}')"};
  const Status again = ProbeActorProgram("other", "", Cache(), program);
  ASSERT_TRUE(again.ok()) << again.error();
  EXPECT_EQ(program.sqlite["version"].Text(), "3.99");
}

TEST(ActorProgram, ItsOwnSentenceIsTheErrorWhenItCannotStart) {
  ActorProgram program{.words = {"sh", "-c", "echo 'the package is missing' >&2; exit 69"},
                       .sqlite = {}};
  const Status probed = ProbeActorProgram("other", "", Cache(), program);
  ASSERT_FALSE(probed.ok());
  EXPECT_NE(probed.error().find("the package is missing"), std::string::npos) << probed.error();
  EXPECT_NE(probed.error().find("--actor other="), std::string::npos) << probed.error();
}

}  // namespace
}  // namespace harness
