// A connection whose schema is replaced or thrown away between two calls of ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::Database;
using ::testing::HasSubstr;
using testing::Scratch;

constexpr char kJob[] = "SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL)";
constexpr char kClaim[] = "honker_claim_batch('q', 'w', 1, 60)";

class SchemaReset : public ::testing::Test {
 protected:
  SchemaReset() {
    db_.Run(
        "SELECT honker_bootstrap(); CREATE TABLE other(a); CREATE TABLE fires(a);"
        "CREATE TRIGGER firing AFTER INSERT ON fires BEGIN INSERT INTO other SELECT " +
        std::string(kClaim) + "; END");
    ExpectClaims();
  }
  std::vector<unsigned char> Image() {
    sqlite3_int64 size = 0;
    unsigned char* image = sqlite3_serialize(db_.db(), "main", &size, 0);
    std::vector<unsigned char> bytes(image, image + size);
    sqlite3_free(image);
    return bytes;
  }
  void Deserialize() {
    const std::vector<unsigned char> bytes = Image();
    const auto size = static_cast<sqlite3_int64>(bytes.size());
    auto* image = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size()));
    std::copy(bytes.begin(), bytes.end(), image);
    ASSERT_EQ(sqlite3_deserialize(db_.db(), "main", image, size, size,
                                  SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE),
              SQLITE_OK);
  }
  void ExpectClaims() {
    db_.Run(kJob);
    EXPECT_THAT(db_.Ask(std::string("SELECT ") + kClaim), HasSubstr("\"payload\":\"p\""));
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db")};
};

