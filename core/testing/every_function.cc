#include "core/testing/every_function.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <regex>
#include <sstream>

namespace honker::testing {
namespace {

// Ids and moments of the clock at 1,800,000,000 (fixed_clock.h). Queue q has, from 1 on: a due job,
// one that is unreadable, one without attempts left, one whose claim has ended, one that has
// expired, one that is held, one that is held for the last time, one that has expired under a claim
// that has ended, one for later. 3 and 7 have died before.
constexpr char kWorld[] = R"sql(
  DELETE FROM _honker_notifications; DELETE FROM _honker_live; DELETE FROM _honker_dead;
  DELETE FROM _honker_locks; DELETE FROM _honker_rate_limits; DELETE FROM _honker_scheduler_tasks;
  DELETE FROM _honker_results; DELETE FROM _honker_stream; DELETE FROM _honker_stream_consumers;
  DELETE FROM sqlite_sequence;
  INSERT INTO _honker_notifications VALUES (1, 'c', 'old', 1799999000);
  INSERT INTO _honker_live (id, queue, payload, state, priority, run_at, worker_id,
                            claim_expires_at, attempts, max_attempts, created_at, expires_at) VALUES
    (1, 'q', 'due',        'pending',    0, 1799999000, NULL, NULL,       0, 3, 1, NULL),
    (2, 'q', x'ff',        'pending',    5, 1799999000, NULL, NULL,       0, 3, 1, NULL),
    (3, 'q', 'spent',      'pending',    0, 1799999000, NULL, NULL,       3, 3, 1, NULL),
    (4, 'q', 'lapsed',     'processing', 9, 1799999000, 'w',  1799999990, 1, 3, 1, NULL),
    (5, 'q', 'expired',    'pending',    0, 1799999000, NULL, NULL,       0, 3, 1, 1799999999),
    (6, 'q', 'held',       'processing', 0, 1799999000, 'w',  1800000000, 1, 3, 1, NULL),
    (7, 'q', 'last',       'processing', 0, 1799999000, 'w',  1800000060, 3, 3, 1, NULL),
    (8, 'q', 'both',       'processing', 0, 1799999000, 'w',  1799999990, 1, 3, 1, 1799999999),
    (9, 'q', 'later',      'pending',    9, 1800000900, NULL, NULL,       0, 3, 1, 1800009000);
  INSERT INTO _honker_dead (id, queue, payload, created_at, died_at) VALUES
    (3, 'q', 'spent', 1, 1), (5, 'q', 'expired', 1, 1), (7, 'q', 'last', 1, 1);
  INSERT INTO _honker_locks VALUES ('held', 'w', 1800000060), ('over', 'w', 1800000000);
  INSERT INTO _honker_rate_limits (name, window_start, count) VALUES
    ('r', 1800000000, 1), ('old', 1799999000, 5), ('old', 1799999900, 5);
  INSERT INTO _honker_scheduler_tasks (name, queue, cron_expr, payload, priority, expires_s,
                                       next_fire_at, enabled, max_attempts) VALUES
    ('s', 'q', '@every 5m', 'p', 0, NULL, 1799999700, 1, 3),
    ('t', 'q', '@every 1h', 'p', 0, 60, 1799990000, 1, 3),
    ('off', 'q', '@every 1h', 'p', 0, 60, 1799990000, 0, 3);
  INSERT INTO _honker_results VALUES (1, 'v', 1, NULL), (2, 'gone', 1, 1800000000);
  INSERT INTO _honker_stream VALUES (1, 't', NULL, 'one', 1), (2, 't', 'k', 'two', 1);
  INSERT INTO _honker_stream_consumers VALUES ('n', 't', 1);
)sql";

const std::map<std::string, std::vector<std::string>>& KnownArguments() {
  static const auto& known = *new std::map<std::string, std::vector<std::string>>{
      {"honker_enqueue", {"'q'", "'p'", "NULL", "5", "0", "3", "60"}},
      {"honker_claim_batch", {"'q'", "'v'", "10", "60"}},
      {"honker_ack", {"6", "'w'"}},
      {"honker_ack_batch", {"'[6,7,77]'", "'w'"}},
      {"honker_retry", {"7", "'w'", "5", "'e'"}},
      {"honker_fail", {"7", "'w'", "'e'"}},
      {"honker_heartbeat", {"6", "'w'", "500"}},
      {"honker_cancel", {"6"}},
      {"honker_get_job", {"6"}},
      {"honker_queue_next_claim_at", {"'q'"}},
      {"honker_sweep_expired", {"'q'"}},
      {"honker_lock_acquire", {"'over'", "'v'", "60"}},
      {"honker_lock_renew", {"'held'", "'w'", "600"}},
      {"honker_lock_release", {"'held'", "'w'"}},
      {"honker_rate_limit_try", {"'r'", "5", "60"}},
      {"honker_rate_limit_sweep", {"50"}},
      {"honker_scheduler_register", {"'new'", "'q'", "'@every 5m'", "'p'", "0", "NULL", "3"}},
      {"honker_scheduler_unregister", {"'s'"}},
      {"honker_scheduler_pause", {"'s'"}},
      {"honker_scheduler_resume", {"'off'"}},
      {"honker_scheduler_update", {"'s'", "'@every 7m'", "'x'", "4", "NULL", "1", "5", "0"}},
      {"honker_scheduler_tick", {"1800000000"}},
      {"honker_cron_next_after", {"'* * * * *'", "1800000000"}},
      {"honker_result_save", {"1", "'w'", "60"}},
      {"honker_result_get", {"1"}},
      {"honker_stream_publish", {"'t'", "'k'", "'p'"}},
      {"honker_stream_read_since", {"'t'", "0", "10"}},
      {"honker_stream_save_offset", {"'n'", "'t'", "2"}},
      {"honker_stream_get_offset", {"'n'", "'t'"}},
      {"honker_update_watcher_open", {"'/nowhere'", "NULL", "1"}},
      {"honker_update_watcher_wait", {"999999", "0"}},
      {"honker_update_watcher_close", {"999999"}},
  };
  return known;
}

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "every function: %s\n", what.c_str());
  std::abort();
}

