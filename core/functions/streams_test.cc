// honker_stream_*, rule by rule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::AskWithText;
using testing::Database;
using ::testing::HasSubstr;
using testing::Scratch;
using namespace std::string_literals;

class Streams : public ::testing::Test {
 protected:
  Streams() { db_.Run("SELECT honker_bootstrap()"); }

  std::string Publish(const std::string& topic, const std::string& payload) {
    return AskWithText(db_.db(), "SELECT honker_stream_publish(?1, NULL, ?2)", {topic, payload});
  }
  std::string Read(const std::string& rest) {
    return db_.Ask("SELECT honker_stream_read_since(" + rest + ")");
  }
  // "offset:payload" of each event.
  std::string Payloads(const std::string& rest) {
    return db_.Ask(
        "SELECT group_concat((value ->> 'offset') || ':' || ifnull(value ->> 'payload', 'null'), "
        "' ') FROM json_each(honker_stream_read_since(" +
        rest + "))");
  }
  std::string Save(const std::string& offset) {
    return db_.Ask("SELECT honker_stream_save_offset('me', 't', " + offset + ")");
  }
  std::string Saved() { return db_.Ask("SELECT honker_stream_get_offset('me', 't')"); }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db")};
};

TEST_F(Streams, OffsetsRunOverAllTopicsAndAreNeverUsedAgain) {
  EXPECT_EQ(Publish("a", "1"), "1");
  EXPECT_EQ(Publish("b", "2"), "2");
  db_.Run("DELETE FROM _honker_stream");
  EXPECT_EQ(Publish("a", "3"), "3");
}

TEST_F(Streams, AnEventComesBackAsItWentIn) {
  db_.Run("SELECT honker_stream_publish('t', NULL, 'p'), honker_stream_publish('t', '', '')");
  EXPECT_EQ(Read("'t', 0, 10"),
            db_.Ask("SELECT '[{\"offset\":1,\"topic\":\"t\",\"key\":null,\"payload\":\"p\","
                    "\"created_at\":' || created_at || '},{\"offset\":2,\"topic\":\"t\",\"key\":"
                    "\"\",\"payload\":\"\",\"created_at\":' || created_at || '}]' "
                    "FROM _honker_stream LIMIT 1"));
  const std::string odd = "\"\\\n\x01ö\0😀"s;
  EXPECT_EQ(AskWithText(db_.db(), "SELECT honker_stream_publish(?1, ?2, ?3)", {odd, odd, odd}),
            "3");
  EXPECT_EQ(AskWithText(db_.db(), "SELECT honker_stream_read_since(?1, 0, 1)", {odd}),
            db_.Ask("SELECT '[{\"offset\":3,\"topic\":\"\\\"\\\\\\n\\u0001ö\\u0000😀\",\"key\":"
                    "\"\\\"\\\\\\n\\u0001ö\\u0000😀\",\"payload\":\"\\\"\\\\\\n\\u0001ö\\u0000😀\","
                    "\"created_at\":' || created_at || '}]' FROM _honker_stream LIMIT 1"));
}

TEST_F(Streams, AReaderGetsItsTopicBehindTheOffsetUpToTheLimit) {
  for (const char* payload : {"one", "two", "three"}) {
    (void)Publish("t", payload);
    (void)Publish("other", "x");
  }
  EXPECT_EQ(Payloads("'t', 0, 10"), "1:one 3:two 5:three");
  EXPECT_EQ(Payloads("'t', 0, 2"), "1:one 3:two");
  EXPECT_EQ(Payloads("'t', 3, 10"), "5:three");
  EXPECT_EQ(Payloads("'t', -9223372036854775808, 9223372036854775807"), "1:one 3:two 5:three");
  EXPECT_EQ(Read("'t', 5, 10"), "[]");
  EXPECT_EQ(Read("'t', 0, 0"), "[]");
  EXPECT_EQ(Read("'', 0, 10"), "[]");
  EXPECT_THAT(db_.Try("SELECT honker_stream_read_since('t', 0, -1)"),
              HasSubstr("honker_stream_read_since: argument 3 (limit) must not be negative"));
}

TEST_F(Streams, ARolledBackEventIsGone) {
  db_.Run("BEGIN; SELECT honker_stream_publish('t', NULL, 'p'); ROLLBACK");
  EXPECT_EQ(Read("'t', 0, 10"), "[]");
}

TEST_F(Streams, TriggersMayPublish) {
  db_.Run(
      "CREATE TABLE orders(id INTEGER PRIMARY KEY, what TEXT);"
      "CREATE TRIGGER placed AFTER INSERT ON orders BEGIN "
      "SELECT honker_stream_publish('orders', new.id, new.what); END");
  EXPECT_THAT(db_.Try("INSERT INTO orders VALUES (7, 'tea')"), HasSubstr("argument 2 (key)"));
  db_.Run(
      "DROP TRIGGER placed; CREATE TRIGGER placed AFTER INSERT ON orders BEGIN "
      "SELECT honker_stream_publish('orders', CAST(new.id AS TEXT), new.what); END;"
      "INSERT INTO orders VALUES (7, 'tea')");
  EXPECT_EQ(db_.Ask("SELECT offset, topic, key, payload FROM _honker_stream"), "1|orders|7|tea");
}

