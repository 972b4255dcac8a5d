// Every point inside the actor and inside the reference library is reached, recorded in the ledger
// and obeyed; and nothing happens there when no fault is about it. Real processes, by the actor's
// own commands.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "faults/libc/test_program.h"
#include "harness/base/value.h"

namespace scenarios {
namespace {

using faults::testing::Entries;
using faults::testing::Folder;
using faults::testing::Program;
using harness::Value;
using ::testing::HasSubstr;

struct Point {
  std::string site;
  bool may_fail;
};

void PrintTo(const Point& point, std::ostream* out) { *out << point.site; }

// As the library says it, so that none is forgotten here.
std::vector<Point> PointsOfTheLibrary() {
  void* library = dlopen(SITES_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  const auto sites = library == nullptr
                         ? nullptr
                         : reinterpret_cast<const char* (*)()>(dlsym(library, "honker_sites"));
  std::vector<Point> points;
  if (sites == nullptr) return points;
  const auto list = Value::Parse(sites());
  if (!list.ok()) return points;
  for (const Value& site : list.value().items())
    points.push_back({site["site"].Text(), site["may_fail"].Bool()});
  return points;
}

std::vector<Point> AllPoints() {
  std::vector<Point> points = PointsOfTheLibrary();
#define ACTOR_SITE(name, what) points.push_back({name ".claim", false});
#include "harness/actor/sites.def"
#undef ACTOR_SITE
  return points;
}

// One actor that goes past every point, in one thread or another.
class Life {
 public:
  explicit Life(const std::string& faults)
      : actor_({ACTOR_PROGRAM, "--process", "actor:1", "--history", folder_ / "history.jsonl",
                "--subject", SITES_LIBRARY},
               {{"LD_PRELOAD", FAULT_PRELOAD},
                {"FAULT_LIBC", faults},
                {"FAULT_PROCESS", "actor:1"},
                {"FAULT_LEDGER", folder_ / "ledger"}}) {}

  // Everything that it said. A command after its death is not heard, and that is no matter.
  std::string Live() {
    const std::string path = R"({"path":")" + (folder_ / "a.db") + R"(")";
    const std::string open = path + R"(,"journal":"wal","create":true)";
    Say("open", open + "}");
    Say("setup", "{}");
    Say("open", open + R"(,"load":true,"conn":"jobs"})");
    Say("open_queue", open + "}");
    Say("enqueue", R"({"queue":"q","key":"k"})");
    Say("claim", R"({"queue":"q","worker":"w","n":1,"lease_s":60})");
    for (const char* sql : {"SELECT honker_scheduler_register('s', 'f', '@every 1s', 'p', 0, NULL)",
                            "UPDATE _honker_scheduler_tasks SET next_fire_at = 1000"}) {
      Say("exec", std::string(R"({"conn":"jobs","sql":")") + sql + R"("})");
    }
    Say("tick", R"({"now":1003})");
    Say("stream_publish", R"({"stream":"s","payload":"p"})");
    for (const char* backend : {"polling", "kernel"}) {
      Say("watch", path + R"(,"backend":")" + backend + R"("})");
    }
    Say("commit", R"({"writer":1,"seq":1})");
    Say("await", R"({"marks":{"1":1}})");
    AwaitAnswers();
    std::filesystem::rename(folder_ / "a.db", folder_ / "b.db");
    Say("await_death", R"({"limit_ms":60000})");
    return actor_.Finish();
  }

  [[nodiscard]] bool WasKilled() const {
    return WIFSIGNALED(actor_.status()) && WTERMSIG(actor_.status()) == SIGKILL;
  }
  [[nodiscard]] bool EndedInOrder() const {
    return WIFEXITED(actor_.status()) && WEXITSTATUS(actor_.status()) == 0;
  }
  [[nodiscard]] std::vector<faults::LedgerEntry> Fired() const {
    return Entries(folder_ / "ledger", "fired");
  }

 private:
  void Say(const std::string& op, const std::string& value) {
    actor_.Say(R"({"call":)" + std::to_string(++said_) + R"(,"op":")" + op + R"(","value":)" +
               value + "}");
  }
  // To all that was said, or until it is over.
  void AwaitAnswers() {
    const std::string last = R"({"call":)" + std::to_string(said_) + ",";
    for (int lines = 1;; ++lines) {
      const std::string text = actor_.Lines(lines);
      if (text.find(last) != std::string::npos) return;
      if (std::count(text.begin(), text.end(), '\n') < lines) return;
    }
  }

  Folder folder_;
  Program actor_;
  int said_ = 0;
};

class Points : public testing::TestWithParam<Point> {};

TEST_P(Points, IsWhereAProcessDies) {
  Life life("kill actor:1 at=" + GetParam().site);
  const std::string said = life.Live();
  EXPECT_TRUE(life.WasKilled()) << said;
  const auto fired = life.Fired();
  ASSERT_EQ(fired.size(), 1U) << said;
  EXPECT_EQ(fired[0].site, GetParam().site);
}

TEST_P(Points, FailsWhereItMayAndElseSaysThatItCannot) {
  Life life("io_error actor:1 at=" + GetParam().site + " error=ENOSPC once");
  const std::string said = life.Live();
  EXPECT_TRUE(life.EndedInOrder()) << said;
  ASSERT_EQ(life.Fired().size(), 1U) << said;
  if (GetParam().may_fail) {
    EXPECT_THAT(said, HasSubstr("a fault was asked for at " + GetParam().site +
                                ": No space left on device"));
  } else {
    EXPECT_THAT(said, HasSubstr(GetParam().site + " is a moment and cannot fail"));
  }
}

INSTANTIATE_TEST_SUITE_P(Each, Points, testing::ValuesIn(AllPoints()), [](const auto& info) {
  std::string name = info.param.site;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

TEST(PointsOfTheLibrary, AreWhereAWatcherStandsStillAndGoesOn) {
  Life life("pause actor:1 at=poll.checked nth=3 for_ms=5");
  const std::string said = life.Live();
  EXPECT_TRUE(life.EndedInOrder()) << said;
  const auto fired = life.Fired();
  ASSERT_EQ(fired.size(), 1U) << said;
  EXPECT_EQ(fired[0].occurrence, 3) << "it looks more often than that before it is told of a death";
  EXPECT_THAT(said, HasSubstr("\"result\":\"dead\""));
}

TEST(PointsOfTheLibrary, AreThere) { EXPECT_GE(PointsOfTheLibrary().size(), 6U); }

TEST(PointsThatNoFaultIsAbout, AreSilent) {
  for (const char* faults :
       {"", "kill somebody:1 at=claim.marked; kill actor:1 at=no.such.point"}) {
    Life life(faults);
    const std::string said = life.Live();
    EXPECT_TRUE(life.EndedInOrder()) << said;
    EXPECT_TRUE(life.Fired().empty());
    EXPECT_EQ(said.find("\"fail\""), std::string::npos) << said;
    EXPECT_THAT(said, HasSubstr("\"result\":\"dead\""));
  }
}

}  // namespace
}  // namespace scenarios
