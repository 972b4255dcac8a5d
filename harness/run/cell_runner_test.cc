// The cell runner with an actor that is a shell script: what becomes of a cell that does not go as
// its situation wants.
#include "harness/run/cell_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "harness/oracle/history_builder.h"
#include "harness/run/interrupt.h"
#include "harness/run/stage.h"

namespace harness {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kHello = "echo '{\"hello\":{\"protocol\":1}}'\n";

// Says hello, answers every command with `outcome` opened and one subscriber, and ends with its
// input.
const std::string kObedient = std::string(kHello) +
                              "n=0; while read -r line; do n=$((n+1)); "
                              "echo \"{\\\"call\\\":$n,\\\"type\\\":\\\"ok\\\",\\\"value\\\":"
                              "{\\\"outcome\\\":\\\"opened\\\",\\\"subs\\\":[0]}}\"; done\n";
// The same, and never ends.
const std::string kStays = kObedient + "while :; do sleep 1000; done\n";
// Answers nothing.
const std::string kSilent = std::string(kHello) + "while :; do sleep 1000; done\n";

Verdict Passes(const History&, const Expectation&) {
  return {Outcome::kPass, "fine", {}, Obj({{"lost", 0}})};
}
Verdict CountsNudges(const History& history, const Expectation&) {
  const auto nudges = history.Events("nudge");
  const Value figures = Obj({{"nudges", nudges.size()}});
  if (nudges.empty()) return {Outcome::kPass, "none", {}, figures};
  return {Outcome::kFail, "overslept", {{nudges[0], "a nudge"}}, figures};
}
Verdict Throws(const History&, const Expectation&) { throw std::runtime_error("no oracle today"); }

Card MakeCard(void (*run)(Stage&), Verdict (*check)(const History&, const Expectation&) = Passes) {
  return {.name = "test/one",
          .claims = {"A", "B"},
          .situation = "s",
          .expectation = "e",
          .axes = {Backends(), Journals()},
          .roles = {{"watcher:1", "watches"}},
          .faults = {"none"},
          .oracles = {{{"first", check}, "A"}, {{"second", Passes}, "B"}},
          .evidence = "e",
          .limits = "l",
          .run = run};
}

class CellRunner : public testing::Test {
 protected:
  CellRunner() {
    std::string name = testing::TempDir() + "/cell-runner-XXXXXX";
    folder_ = mkdtemp(name.data());
    environment_.actor = folder_ + "/actor";
    environment_.subject.abi = true;
  }
  ~CellRunner() override { fs::remove_all(folder_); }

  CellResult Run(const Card& card, const std::string& script = kObedient,
                 const std::string& backend = "polling", const std::string& journal = "wal") {
    fs::remove_all(folder_ + "/cells");
    std::ofstream(environment_.actor) << "#!/bin/sh\n" << script;
    fs::permissions(environment_.actor, fs::perms::owner_all);
    const Cell cell{&card, {{"backend", backend}, {"journal", journal}}, "", 1};
    return RunCell(cell, environment_, catalogue_, {}, {folder_, folder_ + "/scratch", true},
                   "rerun", guardian_);
  }