TEST_F(Streams, LastInsertRowidIsTheApplications) {
  db_.Run("CREATE TABLE orders(id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (42)");
  (void)Publish("t", "p");
  (void)Save("1");
  EXPECT_EQ(db_.Ask("SELECT last_insert_rowid()"), "42");
}

// A reader that follows the offsets must get to what comes after.
TEST_F(Streams, WhatCannotBeReadIsReportedAndBlocksNobody) {
  db_.Run(
      "INSERT INTO _honker_stream (topic, key, payload, created_at) VALUES "
      "('t', NULL, x'00ff', 1), ('t', 'k', CAST(x'c328' AS TEXT), 1), ('t', x'6b', 'p', 1), "
      "('t', CAST(x'ff' AS TEXT), 'p', 1), ('t', NULL, 'p', 'then'), ('t', NULL, 'good', 1)");
  EXPECT_EQ(Payloads("'t', 0, 10"), "1:null 2:null 3:p 4:p 5:p 6:good");
  EXPECT_EQ(db_.Ask("SELECT group_concat(ifnull(value ->> 'error', '-'), char(10)) FROM "
                    "json_each(honker_stream_read_since('t', 0, 10))"),
            "unreadable: the payload is not text of valid UTF-8\n"
            "unreadable: the payload is not text of valid UTF-8\n"
            "unreadable: the key is not text of valid UTF-8\n"
            "unreadable: the key is not text of valid UTF-8\n"
            "unreadable: created_at is not an integer\n"
            "-");
}

TEST_F(Streams, AnAnswerNeverOutgrowsATextAndAlwaysGetsOn) {
  for (int i = 0; i < 5; ++i) {
    db_.Run("SELECT honker_stream_publish('t', NULL, hex(zeroblob(200)))");
  }
  // As JSON 6,000 characters.
  db_.Run("SELECT honker_stream_publish('t', 'k', replace(hex(zeroblob(500)), '0', char(1)))");
  (void)Publish("t", "end");
  sqlite3_limit(db_.db(), SQLITE_LIMIT_LENGTH, 2500);
  std::string offsets;
  std::string last = "0";
  for (int reads = 0; reads < 10 && last != "7"; ++reads) {
    last = db_.Ask("SELECT max(value ->> 'offset') FROM json_each(honker_stream_read_since('t', " +
                   last + ", 10))");
    offsets += last + " ";
  }
  EXPECT_EQ(last, "7") << offsets;
  EXPECT_THAT(Read("'t', 5, 1"), HasSubstr("longer than SQLite allows"));
}

TEST_F(Streams, ASavedOffsetNeverGoesBack) {
  EXPECT_EQ(Saved(), "0");
  EXPECT_EQ(Save("0"), "1") << "the first one is saved, whatever it is";
  EXPECT_EQ(Save("5"), "1");
  EXPECT_EQ(Saved(), "5");
  EXPECT_EQ(Save("5"), "0");
  EXPECT_EQ(Save("4"), "0");
  EXPECT_EQ(Saved(), "5");
  EXPECT_EQ(Save("9223372036854775807"), "1");
  EXPECT_EQ(Save("6"), "0");
  EXPECT_EQ(Saved(), "9223372036854775807");
  EXPECT_THAT(db_.Try("SELECT honker_stream_save_offset('me', 't', -1)"),
              HasSubstr("argument 3 (offset) must not be negative"));
  EXPECT_EQ(db_.Ask("SELECT honker_stream_get_offset('you', 't'), honker_stream_get_offset('me', "
                    "'u'), count(*) FROM _honker_stream_consumers"),
            "0|0|1");
}

TEST_F(Streams, ASavedOffsetThatIsNoneIsSaidAndCanBeReplaced) {
  for (const char* bad : {"'x'", "1.5", "x'00'"}) {
    db_.Run(std::string("REPLACE INTO _honker_stream_consumers VALUES ('me', 't', ") + bad + ")");
    EXPECT_THAT(db_.Try("SELECT honker_stream_get_offset('me', 't')"),
                HasSubstr("honker_stream_save_offset replaces it"));
    EXPECT_EQ(Save("1"), "1") << bad;
    EXPECT_EQ(Saved(), "1") << bad;
    EXPECT_EQ(Save("1"), "0") << bad;
  }
}

TEST_F(Streams, AMissingTableIsAnErrorThatSaysWhatToDo) {
  db_.Run("DROP TABLE _honker_stream; DROP TABLE _honker_stream_consumers");
  for (const char* call :
       {"publish('t', NULL, 'p')", "read_since('t', 0, 1)", "read_since('t', 0, 0)",
        "save_offset('c', 't', 1)", "get_offset('c', 't')"}) {
    EXPECT_THAT(db_.Try(std::string("SELECT honker_stream_") + call),
                HasSubstr("SELECT honker_bootstrap()"))
        << call;
  }
}

}  // namespace
}  // namespace honker
