#include "core/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace honker {
namespace {

using namespace std::string_literals;

TEST(Utf8, AcceptsTheEdgesOfEveryLength) {
  for (const std::string& text :
       {""s, "plain"s, "a\0b"s, "\x7f"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s,
        "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s}) {
    EXPECT_EQ(FirstInvalidUtf8(text), std::string_view::npos) << text;
  }
}

TEST(Utf8, RefusesWhatIsJustBeyond) {
  for (const std::string& bad :
       {"\x80"s, "\xbf"s, "\xc0\x80"s, "\xc1\xbf"s, "\xc2"s, "\xc2\x20"s, "\xe0\x9f\xbf"s,
        "\xe0\xa0"s, "\xed\xa0\x80"s, "\xed\xbf\xbf"s, "\xf0\x8f\xbf\xbf"s, "\xf0\x90\x80"s,
        "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xfe"s, "\xff"s}) {
    EXPECT_EQ(FirstInvalidUtf8("ok" + bad), 2U) << bad;
  }
}

TEST(Utf8, AgreesWithDecodingEveryTwoBytes) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const bool valid =
          (a < 0x80 && b < 0x80) || (a >= 0xC2 && a <= 0xDF && b >= 0x80 && b <= 0xBF);
      const std::string text{static_cast<char>(a), static_cast<char>(b)};
      EXPECT_EQ(IsUtf8(text), valid) << a << " " << b;
    }
  }
}

}  // namespace
}  // namespace honker
