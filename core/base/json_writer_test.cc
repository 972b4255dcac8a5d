#include "core/base/json_writer.h"

#include <gtest/gtest.h>

namespace honker {
namespace {

using namespace std::string_literals;

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

TEST(JsonWriter, EscapesWhatJsonForbids) {
  EXPECT_EQ(Quoted(""), R"("")");
  EXPECT_EQ(Quoted(R"(a"b\c)"), R"("a\"b\\c")");
  EXPECT_EQ(Quoted("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(Quoted("a\0b"s), R"("a\u0000b")");
  EXPECT_EQ(Quoted("\x01\x1f"), R"("\u0001\u001f")");
}

TEST(JsonWriter, LeavesUnicodeAsItIs) { EXPECT_EQ(Quoted("\x7fö€😀/"), "\"\x7fö€😀/\""); }

TEST(JsonWriter, WritesFlatObjects) {
  std::string out;
  JsonObject(out).Int("id", -5).Text("q", "x").Null("n").Bool("b", true).Bool("c", false).Close();
  EXPECT_EQ(out, R"({"id":-5,"q":"x","n":null,"b":true,"c":false})");
  std::string empty;
  JsonObject(empty).Close();
  EXPECT_EQ(empty, "{}");
}

}  // namespace
}  // namespace honker
