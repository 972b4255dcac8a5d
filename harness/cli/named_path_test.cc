#include "harness/cli/named_path.h"

#include <gtest/gtest.h>

namespace harness {
namespace {

void ExpectParts(const std::string& text, const std::string& name, const std::string& path) {
  const NamedPath subject = ParseNamedPath(text);
  EXPECT_EQ(subject.name, name) << text;
  EXPECT_EQ(subject.path, path) << text;
  EXPECT_EQ(Print(subject), text);
}

TEST(NamedPath, ANameMayStandInFrontOfThePath) {
  ExpectParts("some@1.2=/lib/x.so", "some@1.2", "/lib/x.so");
  ExpectParts("name=x.so", "name", "x.so");
}

TEST(NamedPath, APathMayHoldAnEqualsSign) {
  ExpectParts("/lib/x.so", "", "/lib/x.so");
  ExpectParts("./a=b/x.so", "", "./a=b/x.so");
  ExpectParts("name=/lib/a=b.so", "name", "/lib/a=b.so");
  ExpectParts("=x.so", "", "=x.so");
  ExpectParts("", "", "");
}

}  // namespace
}  // namespace harness
