#include "harness/cli/faults_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string TextOf(const std::vector<std::string>& words) {
  const Result<Value> catalogue = FaultCatalogue(words);
  EXPECT_TRUE(catalogue.ok());
  return catalogue.ok() ? FaultCatalogueText(catalogue.value()) : "";
}

TEST(FaultsCommand, ListsKindsSitesKeysAndWhoCarriesThemOut) {
  const std::string text = TextOf({});
  EXPECT_THAT(text, HasSubstr("io_error          a call fails\n"));
  EXPECT_THAT(text, HasSubstr("must say once or always"));
  EXPECT_THAT(text, HasSubstr("libfault_vfs.so"));
  EXPECT_THAT(text, HasSubstr("  vfs.sync.wal"));
  EXPECT_THAT(text, HasSubstr("io_error: SQLITE_IOERR_FSYNC"));
}

TEST(FaultsCommand, AWordSelectsAKindALayerOrSites) {
  EXPECT_THAT(TextOf({"deny_lock"}), HasSubstr("vfs.lock.shm"));
  EXPECT_THAT(TextOf({"deny_lock"}), Not(HasSubstr("vfs.sync.wal")));
  EXPECT_THAT(TextOf({"deny_lock"}), Not(HasSubstr("SIGSTOP")));
  EXPECT_THAT(TextOf({"vfs.sync.*"}), HasSubstr("vfs.sync.wal"));
  EXPECT_THAT(TextOf({"vfs.sync.*"}), Not(HasSubstr("vfs.lock.shm")));
  EXPECT_THAT(TextOf({"process"}), HasSubstr("SIGSTOP"));
}

TEST(FaultsCommand, AWordThatSelectsNothingIsRefusedWithTheNearest) {
  const Result<Value> none = FaultCatalogue({"io_eror"});
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error(), HasSubstr("\"io_eror\"; the nearest is \"io_error\""));
}

TEST(FaultsCommand, ListsThePointsInsideTheActorAndInsideASubject) {
  const Value sites =
      Value::Parse(R"([{"site":"a.moment","may_fail":false,"what":"it is half done"},)"
                   R"({"site":"a.step","may_fail":true,"what":"it is there"}])")
          .value();
  const Result<Value> catalogue = FaultCatalogue({"sites"}, sites);
  ASSERT_TRUE(catalogue.ok());
  const std::string text = FaultCatalogueText(catalogue.value());
  EXPECT_THAT(text, HasSubstr("sites: libfault_preload.so"));
  EXPECT_THAT(
      text, HasSubstr("  actor.done.<command>      kill, exit: nothing any more: the command is"));
  EXPECT_THAT(
      text, HasSubstr("  a.moment                  kill, exit: nothing any more: it is half done"));
  EXPECT_THAT(TextOf({"pause"}), HasSubstr("by process libc sites"));
  const Value fails = FaultCatalogue({"a.*"}, sites).value()["layers"].items()[0]["sites"];
  EXPECT_FALSE(fails.items()[0]["allowed"].Has("io_error"));
  EXPECT_TRUE(fails.items()[1]["allowed"].Has("io_error"));
  EXPECT_FALSE(FaultCatalogue({"a.moment"}).ok()) << "only where a subject has it";
}

TEST(FaultsCommand, TheJsonSaysTheSame) {
  const Result<Value> catalogue = FaultCatalogue({"io_error"});
  ASSERT_TRUE(catalogue.ok());
  const Value kind = catalogue.value()["kinds"].items()[0];
  EXPECT_EQ(kind["kind"].Text(), "io_error");
  EXPECT_TRUE(kind["must_say_once_or_always"].Bool());
  EXPECT_TRUE(Value::Parse(catalogue.value().Print()).ok());
}

}  // namespace
}  // namespace harness
