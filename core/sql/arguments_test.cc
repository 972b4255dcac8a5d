// Every argument of every function refuses what it must, in one form of words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::Database;
using ::testing::HasSubstr;
using testing::Scratch;

struct Parameter {
  const char* name;
  char kind;  // t text, T text or NULL, i integer, I integer or NULL
  const char* good;
};

struct Signature {
  const char* function;
  std::vector<Parameter> parameters;
};

// Text bytes and names are what an application reads in a log: they are part of the surface.
const std::vector<Signature>& Signatures() {
  static const std::vector<Signature> all = {
      {"notify", {{"channel", 't', "'c'"}, {"payload", 't', "'p'"}}},
      {"honker_enqueue",
       {{"queue", 't', "'q'"},
        {"payload", 't', "'p'"},
        {"run_at", 'I', "NULL"},
        {"delay", 'I', "NULL"},
        {"priority", 'i', "0"},
        {"max_attempts", 'i', "3"},
        {"expires", 'I', "NULL"}}},
      {"honker_claim_batch",
       {{"queue", 't', "'q'"}, {"worker", 't', "'w'"}, {"n", 'i', "1"}, {"timeout_s", 'i', "5"}}},
      {"honker_ack", {{"id", 'i', "1"}, {"worker", 't', "'w'"}}},
      {"honker_queue_next_claim_at", {{"queue", 't', "'q'"}}},
      {"honker_ack_batch", {{"ids_json", 't', "'[1]'"}, {"worker", 't', "'w'"}}},
      {"honker_retry",
       {{"id", 'i', "1"}, {"worker", 't', "'w'"}, {"delay_s", 'i', "5"}, {"error", 't', "'e'"}}},
      {"honker_fail", {{"id", 'i', "1"}, {"worker", 't', "'w'"}, {"error", 't', "'e'"}}},
      {"honker_heartbeat", {{"id", 'i', "1"}, {"worker", 't', "'w'"}, {"extend_s", 'i', "5"}}},
      {"honker_cancel", {{"id", 'i', "1"}}},
      {"honker_get_job", {{"id", 'i', "1"}}},
      {"honker_sweep_expired", {{"queue", 't', "'q'"}}},
      {"honker_lock_acquire", {{"name", 't', "'l'"}, {"owner", 't', "'o'"}, {"ttl_s", 'i', "5"}}},
      {"honker_lock_renew", {{"name", 't', "'l'"}, {"owner", 't', "'o'"}, {"ttl_s", 'i', "5"}}},
      {"honker_lock_release", {{"name", 't', "'l'"}, {"owner", 't', "'o'"}}},
      {"honker_rate_limit_try", {{"name", 't', "'r'"}, {"limit", 'i', "1"}, {"per", 'i', "5"}}},
      {"honker_rate_limit_sweep", {{"older_than_s", 'i', "5"}}},
      {"honker_result_save", {{"job_id", 'i', "1"}, {"value", 't', "'v'"}, {"ttl_s", 'i', "5"}}},
      {"honker_result_get", {{"job_id", 'i', "1"}}},
      {"honker_update_watcher_open",
       {{"path", 't', "'/nowhere'"}, {"backend", 'T', "NULL"}, {"poll_ms", 'I', "1"}}},
      {"honker_update_watcher_wait", {{"handle", 'i', "999999"}, {"timeout_ms", 'i', "0"}}},
      {"honker_update_watcher_close", {{"handle", 'i', "999999"}}},
  };
  return all;
}

std::string CallWith(const Signature& signature, size_t index, const std::string& value) {
  std::string sql = std::string("SELECT ") + signature.function + "(";
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    sql += (i > 0 ? ", " : "") + (i == index ? value : std::string(signature.parameters[i].good));
  }
  return sql + ")";
}

struct Wrong {
  const char* value;
  const char* got;
  const char* kinds;  // the kinds that must refuse it
};