// Asks with a BLOB, which nothing takes, wherever the type is not known yet: each refusal names a
// parameter and its type.
void AskForParameters(Database& db, SqlFunction& function, size_t count) {
  static const auto& types = *new std::map<std::string, Parameter::Type>{
      {"TEXT", Parameter::kText},
      {"TEXT or NULL", Parameter::kTextOrNull},
      {"an integer", Parameter::kInteger},
      {"an integer or NULL", Parameter::kIntegerOrNull}};
  const std::regex refusal(function.name +
                           R"(: argument (\d+) \((\w+)\) must be ([a-zA-Z ]+), got .*)");
  function.parameters.assign(count, Parameter{});
  std::vector<std::string> arguments(count, "x'00'");
  for (size_t known = 0; known < count; ++known) {
    const std::string message = db.Try("SELECT " + function.Call(arguments));
    std::smatch match;
    if (!std::regex_match(message, match, refusal) || !types.contains(match[3])) {
      Fail(function.Call(arguments) + " is answered with: " + message);
    }
    const size_t index = std::stoul(match[1]) - 1;
    function.parameters.at(index) = {match[2], types.at(match[3])};
    arguments.at(index) = function.parameters[index].TakesText() ? "'x'" : "1";
  }
}

}  // namespace

std::string SqlFunction::Call(const std::vector<std::string>& arguments) const {
  std::string call = name + "(";
  for (const std::string& argument : arguments) call += argument + ", ";
  if (!arguments.empty()) call.resize(call.size() - 2);
  return call + ")";
}

std::vector<SqlFunction> FindFunctions(Database& db) {
  std::istringstream lines(
      db.Ask("SELECT DISTINCT name || ' ' || narg FROM pragma_function_list WHERE name = 'notify' "
             "OR name LIKE 'honker\\_%' ESCAPE '\\' ORDER BY name, narg"));
  std::vector<SqlFunction> functions;
  SqlFunction function;
  size_t count = 0;
  while (lines >> function.name >> count) {
    AskForParameters(db, function, count);
    functions.push_back(function);
  }
  if (functions.empty()) Fail("there is none");
  return functions;
}

std::vector<std::string> GoodArguments(const SqlFunction& function) {
  const auto known = KnownArguments().find(function.name);
  std::vector<std::string> arguments;
  if (known != KnownArguments().end()) arguments = known->second;
  arguments.resize(std::min(arguments.size(), function.parameters.size()));
  while (arguments.size() < function.parameters.size()) {
    arguments.emplace_back(function.parameters[arguments.size()].TakesText() ? "'x'" : "1");
  }
  return arguments;
}

void FillWorld(Database& db) { db.Run("BEGIN;" + std::string(kWorld) + "COMMIT"); }

std::string Dump(Database& db) {
  std::string dump = db.Ask("SELECT type, name, sql FROM main.sqlite_schema");
  std::istringstream tables(
      db.Ask("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND "
             "(name LIKE '\\_honker%' ESCAPE '\\' OR name = 'sqlite_sequence')"));
  for (std::string table; tables >> table;) {
    dump += "\n" + table + "\n" + db.Ask("SELECT * FROM main." + table);
  }
  return dump;
}

}  // namespace honker::testing
