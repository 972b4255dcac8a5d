#include "core/base/json_integers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace honker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::string_literals;

TEST(JsonIntegers, AreReadInTheirOrder) {
  EXPECT_THAT(ParseJsonIntegers("[]").value(), IsEmpty());
  EXPECT_THAT(ParseJsonIntegers(" \t\r\n[ \n] ").value(), IsEmpty());
  EXPECT_THAT(ParseJsonIntegers("[3,1,1,-2]").value(), ElementsAre(3, 1, 1, -2));
  EXPECT_THAT(ParseJsonIntegers(" [ 0 ,\t-0 , 10 ] ").value(), ElementsAre(0, 0, 10));
  EXPECT_THAT(
      ParseJsonIntegers("[9223372036854775807,-9223372036854775808]").value(),
      ElementsAre(std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()));
}

TEST(JsonIntegers, NothingElseIsTaken) {
  const std::string wrong[] = {"",
                               " ",
                               "1",
                               "{}",
                               "null",
                               "\"[1]\"",
                               "[",
                               "]",
                               "[1",
                               "[1,",
                               "[1,]",
                               "[,1]",
                               "[1 2]",
                               "[1]]",
                               "[1] x",
                               "[[1]]",
                               "[null]",
                               "[true]",
                               "[\"1\"]",
                               "[1.0]",
                               "[1.5]",
                               "[1e3]",
                               "[1E3]",
                               "[01]",
                               "[-01]",
                               "[+1]",
                               "[-]",
                               "[--1]",
                               "[0x10]",
                               "[1]\0"s,
                               "[1\0]"s,
                               "\0[1]"s,
                               "[NaN]",
                               "[1,/**/2]",
                               "[9223372036854775808]",
                               "[-9223372036854775809]",
                               "[99999999999999999999999999]",
                               "\xEF\xBB\xBF[1]"};
  for (const std::string& text : wrong) EXPECT_FALSE(ParseJsonIntegers(text).ok()) << text;
}

TEST(JsonIntegers, TheErrorSaysWhere) {
  EXPECT_EQ(ParseJsonIntegers("[1, x]").error().message,
            "an integer is expected at byte 5, where there is something else");
  EXPECT_EQ(ParseJsonIntegers("[1").error().message,
            "',' or ']' is expected at byte 3, where there is the end");
  EXPECT_THAT(ParseJsonIntegers("[1, 9223372036854775808]").error().message,
              HasSubstr("the number at byte 5 does not fit into 64 bits"));
}

}  // namespace
}  // namespace honker
