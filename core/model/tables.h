// What the tables of a honker hold, as values: what the model keeps, and what is read from a
// database to compare.
#ifndef CORE_MODEL_TABLES_H_
#define CORE_MODEL_TABLES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace honker::model {

struct Job {
  std::string queue = {};
  std::string payload = {};
  bool processing = false;
  int64_t priority = 0;
  int64_t run_at = 0;
  std::optional<std::string> worker = {};
  std::optional<int64_t> claim_expires_at = {};
  int64_t attempts = 0;
  int64_t max_attempts = 0;
  int64_t created_at = 0;
  std::optional<int64_t> expires_at = {};

  bool operator==(const Job&) const = default;
};

struct DeadJob {
  std::string queue = {};
  std::string payload = {};
  int64_t priority = 0;
  int64_t run_at = 0;
  int64_t attempts = 0;
  int64_t max_attempts = 0;
  std::string last_error = {};
  int64_t created_at = 0;
  int64_t died_at = 0;

  bool operator==(const DeadJob&) const = default;
};

struct Lock {
  std::string owner = {};
  int64_t expires_at = 0;

  bool operator==(const Lock&) const = default;
};

struct Schedule {
  std::string queue = {};
  std::string expr = {};
  std::string payload = {};
  int64_t priority = 0;
  std::optional<int64_t> expires_s = {};
  int64_t next_fire_at = 0;
  bool enabled = true;
  int64_t max_attempts = 0;

  bool operator==(const Schedule&) const = default;
};

struct JobResult {
  std::string value = {};
  std::optional<int64_t> expires_at = {};

  bool operator==(const JobResult&) const = default;
};

struct Event {
  std::string topic = {};
  std::optional<std::string> key = {};
  std::string payload = {};
  int64_t created_at = 0;

  bool operator==(const Event&) const = default;
};

struct Notification {
  std::string channel = {};
  std::string payload = {};
  int64_t created_at = 0;

  bool operator==(const Notification&) const = default;
};

struct Tables {
  std::map<int64_t, Job> live;
  std::map<int64_t, DeadJob> dead;
  std::map<std::string, Lock> locks;
  std::map<std::pair<std::string, int64_t>, int64_t> windows;  // (name, start) -> count
  std::map<std::string, Schedule> schedules;
  std::map<int64_t, JobResult> results;
  std::map<int64_t, Event> stream;
  std::map<std::pair<std::string, std::string>, int64_t> offsets;  // (consumer, topic)
  std::map<int64_t, Notification> notifications;

  bool operator==(const Tables&) const = default;
};

// What SPEC.md lets nobody tell apart becomes the same: a job whose claim has ended before `now` is
// as good as a pending one (an implementation may write it down as that at any time), and a lock
// that has run out is as good as none.
Tables Visible(Tables tables, int64_t now);

// The tables whose contents differ, both versions of each; "" where there are none.
std::string Difference(const Tables& expected, const Tables& found);

}  // namespace honker::model

#endif  // CORE_MODEL_TABLES_H_