TEST_F(SchemaReset, ByDeserialize) {
  for (int i = 0; i < 5; ++i) {
    Deserialize();
    ExpectClaims();
    ExpectClaims();
  }
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

// The first call afterwards, where the caller opens its own table only after the call.
TEST_F(SchemaReset, ByDeserializeBeforeAWritingStatement) {
  for (const char* before : {"INSERT INTO other SELECT ", "INSERT INTO other VALUES (("}) {
    Deserialize();
    db_.Run(kJob);
    const std::string after = std::string(before).back() == '(' ? "))" : "";
    EXPECT_THAT(db_.Ask(before + (kClaim + after) + " RETURNING a"), HasSubstr("\"payload\""));
  }
  Deserialize();
  db_.Run(kJob);
  db_.Run("DELETE FROM other; INSERT INTO fires VALUES (1)");
  EXPECT_THAT(db_.Ask("SELECT a FROM other"), HasSubstr("\"payload\""));
}

TEST_F(SchemaReset, ByDeserializeKeepsAllOrNothing) {
  Deserialize();
  db_.Run(
      "INSERT INTO _honker_live (id, queue, payload, max_attempts) VALUES (101, 'f', 'one', 3), "
      "(102, 'f', 'two', 3);"
      "CREATE TRIGGER boom BEFORE UPDATE ON _honker_live WHEN old.payload = 'two' "
      "BEGIN SELECT RAISE(ABORT, 'boom'); END");
  for (const bool in_transaction : {false, true}) {
    if (in_transaction) db_.Run("BEGIN; INSERT INTO other VALUES ('mine')");
    EXPECT_THAT(db_.Try("SELECT honker_claim_batch('f', 'w', 10, 60)"), HasSubstr("boom"));
    EXPECT_EQ(db_.AskInt("SELECT count(*) FROM _honker_live WHERE queue = 'f' AND attempts > 0"),
              0);
    if (in_transaction) db_.Run("COMMIT");
  }
  EXPECT_EQ(db_.Ask("SELECT a FROM other WHERE a = 'mine'"), "mine");
  ExpectClaims();
}

// An application that puts its own buffer back: neither the address nor the size tells.
TEST_F(SchemaReset, ByDeserializeOfTheSameBuffer) {
  const std::vector<unsigned char> image = Image();
  std::vector<unsigned char> buffer = image;
  const auto size = static_cast<sqlite3_int64>(buffer.size());
  for (int i = 0; i < 5; ++i) {
    std::copy(image.begin(), image.end(), buffer.begin());
    ASSERT_EQ(sqlite3_deserialize(db_.db(), "main", buffer.data(), size, size, 0), SQLITE_OK);
    ExpectClaims();
  }
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

// A statement kept from before would find the same version of the schema, and read the pages of
// another table.
TEST_F(SchemaReset, ByDeserializeOfAnotherLayout) {
  const int64_t version = db_.AskInt("PRAGMA schema_version");
  Database other(scratch_.Path("b.db"));
  other.Run("CREATE TABLE first(a); CREATE TABLE second(a); CREATE INDEX third ON first(a)");
  other.Run("SELECT honker_bootstrap(); PRAGMA schema_version = " + std::to_string(version));
  ASSERT_NE(other.Ask("SELECT rootpage FROM sqlite_schema WHERE name = '_honker_live'"),
            db_.Ask("SELECT rootpage FROM sqlite_schema WHERE name = '_honker_live'"));
  sqlite3_int64 size = 0;
  unsigned char* image = sqlite3_serialize(other.db(), "main", &size, 0);
  ASSERT_EQ(sqlite3_deserialize(db_.db(), "main", image, size, size,
                                SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE),
            SQLITE_OK);
  ExpectClaims();
  EXPECT_EQ(db_.Ask("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

TEST_F(SchemaReset, ByDeserializeRightBeforeTheEnd) {
  Deserialize();
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

TEST_F(SchemaReset, LeavesNoTableForEachCall) {
  Deserialize();
  for (int i = 0; i < 1000; ++i) ExpectClaims();  // the database grows, and its bytes move
  const std::string modules = db_.Ask("PRAGMA module_list");
  int tables = 0;
  for (size_t at = 0; (at = modules.find("_honker_atomic", at)) != std::string::npos; ++at)
    ++tables;
  EXPECT_LT(tables, 20);
}

// What makes SQLite load the schema anew, into the object it has.
TEST_F(SchemaReset, ByEverythingElse) {
  const std::string other_path = scratch_.Path("b.db");
  for (const std::string& sql :
       {std::string("VACUUM"), "ATTACH '" + other_path + "' AS b; CREATE TABLE b.t(a)",
        std::string("DETACH b"), std::string("PRAGMA writable_schema = RESET"),
        std::string("BEGIN; CREATE TABLE t(a); ROLLBACK"), std::string("PRAGMA temp_store = 2")}) {
    SCOPED_TRACE(sql);
    db_.Run(sql);
    ExpectClaims();
  }
  {
    Database second(scratch_.Path("a.db"), Database::kPlain);
    second.Run("CREATE TABLE by_another(a)");
  }
  ExpectClaims();

  ASSERT_EQ(sqlite3_db_config(db_.db(), SQLITE_DBCONFIG_RESET_DATABASE, 1, nullptr), SQLITE_OK);
  db_.Run("VACUUM");
  ASSERT_EQ(sqlite3_db_config(db_.db(), SQLITE_DBCONFIG_RESET_DATABASE, 0, nullptr), SQLITE_OK);
  db_.Run("SELECT honker_bootstrap()");
  ExpectClaims();
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

TEST_F(SchemaReset, LoadingAgainAfterwardsIsFine) {
  Deserialize();
  EXPECT_EQ(testing::LoadExtension(db_.db()), "");
  ExpectClaims();
}

TEST_F(SchemaReset, DroppedModulesAreSaid) {
  ASSERT_EQ(sqlite3_drop_modules(db_.db(), nullptr), SQLITE_OK);
  EXPECT_THAT(db_.Try(std::string("SELECT ") + kClaim), HasSubstr("load it again"));
  EXPECT_EQ(testing::LoadExtension(db_.db()), "");
  ExpectClaims();
}

}  // namespace
}  // namespace honker
