#include "harness/cli/sweep_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Card Named(std::string_view name, const char* axis) {
  Card card;
  card.name = name;
  card.axes = {{.name = axis, .values = {"all"}}};
  return card;
}

Result<Options> Sweep(std::vector<std::string> words) {
  Options options;
  options.command = "sweep";
  options.arguments = std::move(words);
  const Card sweeper = Named("fault/sweeps", "nth");
  const Card other = Named("wake/does_not", "journal");
  Catalogue catalogue;
  catalogue.cards = {&sweeper, &other};
  return SweepAsRun(options, catalogue);
}

TEST(SweepCommand, IsARunOfTheCardsThatSweepWithTheFaultAsAxes) {
  const auto run = Sweep({"io_error", "at=vfs.sync.*", "error=ENOSPC", "always"});
  ASSERT_TRUE(run.ok()) << run.error();
  EXPECT_EQ(run.value().command, "run");
  EXPECT_THAT(run.value().selection.filters, ElementsAre("fault/sweeps"));
  const auto& axes = run.value().selection.axes;
  EXPECT_THAT(axes.at("fault"), ElementsAre("io_error"));
  EXPECT_THAT(axes.at("at"), ElementsAre("vfs.sync.*"));
  EXPECT_THAT(axes.at("error"), ElementsAre("ENOSPC"));
  EXPECT_THAT(axes.at("lasting"), ElementsAre("always"));
  EXPECT_THAT(axes.at("nth"), ElementsAre("all"));
}

TEST(SweepCommand, BothLastingsAndAllSitesWhereNothingIsSaid) {
  const auto run = Sweep({"deny_lock"});
  ASSERT_TRUE(run.ok()) << run.error();
  EXPECT_THAT(run.value().selection.axes.at("lasting"), ElementsAre("once", "always"));
  EXPECT_THAT(run.value().selection.axes.at("at"), ElementsAre("vfs.*"));
}

TEST(SweepCommand, BadFaultsAreRefusedByName) {
  EXPECT_THAT(Sweep({}).error(), HasSubstr("sweep takes a fault"));
  EXPECT_THAT(Sweep({"io_eror"}).error(), HasSubstr("nearest: 'io_error'"));
  EXPECT_THAT(Sweep({"io_error", "at=vfs.sink.wal"}).error(), HasSubstr("nearest: 'vfs.sync.wal'"));
  EXPECT_THAT(Sweep({"io_error", "p=0.5"}).error(), HasSubstr("at, nth and error, not 'p'"));
  EXPECT_THAT(Sweep({"kill"}).error(), HasSubstr("does not carry out 'kill'"));
}

}  // namespace
}  // namespace harness
