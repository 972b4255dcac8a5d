#include "faults/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "faults/fault.h"
#include "faults/vfs/interceptor.h"

namespace faults {
namespace {

bool IsKind(std::string_view name) {
  const auto& kinds = AllFaultKinds();
  return std::any_of(kinds.begin(), kinds.end(), [&](const auto& k) { return k.name == name; });
}

const SiteEntry& VfsSite(const std::string& name) {
  for (const Layer* layer : LayersOf("deny_lock")) {
    for (const SiteEntry& site : layer->sites) {
      if (site.name == name) return site;
    }
  }
  ADD_FAILURE() << "no site " << name;
  static const SiteEntry none;
  return none;
}

std::string Allowed(const std::string& site, std::string_view kind) {
  for (const Outcome& outcome : VfsSite(site).outcomes) {
    if (outcome.kind == kind) return outcome.allowed;
  }
  return "";
}

TEST(Catalogue, SaysOnlyWhatKindsDefKnowsAndEverySiteOnce) {
  std::set<std::string> sites;
  for (const Layer& layer : AllLayers()) {
    EXPECT_FALSE(layer.by.empty()) << layer.name;
    for (const auto kind : layer.kinds) EXPECT_TRUE(IsKind(kind)) << kind;
    for (const SiteEntry& site : layer.sites) {
      EXPECT_TRUE(sites.insert(site.name).second) << site.name;
      for (const Outcome& outcome : site.outcomes) {
        EXPECT_THAT(layer.kinds, ::testing::Contains(outcome.kind)) << site.name;
        EXPECT_FALSE(outcome.allowed.empty()) << site.name << " " << outcome.kind;
      }
    }
  }
  EXPECT_TRUE(LayersOf("nonsense").empty());
}

// What the catalogue says of the VFS is what the VFS takes: at every site it lists, and nowhere
// else.
TEST(Catalogue, TheVfsArmsExactlyWhatIsListed) {
  const Layer layer = vfs::VfsLayer();
  for (const SiteEntry& site : layer.sites) {
    for (const auto kind : layer.kinds) {
      if (kind == "hurry") continue;  // it is about no call
      const bool listed = std::any_of(site.outcomes.begin(), site.outcomes.end(),
                                      [&](const Outcome& o) { return o.kind == kind; });
      const std::string more = kind == "gate"    ? " dir=/x"
                               : kind == "delay" ? " for_ms=1 once"
                                                 : (kind == "clock_step" ? " by_s=1" : " once");
      const auto fault = ParseFault(std::string(kind) + " * at=" + site.name + more);
      ASSERT_TRUE(fault.ok()) << fault.Message();
      EXPECT_EQ(vfs::Interceptor().Check({fault.value()}).ok(), listed) << site.name << " " << kind;
    }
  }
}

TEST(Catalogue, AllowedResults) {
  EXPECT_EQ(Allowed("vfs.sync.wal", "io_error"), "SQLITE_IOERR_FSYNC");
  EXPECT_EQ(Allowed("vfs.write.db", "io_error"), "SQLITE_IOERR_WRITE, SQLITE_FULL");
  EXPECT_EQ(Allowed("vfs.lock.db", "deny_lock"), "SQLITE_BUSY");
  EXPECT_EQ(Allowed("vfs.barrier.shm", "io_error"), "") << "it cannot fail";
}

}  // namespace
}  // namespace faults
