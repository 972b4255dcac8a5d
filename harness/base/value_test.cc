#include "harness/base/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "harness/base/number.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

Value Parsed(std::string_view json) {
  Result<Value> value = Value::Parse(json);
  EXPECT_TRUE(value.ok()) << json;
  return value.ok() ? value.value() : Value();
}

TEST(Value, TypesAreApartAndFallBack) {
  EXPECT_TRUE(Value().is_null());
  EXPECT_TRUE(Value(true).is_bool());
  EXPECT_TRUE(Value(3).is_int());
  EXPECT_TRUE(Value(3).is_number());
  EXPECT_FALSE(Value(3.5).is_int());
  EXPECT_TRUE(Value("x").is_text());
  EXPECT_EQ(Value("x").Int(7), 7);
  EXPECT_EQ(Value(3).Text(), "");
  EXPECT_EQ(Value(3).Number(), 3.0);
  EXPECT_EQ(Value(3.5).Int(7), 7);
  EXPECT_FALSE(Value(1).Bool());
  EXPECT_TRUE(Value("x").items().empty());
  EXPECT_TRUE(Value("x").members().empty());
  EXPECT_TRUE(Value(3)["x"].is_null());
}

TEST(Value, ObjectsKeepTheirOrderAndReplaceInPlace) {
  Value v = Value::MakeObject({{"b", 1}, {"a", 2}});
  v.Set("c", 3).Set("b", 4);
  EXPECT_EQ(v.Print(), R"({"b":4,"a":2,"c":3})");
  EXPECT_TRUE(v.Has("c"));
  EXPECT_FALSE(v.Has("d"));
  EXPECT_TRUE(v["d"].is_null());
}

TEST(Value, ANullBecomesWhatIsPutIntoIt) {
  Value object;
  object.Set("x", 1);
  EXPECT_EQ(object.Print(), R"({"x":1})");
  Value array;
  array.Append(1).Append("two").Append(Value());
  EXPECT_EQ(array.Print(), R"([1,"two",null])");
  EXPECT_EQ(Value::MakeArray().Print(), "[]");
  EXPECT_EQ(Value::MakeObject().Print(), "{}");
}

TEST(Value, IntegersStay64Bits) {
  for (const int64_t n : {std::numeric_limits<int64_t>::min(), int64_t{-1}, int64_t{0},
                          int64_t{9'007'199'254'740'993}, std::numeric_limits<int64_t>::max()}) {
    const Value back = Parsed(Value(n).Print());
    ASSERT_TRUE(back.is_int());
    EXPECT_EQ(back.Int(), n);
  }
  EXPECT_FALSE(Parsed("1.0").is_int());
  EXPECT_EQ(Parsed("1.5").Number(), 1.5);
}

TEST(Value, IntegersBeyond64BitsAreAnErrorAndNeverAnotherNumber) {
  for (const char* json : {"9223372036854775808", "18446744073709551615", "18446744073709551616",
                           "-9223372036854775809", "-18446744073709551617",
                           "[{\"a\":1e2}, 1, "
                           "99999999999999999999]"}) {
    const Result<Value> value = Value::Parse(json);
    ASSERT_FALSE(value.ok()) << json << " became " << value.value().Print();
    EXPECT_THAT(value.error(), HasSubstr("64 bits"));
  }
  EXPECT_EQ(Parsed("9223372036854775808.0").Number(), 9223372036854775808.0);
  EXPECT_EQ(Parsed("1e20").Number(), 1e20);
  EXPECT_FALSE(Value::Parse("1e999").ok());
}

TEST(Value, TheLastOfTwoMembersOfOneNameStays) {
  EXPECT_EQ(Parsed(R"({"a":1,"b":[],"a":{"c":[[]]}})").Print(), R"({"a":{"c":[[]]},"b":[]})");
}

TEST(Value, PrintAndParseAreInverse) {
  const std::string json =
      R"({"a":[1,-2,2.5,true,false,null,"\"\\\u0000ü\n"],"b":{"c":{}},"d":[]})";
  EXPECT_EQ(Parsed(Parsed(json).Print()), Parsed(json));
  EXPECT_EQ(Parsed(json)["a"].items()[6].Text(), std::string("\"\\\0ü\n", 6));
}

TEST(Value, PrintIsOneLineWhateverTheText) {
  const std::string printed = Value("line\nline\r\x01 \xff").Print();
  EXPECT_EQ(printed.find('\n'), std::string::npos);
  EXPECT_TRUE(Value::Parse(printed).ok());
}

TEST(Value, WhatIsNoJsonIsAnError) {
  for (const char* text : {"", "{", "nul", "[1,]", "{\"a\":1}x", "\"\xff\"", "'a'"}) {
    const Result<Value> value = Value::Parse(text);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_THAT(value.error(), HasSubstr("not JSON"));
  }
}

TEST(Value, EqualityIsDeepAndTyped) {
  EXPECT_EQ(Parsed(R"({"a":[1]})"), Value::MakeObject({{"a", Parsed("[1]")}}));
  EXPECT_FALSE(Value(1) == Value(true));
  EXPECT_FALSE(Value(1) == Value("1"));
  EXPECT_FALSE(Parsed("[1]") == Parsed("[2]"));
}

TEST(Bytes, PlainTextTravelsAsItIs) {
  EXPECT_EQ(EncodeBytes("grüße"), Value("grüße"));
  EXPECT_EQ(EncodeBytes(""), Value(""));
}

TEST(Bytes, AnythingElseTravelsAsBase64) {
  EXPECT_EQ(EncodeBytes(std::string("\0", 1)).Print(), R"({"b64":"AA=="})");
  EXPECT_EQ(EncodeBytes("\xff\xfe").Print(), R"({"b64":"//4="})");
  EXPECT_EQ(EncodeBytes("\xff\xfe\xfd").Print(), R"({"b64":"//79"})");
}

TEST(Bytes, DecodeIsTheInverse) {
  std::string every;
  for (int length = 0; length < 300; ++length) {
    const Result<std::string> back = DecodeBytes(EncodeBytes(every));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back.value(), every);
    every += static_cast<char>(length * 7);
  }
}

TEST(Bytes, WhatIsNoBase64IsAnError) {
  EXPECT_FALSE(DecodeBytes(Value(3)).ok());
  EXPECT_FALSE(DecodeBytes(Value()).ok());
  const Result<std::string> bad = DecodeBytes(Value::MakeObject({{"b64", "A*=="}}));
  ASSERT_FALSE(bad.ok());
  EXPECT_THAT(bad.error(), HasSubstr("A*=="));
}

TEST(ResultDeathTest, TheValueOfAnErrorIsABug) {
  const Result<int> failed = Error{"no such thing"};
  EXPECT_FALSE(failed.ok());
  EXPECT_DEATH((void)failed.value(), "no such thing");
}

TEST(Number, IsDecimalAndBelow2To63) {
  uint64_t n = 7;
  for (const char* wrong : {"", "-1", "+1", " 1", "1 ", "0x1f", "1e3", "9223372036854775808",
                            "99999999999999999999999"}) {
    EXPECT_FALSE(ReadNumber(wrong, n)) << wrong;
  }
  EXPECT_EQ(n, 7U);
  EXPECT_TRUE(ReadNumber("9223372036854775807", n));
  EXPECT_EQ(n, 9223372036854775807U);
  EXPECT_TRUE(ReadNumber("007", n));
  EXPECT_EQ(n, 7U);
}

}  // namespace
}  // namespace harness