  std::string folder_;
  Environment environment_{.actor = "", .tools = "", .subject = {}, .sqlite = {}};
  Catalogue catalogue_;
  Guardian guardian_;  // never started
};

TEST_F(CellRunner, WhateverIsThrownBecomesAnError) {
  const Card in_situation = MakeCard([](Stage&) { throw 7; });
  const CellResult played = Run(in_situation);
  EXPECT_EQ(played.verdict, CellVerdict::kError);
  EXPECT_FALSE(played.as_expected);
  EXPECT_THAT(played.reason, HasSubstr("threw"));

  const Card in_oracle = MakeCard([](Stage&) {}, Throws);
  const CellResult judged = Run(in_oracle);
  EXPECT_EQ(judged.verdict, CellVerdict::kError);
  EXPECT_THAT(judged.reason, HasSubstr("no oracle today"));
  EXPECT_TRUE(fs::exists(folder_ + "/cells/" + judged.cell.Folder() + "/explain.txt"));
}

TEST_F(CellRunner, AnErrorMayBeListedACrashMayNot) {
  const auto listed = [](CellVerdict verdict, const std::string& claim) {
    return Divergence{"test/one", claim, verdict, When::kSometimes, "truth", "reason"};
  };
  const Card cannot = MakeCard([](Stage&) { throw CellEnd(CellVerdict::kError, "SQLITE_IOERR"); });
  EXPECT_FALSE(Run(cannot).as_expected);
  catalogue_.divergences = {listed(CellVerdict::kBroken, "A"), listed(CellVerdict::kBroken, "B")};
  EXPECT_FALSE(Run(cannot).as_expected) << "listed as broken is not listed as an error";
  catalogue_.divergences = {listed(CellVerdict::kError, "A"), listed(CellVerdict::kError, "B")};
  for (Divergence& entry : catalogue_.divergences) entry.sqlite_error = "SQLITE_CANTOPEN";
  EXPECT_FALSE(Run(cannot).as_expected) << "another error";
  for (Divergence& entry : catalogue_.divergences) entry.sqlite_error = "SQLITE_IOERR";
  EXPECT_TRUE(Run(cannot).as_expected);

  const Card crashes = MakeCard([](Stage&) { throw CellEnd(CellVerdict::kBroken, "crashed: x"); });
  catalogue_.divergences = {listed(CellVerdict::kBroken, "A"), listed(CellVerdict::kBroken, "B")};
  EXPECT_FALSE(Run(crashes).as_expected);
}

TEST_F(CellRunner, AListedUnknownCoversNoHang) {
  for (const char* claim : {"A", "B"}) {
    catalogue_.divergences.push_back(
        {"test/one", claim, CellVerdict::kUnknown, When::kSometimes, "truth", "reason"});
  }
  EXPECT_TRUE(Run(MakeCard([](Stage&) {
                throw CellEnd(CellVerdict::kUnknown, "nothing was seen");
              })).as_expected);
  EXPECT_FALSE(Run(MakeCard([](Stage&) {
                 throw CellEnd(CellVerdict::kUnknown, std::string(kHangs) + "watcher:1");
               })).as_expected);
}

TEST_F(CellRunner, AnUnknownEndKeepsWhatWasFoundBroken) {
  const Card card = MakeCard(
      [](Stage& stage) {
        stage.Record("nudge", Obj());
        throw CellEnd(CellVerdict::kUnknown, "no job was finished");
      },
      CountsNudges);
  const CellResult result = Run(card);
  EXPECT_EQ(result.verdict, CellVerdict::kBroken);
  ASSERT_EQ(result.judgements.size(), 2U);
  EXPECT_EQ(result.judgements[0].verdict, CellVerdict::kBroken);
  EXPECT_EQ(result.judgements[0].detail.figures["nudges"].Int(), 1);
  EXPECT_FALSE(result.judgements[0].detail.proof.empty());
  EXPECT_EQ(result.judgements[1].verdict, CellVerdict::kUnknown)
      << "what passed so far is no proof";
  EXPECT_EQ(result.judgements[1].detail.reason, "no job was finished");

  const auto history = History::Load(folder_ + "/cells/" + result.cell.Folder() + "/history");
  ASSERT_TRUE(history.ok());
  const auto again = Judge(result.cell, history.value(), catalogue_, {});
  EXPECT_EQ(again[1].verdict, CellVerdict::kUnknown) << "the history says how the cell ended";
}

TEST_F(CellRunner, AHangAtTheEndIsTheHarnessesUnlessASubjectsHandleIsOpen) {
  environment_.patience_ms = 300;
  const Card idle = MakeCard([](Stage& stage) { stage.Start("watcher:1").Do("setup"); });
  const CellResult own = Run(idle, kStays);
  EXPECT_EQ(own.verdict, CellVerdict::kError) << own.reason;
  EXPECT_THAT(own.reason, HasSubstr("did not end when asked to"));
  EXPECT_THAT(own.reason, HasSubstr("thread ")) << "what it was doing";

  const Card watching = MakeCard([](Stage& stage) { stage.StartWatcher("watcher:1"); });
  EXPECT_EQ(Run(watching, kStays).verdict, CellVerdict::kBroken);

  const Card quits = MakeCard([](Stage& stage) { stage.Quit(stage.Start("watcher:1")); });
  const CellResult quit = Run(quits, kStays);
  EXPECT_EQ(quit.verdict, CellVerdict::kError);
  EXPECT_THAT(quit.reason, HasSubstr("thread "));
}

TEST_F(CellRunner, AHangInACommandIsTheSubjectsWhereOneOfThemCallsIt) {
  const Card card = MakeCard([](Stage& stage) {
    Actor& actor = stage.Start("watcher:1");
    actor.Begin("watch");
    actor.End(actor.Begin("await"), 100);
  });
  environment_.patience_ms = 100;
  const CellResult result = Run(card, kSilent);
  EXPECT_EQ(result.verdict, CellVerdict::kBroken);
  EXPECT_THAT(result.reason, HasSubstr("watch, await"));
}

TEST_F(CellRunner, AnInterruptKillsActorsInTheMiddleOfACommand) {
  // In a process of its own: an interrupt is for ever.
  const auto interrupted = [&] {
    alarm(60);  // against a hang: patience alone would take an hour
    WatchForInterrupts();
    environment_.patience_ms = 3'600'000;
    const Card card = MakeCard([](Stage& stage) {
      Actor& actor = stage.Start("watcher:1");
      actor.Begin("burst");
      raise(SIGINT);
      std::ofstream(stage.File("pid")) << actor.pid();
      stage.Quit(actor);
    });
    const CellResult result = Run(card, kSilent);
    const Card card_2 = MakeCard([](Stage& stage) { stage.Start("watcher:1").Do("burst"); });
    const CellResult second = Run(card_2, kSilent);
    pid_t pid = 0;
    std::ifstream(folder_ + "/scratch/" + result.cell.Folder() + "/pid") >> pid;
    const bool gone = pid > 0 && kill(pid, 0) != 0;
    _exit(gone && result.verdict == CellVerdict::kSkipped && second.verdict == CellVerdict::kSkipped
              ? 0
              : 1);
  };
  EXPECT_EXIT(interrupted(), testing::ExitedWithCode(0), "");
}

TEST_F(CellRunner, ARefusalIsDocumentedOnlyForShmOutsideWalAndWithTheReason) {
  const Card card = MakeCard([](Stage& stage) { stage.StartWatcher("watcher:1"); });
  const auto refusing = [&](const std::string& outcome, const std::string& error) {
    return std::string(kHello) +
           "read -r line; echo '{\"call\":1,\"type\":\"ok\",\"value\":" + "{\"outcome\":\"" +
           outcome + "\",\"error\":\"" + error + "\"}}'; read -r line\nexit 0\n";
  };
  const auto verdict = [&](const std::string& error, const std::string& backend,
                           const std::string& journal, const std::string& outcome = "refused") {
    return Run(card, refusing(outcome, error), backend, journal).verdict;
  };
  EXPECT_EQ(verdict("needs the wal mode", "shm", "delete"), CellVerdict::kRefused);
  EXPECT_EQ(verdict("out of memory", "shm", "delete"), CellVerdict::kBroken);
  EXPECT_EQ(verdict("needs WAL", "shm", "wal"), CellVerdict::kBroken);
  EXPECT_EQ(verdict("needs WAL", "kernel", "delete"), CellVerdict::kBroken);
  EXPECT_EQ(verdict("cannot open app.db-shm", "shm", "wal"), CellVerdict::kRefused)
      << "no connection is open, and there is no -shm";
  EXPECT_EQ(verdict("cannot open app.db-shm", "kernel", "wal"), CellVerdict::kBroken);
  EXPECT_EQ(verdict("the subject has no open_v2", "kernel", "delete", "absent"),
            CellVerdict::kAbsent);
}

// A card about something else, in a cell whose watcher has to be refused.
TEST(Judge, AnOpenWhereARefusalIsDocumentedIsBroken) {
  Card card = MakeCard([](Stage&) {});
  const Cell cell{&card, {{"backend", "shm"}, {"journal", "delete"}}, "", 1};
  const Catalogue catalogue{.cards = {},
                            .claims = {{"A", ClaimKind::kDoc, "all", "all", "a"},
                                       {"B", ClaimKind::kDoc, "all", "all", "b"}},
                            .divergences = {}};
  HistoryBuilder h;
  h.Do("watcher:1", "watch", Obj({{"backend", "shm"}}),
       Obj({{"outcome", "opened"}, {"subs", List({0})}}));
  const auto opened = Judge(cell, h.Build(), catalogue, {});
  ASSERT_EQ(opened.size(), 3U);
  EXPECT_EQ(opened[0].verdict, CellVerdict::kCounted) << "nothing is promised of such a handle";
  EXPECT_EQ(opened[2].claim, "WAKE-REFUSE");
  EXPECT_EQ(opened[2].verdict, CellVerdict::kBroken);
  EXPECT_FALSE(opened[2].as_expected);
  EXPECT_EQ(opened[2].detail.proof.size(), 2U);

  // A fall-back that says so, and WAL, are as documented.
  h.Stderr("watcher:1", "shm is not built in: polling instead");
  EXPECT_EQ(Judge(cell, h.Build(), catalogue, {})[0].verdict, CellVerdict::kKept);
  const Cell wal{&card, {{"backend", "shm"}, {"journal", "wal"}}, "", 1};
  EXPECT_EQ(Judge(wal, HistoryBuilder().Build(), catalogue, {})[0].verdict, CellVerdict::kKept);
}

}  // namespace
}  // namespace harness
