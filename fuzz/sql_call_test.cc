// Every oracle of sql_call can fail: a function that is broken on purpose takes the place of a good
// one, and the input that calls it must abort with that oracle's name. The same input passes with
// the good function, and with a harmless replacement.
#include "fuzz/sql_call.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace honker::fuzz {
namespace {

using Body = void (*)(sqlite3_context*, int, sqlite3_value**);

Plant Instead(const char* name, int arguments, Body body) {
  return [=](sqlite3* db) {
    sqlite3_create_function(db, name, arguments, SQLITE_UTF8, nullptr, body, nullptr, nullptr);
  };
}

void Do(sqlite3_context* context, const char* sql) {
  sqlite3_exec(sqlite3_context_db_handle(context), sql, nullptr, nullptr, nullptr);
}

void AnswerText(sqlite3_context* context, const char* text) {
  sqlite3_result_text(context, text, -1, SQLITE_STATIC);
}

bool Try(SqlCall& target, const std::string& input) {
  return target.Try(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

// A call without trouble, shape and transaction as given.
std::string InputOf(const std::string& head, const std::string& arguments,
                    const std::string& around = "00000") {
  return head + "\n" + around + std::string(1, '\0') + arguments;
}

const std::string kAck = InputOf("honker_ack/2", "i4s3");
const std::string kAckInBegin = InputOf("honker_ack/2", "i4s3", "01000");
const std::string kClaim = InputOf("honker_claim_batch/4", "s0s3i9iN");
const std::string kGetJob = InputOf("honker_get_job/1", "i4");
const std::string kNext = InputOf("honker_queue_next_claim_at/1", "s0");
const std::string kNotify = InputOf("notify/2", std::string("s0t\x03"
                                                            "a\0b",
                                                            7));

struct Case {
  const char* what;
  Plant plant;
  std::string input;
  const char* oracle;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.what; }

class Broken : public testing::TestWithParam<Case> {};

TEST_P(Broken, IsCaughtByItsOracle) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Case& c = GetParam();
  SqlCall good;
  Try(good, c.input);
  EXPECT_DEATH(
      {
        SqlCall broken(c.plant);
        Try(broken, c.input);
      },
      std::string("fuzz: ") + c.oracle);
}

const Case kCases[] = {
    {"BadJson",
     Instead("honker_claim_batch", 4, [](auto* c, int, auto**) { AnswerText(c, "[{]"); }), kClaim,
     "JSON parses"},
    {"WrongKindOfJson",
     Instead("honker_claim_batch", 4, [](auto* c, int, auto**) { AnswerText(c, "{}"); }), kClaim,
     "JSON is an array"},
    {"LooseJson",
     Instead("honker_claim_batch", 4, [](auto* c, int, auto**) { AnswerText(c, "[ ]"); }), kClaim,
     "JSON is compact"},
    {"MadeUpJob",
     Instead("honker_claim_batch", 4,
             [](auto* c, int, auto**) {
               AnswerText(c, R"([{"id":1,"queue":"a","payload":"other","worker_id":"w1"}])");
             }),
     kClaim, "a claimed job is its row"},
    {"MadeUpLookUp",
     Instead("honker_get_job", 1,
             [](auto* c, int, auto**) {
               AnswerText(c, R"({"id":4,"queue":"b","payload":"other","state":"processing"})");
             }),
     kGetJob, "a job that is looked up is its row"},
    {"ChangesThenFails",
     Instead("honker_ack", 2,
             [](auto* c, int, auto**) {
               Do(c, "DELETE FROM _honker_live WHERE id = 4");
               sqlite3_result_error(c, "honker_ack: too late", -1);
             }),
     kAck, "an error changes nothing"},
    {"ChangesThenFailsInTransaction",
     Instead("honker_ack", 2,
             [](auto* c, int, auto**) {
               Do(c, "UPDATE _honker_live SET attempts = 9 WHERE id = 4");
               sqlite3_result_error(c, "honker_ack: too late", -1);
             }),
     kAckInBegin, "an error changes nothing"},
    {"ChangesTheSchemaThenFails",
     Instead("honker_ack", 2,
             [](auto* c, int, auto**) {
               Do(c, "CREATE TABLE surprise(x)");
               sqlite3_result_error(c, "honker_ack: too late", -1);
             }),
     kAck, "an error changes nothing"},
    {"LeavesATransaction",
     Instead("honker_ack", 2,
             [](auto* c, int, auto**) {
               Do(c, "BEGIN");
               sqlite3_result_int(c, 0);
             }),
     kAck, "no transaction stays open"},
    {"EndsTheCallersTransaction",
     Instead("honker_ack", 2,
             [](auto* c, int, auto**) {
               Do(c, "COMMIT");
               sqlite3_result_int(c, 0);
             }),
     kAckInBegin, "the caller's transaction goes on"},
    {"LeaksAStatement",
     Instead("honker_ack", 2,
             [](auto* c, int, auto**) {
               sqlite3_stmt* leaked = nullptr;
               sqlite3_prepare_v2(sqlite3_context_db_handle(c), "SELECT 1", -1, &leaked, nullptr);
               sqlite3_result_int(c, 0);
             }),
     kAck, "no statement leaks"},
    {"AnswersABlob",
     Instead("honker_ack", 2, [](auto* c, int, auto**) { sqlite3_result_zeroblob(c, 1); }), kAck,
     "the answer is what is promised"},
    {"AnswersTwo", Instead("honker_ack", 2, [](auto* c, int, auto**) { sqlite3_result_int(c, 2); }),
     kAck, "the answer is what is promised"},
    {"CutsTextAtNul",
     Instead("notify", 2,
             [](auto* c, int, auto** values) {
               char* sql = sqlite3_mprintf(
                   "INSERT INTO _honker_notifications(id, channel, payload) VALUES (99, %Q, %Q)",
                   sqlite3_value_text(values[0]), sqlite3_value_text(values[1]));
               Do(c, sql);
               sqlite3_free(sql);
               sqlite3_set_last_insert_rowid(sqlite3_context_db_handle(c), 4711);
               sqlite3_result_int(c, 99);
             }),
     kNotify, "what was stored is what was given"},
    {"ReaderWrites",
     Instead("honker_queue_next_claim_at", 1,
             [](auto* c, int, auto**) {
               Do(c, "UPDATE _honker_live SET priority = priority");
               Do(c, "DELETE FROM _honker_live WHERE id = 1");
               sqlite3_result_int(c, 0);
             }),
     kNext, "what only reads changes nothing"},
    {"MovesTheRowid",
     Instead("honker_ack", 2,
             [](auto* c, int, auto**) {
               Do(c, "INSERT INTO app(v) VALUES (1)");
               sqlite3_result_int(c, 1);
             }),
     kAck, "last_insert_rowid"},
    {"TakesWrongTypes",
     Instead("honker_ack", 2, [](auto* c, int, auto**) { sqlite3_result_int(c, 0); }),
     InputOf("honker_ack/2", "ns3"), "wrong types are refused"},
    {"NamelessMessage",
     Instead("honker_ack", 2, [](auto* c, int, auto**) { sqlite3_result_error(c, "no", -1); }),
     kAck, "a message names the function"},
    {"Misuses",
     Instead("honker_ack", 2,
             [](auto* c, int, auto**) { sqlite3_result_error_code(c, SQLITE_MISUSE); }),
     kAck, "the error is one that can happen"},
    {"BrokenUtf8",
     Instead("honker_unknown", 0, [](auto* c, int, auto**) { AnswerText(c, "\xc3\x28"); }),
     InputOf("honker_unknown/0", ""), "text is valid UTF-8"},
};

INSTANTIATE_TEST_SUITE_P(Planted, Broken, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.what); });

TEST(SqlCall, PassesWhatIsRight) {
  SqlCall target;
  for (const std::string& input : {kAck, kAckInBegin, kClaim, kGetJob, kNext, kNotify}) {
    EXPECT_TRUE(Try(target, input)) << input;
    EXPECT_TRUE(Try(target, input)) << "an input changed what the next one met: " << input;
  }
}

TEST(SqlCall, AnyBytesAreAnInput) {
  SqlCall target;
  for (const std::string& input : {std::string(), std::string("\n"), std::string(300, '\xff')}) {
    Try(target, input);
  }
}

// A function without a seed is hardly fuzzed: make_corpus.py wants a line for it.
TEST(SqlCall, EveryFunctionHasASeed) {
  const SqlCall target;
  std::set<std::string> seeded;
  for (const auto& entry : std::filesystem::directory_iterator(HONKER_CORPUS)) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::string line;
    std::getline(file, line);
    seeded.insert(line);
  }
  for (const Function& function : target.functions()) {
    const std::string line = function.name + "/" + std::to_string(function.arguments);
    EXPECT_TRUE(seeded.contains(line)) << line;
  }
}

}  // namespace
}  // namespace honker::fuzz