constexpr Wrong kWrong[] = {
    {"NULL", "got NULL", "ti"},
    {"x'41'", "got BLOB of 1 bytes", "tTiI"},
    {"5", "got INTEGER 5", "tT"},
    {"5.0", "got REAL 5", "tT"},
    {"1.5", "got REAL 1.5", "tTiI"},
    {"9223372036854775808", "got REAL 9.2233720368547758e+18", "iI"},
    {"9e999", "got REAL inf", "iI"},
    {"-9e999", "got REAL -inf", "iI"},
    {"'5'", "got TEXT of 1 bytes", "iI"},
    {"CAST(x'61ff' AS TEXT)", "got TEXT that is not valid UTF-8 at byte 2", "tT"},
    {"CAST(x'eda080' AS TEXT)", "got TEXT that is not valid UTF-8 at byte 1", "tT"},
};

TEST(Arguments, EveryFunctionRefusesEveryWrongType) {
  Scratch scratch;
  Database db(scratch.Path("a.db"));
  db.Run("SELECT honker_bootstrap()");
  for (const Signature& signature : Signatures()) {
    for (size_t i = 0; i < signature.parameters.size(); ++i) {
      const Parameter& parameter = signature.parameters[i];
      for (const Wrong& wrong : kWrong) {
        if (std::string(wrong.kinds).find(parameter.kind) == std::string::npos) continue;
        const std::string sql = CallWith(signature, i, wrong.value);
        const std::string expected = std::string(signature.function) + ": argument " +
                                     std::to_string(i + 1) + " (" + parameter.name + ") must be ";
        const std::string message = db.Try(sql);
        EXPECT_EQ(message.rfind(expected, 0), 0U) << sql << ": " << message;
        EXPECT_THAT(message, HasSubstr(wrong.got)) << sql;
      }
    }
  }
  EXPECT_EQ(db.AskInt("SELECT count(*) FROM _honker_live"), 0);
  EXPECT_EQ(db.AskInt("SELECT count(*) FROM _honker_notifications"), 0);
}

TEST(Arguments, WholeRealsAreIntegers) {
  Scratch scratch;
  Database db(scratch.Path("a.db"));
  db.Run("SELECT honker_bootstrap()");
  EXPECT_EQ(db.Ask("SELECT honker_enqueue('q', 'p', 1000.0, NULL, -2.0, 3.0, NULL)"), "1");
  EXPECT_EQ(db.Ask("SELECT typeof(run_at), run_at, typeof(priority), priority FROM _honker_live"),
            "integer|1000|integer|-2");
  // The least 64-bit integer is a REAL of its own; the greatest is not.
  EXPECT_EQ(db.Try("SELECT honker_enqueue('q', 'p', -9223372036854775808.0, NULL, 0, 3, NULL)"),
            "");
  EXPECT_EQ(db.Ask("SELECT honker_ack(-0.0, 'w')"), "0");
}

TEST(Arguments, CountsAreFixed) {
  Scratch scratch;
  Database db(scratch.Path("a.db"));
  for (const Signature& signature : Signatures()) {
    std::string more = CallWith(signature, 99, "");
    more.insert(more.size() - 1, ", 1");
    EXPECT_THAT(db.Try(more), HasSubstr("wrong number of arguments")) << more;
    EXPECT_THAT(db.Try(std::string("SELECT ") + signature.function + "()"),
                HasSubstr("wrong number of arguments"));
  }
}

TEST(Arguments, SumsOutside64BitsNameTheArgument) {
  Scratch scratch;
  Database db(scratch.Path("a.db"));
  db.Run("SELECT honker_bootstrap()");
  constexpr char kMost[] = "9223372036854775807";
  const std::string delay =
      db.Try(std::string("SELECT honker_enqueue('q','p',NULL,") + kMost + ",0,3,NULL)");
  EXPECT_THAT(delay, HasSubstr("honker_enqueue: argument 4 (delay) is out of range"));
  const std::string expires =
      db.Try(std::string("SELECT honker_enqueue('q','p',NULL,NULL,0,3,") + kMost + ")");
  EXPECT_THAT(expires, HasSubstr("honker_enqueue: argument 7 (expires) is out of range"));
  db.Run("SELECT honker_enqueue('q','p',NULL,NULL,0,3,NULL)");
  const std::string lease =
      db.Try(std::string("SELECT honker_claim_batch('q','w',1,") + kMost + ")");
  EXPECT_THAT(lease, HasSubstr("honker_claim_batch: argument 4 (timeout_s) is out of range"));
  EXPECT_EQ(db.Ask("SELECT count(*), max(attempts) FROM _honker_live"), "1|0");
}

}  // namespace
}  // namespace honker
