// The program as its users meet it: what it says to wrong words, what it exits with, what it
// leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "scenarios/harness_program.h"

namespace scenarios {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// A small selection that takes well under a second.
const std::vector<std::string> kSmall = {"run",       "wake/one_wake_per_commit",
                                         "--backend", "polling",
                                         "--journal", "wal",
                                         "--axis",    "via=abi",
                                         "--seed",    "5"};

std::vector<std::string> With(std::vector<std::string> words,
                              const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(Program, WrongWordsExit64AndNameTheNearestRightOne) {
  const struct {
    std::vector<std::string> arguments;
    const char* nearest;
  } cases[] = {
      {{"rnu"}, "\"run\""},
      {{"run", "--bakend", "polling"}, "--backend"},
      {{"run", "wake/one_wake_per_comit"}, "wake/one_wake_per_commit"},
      {{"run", "--backend", "poling"}, "polling"},
      {{"run", "--axis", "snyc=off"}, "\"sync\""},
      {{"run", "--axis", "sync=of"}, "\"off\""},
      {{"run", "--seed", "0x1f"}, "decimal"},
      {{"run", "--seed", "-1"}, "decimal"},
      {{"run", "--shard", "3/2"}, "I/N"},
      {{"show", "wake/fanot"}, "wake/fanout"},
      {{"replay", "wake/fanout backend=kernel"}, "name every axis"},
      {{"replay", "wake/fanout seed=99999999999999999999999"}, "decimal"},
      {{"report", "no-such-folder"}, "no-such-folder"},
      {{"run", "--dir", "/no/such/folder"}, "/no/such/folder"},
      {{"run", "--expect", "/no/such/file", "wake/fanout"}, "/no/such/file"},
      // What follows a value is a filter.
      {{"run", "--axis", "sync=off", "wake/fanot"}, "wake/fanout"},
      {{"run", "--backend", "kernel", "wake/fanot"}, "wake/fanout"},
      {{"run", "--journal", "wal,delete", "wake/fanot"}, "wake/fanout"},
  };
  HarnessProgram program;
  for (const auto& c : cases) {
    const ProgramResult result = program.Run(c.arguments);
    EXPECT_EQ(result.exit_code, 64) << c.arguments.back() << "\n" << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(c.nearest));
  }
}

TEST(Program, HelpHasExamplesAndExits0) {
  HarnessProgram program;
  for (const auto& words : {std::vector<std::string>{"--help"}, {"run", "--help"}}) {
    const ProgramResult result = program.Run(words);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.output, HasSubstr("Examples"));
  }
}

TEST(Program, NothingSelectedExits4) {
  HarnessProgram program;
  EXPECT_EQ(program.Run({"run", "wake/checkpoint_is_silent", "--journal", "delete"}).exit_code, 4);
}

TEST(Program, AFileThatIsNoLibraryGetsOneSentence) {
  HarnessProgram program;
  const std::string file = program.folder() + "/notes.txt";
  std::ofstream(file) << "not a library\n";
  const ProgramResult result = program.Run(With(kSmall, {"--subject", file}));
  EXPECT_EQ(result.exit_code, 64);
  EXPECT_THAT(result.errors, HasSubstr("is no library"));
  EXPECT_EQ(std::ranges::count(result.errors, '\n'), 1) << result.errors;
  EXPECT_EQ(program.Run(With(kSmall, {"--subject", file + ".so"})).exit_code, 64);
  EXPECT_EQ(program.Run(With(kSmall, {"--sqlite", file})).exit_code, 64);
}

TEST(Program, ASubjectThatCrashesWhenItIsLoadedIsAFinding) {
  HarnessProgram program;
  const ProgramResult result = program.Run(With(kSmall, {"--subject", CRASHING_LIBRARY}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, HasSubstr("the subject crashed"));
  EXPECT_THAT(result.errors, HasSubstr("signal 6"));
}

TEST(Program, ASubjectThatDoesNotLoadIsAbsentAndSaysWhy) {
  HarnessProgram program;
  // A program is an ELF file, and no extension.
  const ProgramResult result = program.Run(With(kSmall, {"--subject", ACTOR_PROGRAM}));
  EXPECT_EQ(result.exit_code, 2) << result.errors;
  EXPECT_THAT(result.output,
              HasSubstr("absent: the subject has no watcher C ABI: it does not load: "));
}

// What an actor answers to `watch`, one that needs its library loaded first.
std::string AnswerToWatch(HarnessProgram& program, const std::string& subject, const char* via) {
  const std::string history = program.folder() + "/" + via + ".jsonl";
  const auto answer = harness::RunToEnd(
      {"/bin/sh",
       {"-c", std::string(
                  "echo '{\"call\":1,\"op\":\"watch\",\"value\":{\"path\":\"x.db\",\"fresh\":true,"
                  "\"backend\":\"polling\",\"via\":\"") +
                  via + "\"}}' | " + ACTOR_PROGRAM + " --process watcher:1 --history " + history +
                  " --subject " + subject + " | tail -n 1; rm -f " + history},
       {},
       program.folder() + "/sh.txt"},
      60'000);
  return answer.ok() ? answer.value() : answer.error();
}

TEST(Program, AnActorTellsAbsentAndItsOwnFailuresFromARefusal) {
  HarnessProgram program;
  for (const char* via : {"sql", "abi"}) {
    EXPECT_THAT(AnswerToWatch(program, OTHER_LIBRARY, via), HasSubstr("\"absent\"")) << via;
    EXPECT_THAT(AnswerToWatch(program, "/no/such/library.so", via), HasSubstr("\"fail\"")) << via;
  }
}

// What an actor answers to one command.
std::string AnswerTo(HarnessProgram& program, const std::string& op, const std::string& value) {
  const std::string history = program.folder() + "/" + op + ".jsonl";
  const auto answer =
      harness::RunToEnd({"/bin/sh",
                         {"-c", "echo '{\"call\":1,\"op\":\"" + op + "\",\"value\":" + value +
                                    "}' | " + ACTOR_PROGRAM + " --process watcher:1 --history " +
                                    history + " | tail -n 1; rm -f " + history},
                         {},
                         program.folder() + "/sh.txt"},
                        60'000);
  return answer.ok() ? answer.value() : answer.error();
}

TEST(Program, AnActorForksAndGoesElsewhere) {
  HarnessProgram program;
  EXPECT_THAT(AnswerTo(program, "fork", R"({"child":"exit"})"), HasSubstr(R"("ended":"exit 0")"));
  EXPECT_THAT(AnswerTo(program, "fork", R"({"child":"stay"})"), HasSubstr(R"("ended":"stays")"));
  EXPECT_THAT(AnswerTo(program, "fork", R"({"child":"sleep"})"),
              HasSubstr("is none of exit, handlers, wait, close, stay"));
  EXPECT_THAT(AnswerTo(program, "chdir", R"({"folder":"/no/such"})"),
              HasSubstr("cannot go to \\\"/no/such\\\": No such file or directory"));
  EXPECT_THAT(program.LeftBehind(), IsEmpty());
}

TEST(Program, ALibraryWithoutHonkerIsAbsentEverywhere) {
  HarnessProgram program;
  const ProgramResult result =
      program.Run({"run", "wake/fanout", "claim", "open", "swap/vacuum", "--subject", OTHER_LIBRARY,
                   "--seed", "5", "--journal", "wal"});
  EXPECT_EQ(result.exit_code, 2) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("absent: the subject has no"));
  const harness::Value atlas = program.Atlas();
  for (const harness::Value& cell : atlas["cells"].items()) {
    EXPECT_EQ(cell["verdict"].Text(), "absent")
        << cell["cell"].Text() << ": " << cell["reason"].Text();
  }
}

TEST(Program, ABuildWithoutTheOptionalBackendsFallsBackAndSaysSo) {
  HarnessProgram program;
  const ProgramResult said =
      program.Run({"run", "wake/fallback_is_said", "--subject", POLLING_LIBRARY, "--seed", "5"});
  EXPECT_EQ(said.exit_code, 0) << said.output;
  EXPECT_THAT(program.Atlas().Print(), HasSubstr("falls back to polling, and says so once"));
  const ProgramResult works = program.Run({"run", "wake/one_wake_per_commit", "--backend", "kernel",
                                           "--subject", POLLING_LIBRARY, "--seed", "5"});
  EXPECT_EQ(works.exit_code, 0) << works.output;
}

// One cell of the subject that fails; its verdict, its reason, and the explanation.
void ExpectFailure(const std::string& backend, const std::string& reason,
                   const std::string& explanation) {
  HarnessProgram program;
  const ProgramResult result =
      program.Run({"run", "wake/abi_before_load", "--subject", FAILING_LIBRARY, "--backend",
                   backend, "--journal", "wal", "--seed", "5"});
  EXPECT_EQ(result.exit_code, 1) << result.output << result.errors;
  const harness::Value atlas = program.Atlas();
  ASSERT_EQ(atlas["cells"].items().size(), 1U);
  const harness::Value& cell = atlas["cells"].items()[0];
  EXPECT_EQ(cell["verdict"].Text(), "broken");
  EXPECT_THAT(cell["reason"].Text(), HasSubstr(reason));
  std::ifstream in(program.folder() + "/runs/latest/cells/wake.abi_before_load,backend=" + backend +
                   ",journal=wal,seed=5/explain.txt");
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_THAT(text, HasSubstr(explanation));
  EXPECT_THAT(text, HasSubstr("documented as WAKE-REFUSE"));
}

TEST(Program, ASubjectThatCrashesRefusesOrLosesItsThreadIsToldApart) {
  ExpectFailure("polling", "whose thread died", "thread of the failing subject: panicked");
  ExpectFailure("kernel", "crashed: watcher:1 ended with signal 6", "thread of the failing");
  ExpectFailure("shm", "a refusal gives no reason", "it is refused with \"\"");
}

TEST(Program, ARunLeavesItsReportsAndNothingElse) {
  HarnessProgram program;
  const ProgramResult result = program.Run(kSmall);
  EXPECT_EQ(result.exit_code, 0) << result.output << result.errors;
  const harness::Value atlas = program.Atlas();
  ASSERT_EQ(atlas["cells"].items().size(), 1U);
  const harness::Value& cell = atlas["cells"].items()[0];
  EXPECT_EQ(cell["cell"].Text().substr(0, 61),
            "wake/one_wake_per_commit backend=polling journal=wal via=abi ");
  EXPECT_EQ(cell["verdict"].Text(), "kept");
  EXPECT_EQ(cell["judgements"].items()[0]["figures"]["missed"].Int(-1), 0);
  for (const char* name : {"run.json", "atlas.json", "atlas.md", "junit.xml"}) {
    EXPECT_TRUE(std::filesystem::exists(program.folder() + "/runs/latest/" + name)) << name;
  }
  EXPECT_THAT(program.LeftBehind(), IsEmpty());
}

TEST(Program, ASubjectMayBeGivenANameForReports) {
  HarnessProgram program;
  const std::string named = "some@1.2=" + std::string(POLLING_LIBRARY);
  const ProgramResult result = program.Run(With(kSmall, {"--subject", named}));
  EXPECT_EQ(result.exit_code, 0) << result.output << result.errors;
  EXPECT_THAT(result.output, HasSubstr("subject some@1.2 ("));
  const harness::Value atlas = program.Atlas();
  EXPECT_EQ(atlas["run"]["subjects"].items()[0]["name"].Text(), "some@1.2");
  EXPECT_EQ(atlas["run"]["subjects"].items()[0]["path"].Text(), std::string(POLLING_LIBRARY));
  EXPECT_THAT(atlas["cells"].items()[0]["rerun"].Text(), HasSubstr("--subject "));
  EXPECT_THAT(atlas["cells"].items()[0]["rerun"].Text(), HasSubstr("some@1.2="));
}

TEST(Program, SeveralSubjectsStandSideBySide) {
  HarnessProgram program;
  const std::string file = program.folder() + "/expect.json";
  std::ofstream(file) << R"([{"cell": "wake/one_wake_per_commit", "claim": "WAKE-ONCE",)"
                         R"("verdict": "broken", "when": "always", "truth": "t", "reason": "r"}])";
  const std::string one = "one=" + std::string(POLLING_LIBRARY);
  const std::string two = "two=" + std::string(POLLING_LIBRARY);
  const auto run = [&](const std::vector<std::string>& more) {
    return program.Run(With(With(kSmall, {"--subject", one, "--subject", two}), more));
  };
  const ProgramResult plain = run({});
  EXPECT_EQ(plain.exit_code, 0) << plain.output << plain.errors;
  EXPECT_THAT(plain.output, HasSubstr("Side by side"));
  EXPECT_THAT(program.LeftBehind(), IsEmpty());
  const harness::Value cells = program.Atlas()["cells"];
  ASSERT_EQ(cells.items().size(), 2U);
  EXPECT_EQ(cells.items()[0]["subject"].Text(), "one");
  EXPECT_EQ(cells.items()[1]["subject"].Text(), "two");
  const std::string rerun = cells.items()[1]["rerun"].Text();
  EXPECT_THAT(rerun, HasSubstr("two="));
  EXPECT_THAT(rerun, testing::Not(HasSubstr("one=")));
  // What is expected of one is not expected of the other.
  EXPECT_EQ(run({"--expect", "two=" + file}).exit_code, 1);
  const harness::Value again = program.Atlas()["cells"];
  EXPECT_TRUE(again.items()[0]["as_expected"].Bool());
  EXPECT_FALSE(again.items()[1]["as_expected"].Bool());
  EXPECT_THAT(again.items()[1]["rerun"].Text(), HasSubstr("--expect two="));

  EXPECT_EQ(run({"--expect", "three=" + file}).exit_code, 64);
  EXPECT_EQ(run({"--subject", two}).exit_code, 64);
  EXPECT_EQ(program.Run({"replay", cells.items()[1]["cell"].Text(), "--subject", one}).exit_code,
            64);
  EXPECT_EQ(
      program.Run({"replay", cells.items()[1]["cell"].Text(), "--subject", one, "--subject", two})
          .exit_code,
      0);
}

TEST(Program, TheRerunCommandRunsThatOneCell) {
  HarnessProgram program;
  program.Run(kSmall);
  const harness::Value atlas = program.Atlas();
  const harness::Value& first = atlas["cells"].items()[0];
  const std::string name = first["cell"].Text();
  const ProgramResult replayed = program.Run({"replay", name});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.errors;
  const harness::Value again = program.Atlas();
  EXPECT_EQ(again["cells"].items()[0]["cell"].Text(), name);
  // The command is whole: a shell can run it from anywhere.
  const auto by_shell = harness::RunToEnd(
      {"/bin/sh",
       {"-c", "cd / && " + first["rerun"].Text() + " --out " + program.folder() + "/again"},
       {},
       program.folder() + "/sh.txt"},
      60'000);
  ASSERT_TRUE(by_shell.ok()) << by_shell.error();
  EXPECT_THAT(by_shell.value(), HasSubstr("1 cells: 1 kept"));
}

TEST(Program, KeptHistoriesAreJudgedAgain) {
  HarnessProgram program;
  program.Run(With(kSmall, {"--keep"}));
  const ProgramResult report = program.Run({"report", program.folder() + "/runs/latest"});
  EXPECT_EQ(report.exit_code, 0) << report.errors;
  EXPECT_THAT(report.output, HasSubstr("1 kept histories were judged again, 0 verdicts differ"));
}

// Runs far more than can be finished, and is stopped in the middle by `signal_number`.
ProgramResult StopInTheMiddle(HarnessProgram& program, int signal_number) {
  harness::ChildProcess runner = program.Begin({"run", "wake", "--repeat", "50", "--seed", "5"});
  while (program.Errors().find("] ") == std::string::npos)
    usleep(5000);  // a cell is finished: it is in full swing
  runner.Signal(signal_number);
  const auto status = runner.Wait(60'000);
  EXPECT_TRUE(status);
  // Processes end and folders go in their own time; the limit is only against a hang.
  for (int i = 0; i < 2000 && !program.LeftBehind().empty(); ++i) usleep(10'000);
  return {status ? (status->signaled ? 128 + status->code : status->code) : -1, "",
          program.Errors()};
}

TEST(Program, CtrlCLeavesNothingBehind) {
  HarnessProgram program;
  const ProgramResult result = StopInTheMiddle(program, SIGINT);
  EXPECT_EQ(result.exit_code, 130) << result.errors;
  EXPECT_THAT(result.errors, HasSubstr("interrupted"));
  const harness::Value atlas = program.Atlas();
  EXPECT_FALSE(atlas["complete"].Bool(true));
  EXPECT_EQ(atlas["exit_code"].Int(), 130);
  EXPECT_THAT(program.LeftBehind(), IsEmpty());
}

TEST(Program, KillMinus9LeavesNothingBehind) {
  HarnessProgram program;
  EXPECT_EQ(StopInTheMiddle(program, SIGKILL).exit_code, 128 + SIGKILL);
  EXPECT_THAT(program.LeftBehind(), IsEmpty());
}

TEST(Program, AnExpectationThatDoesNotComeTrueIsAChange) {
  HarnessProgram program;
  const std::string file = program.folder() + "/expect.json";
  std::ofstream(file)
      << R"([{"cell":"wake/one_wake_per_commit backend=polling","claim":"WAKE-ONCE","verdict":"broken",)"
         R"("when":"always","truth":"it used to","reason":"an old release"}])";
  EXPECT_EQ(program.Run(With(kSmall, {"--expect", file})).exit_code, 1);
  EXPECT_THAT(program.Run(With(kSmall, {"--expect", file})).output,
              HasSubstr("a change for the better is a change too"));
}

}  // namespace
}  // namespace scenarios
