// The listeners of a history, and the notifications that were sent: who listened to which channel
// when, what it was given, and what was said of its silence.
//
// A listener here is one life of a (process, number) pair, from a `listen` that ended ok. Reads
// `listen`, `unlisten`, `notify`, `await_notified`, `await_death`, the events `notified` and
// `listen_ended`, and the runner's `died`. Points into the history, which must outlive all of it.
#ifndef HARNESS_ORACLE_LISTENERS_H_
#define HARNESS_ORACLE_LISTENERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace harness {

struct Notified {
  size_t op;
  int64_t t_ns;
  int64_t id;
  std::string channel;
  std::string payload;
};

struct Listener {
  std::string process;
  int64_t number = 0;
  std::string channel;
  std::string connection;
  size_t opened_op = 0;
  int64_t asked_ns = 0;   // what was over before this is history to it
  int64_t opened_ns = 0;  // what begins after this is due to it
  // Told to leave, ended by itself, or gone with its process, whichever was first.
  int64_t ended_ns = INT64_MAX;
  // It ended by itself, and what it said.
  std::optional<size_t> error_op;
  std::string error;
  std::vector<Notified> given;  // in the order in which it came

  struct Silence {
    size_t op;
    int64_t since_ns;  // the proof began then
  };
  std::vector<Silence> silences;  // answers `quiet`

  // "listener:1 listener 0"
  std::string Name() const { return process + " listener " + std::to_string(number); }
};

// In the order of opening.
std::vector<Listener> Listeners(const History& history);

struct Notify {
  Call call;
  std::string channel;
  std::string payload;
  bool rolled_back;  // its transaction was rolled back: nobody may ever see it
  int64_t id;        // 0 where the reply has none
  int64_t ended_ns;  // or when its process died
};

std::vector<Notify> Notifies(const History& history);

}  // namespace harness

#endif  // HARNESS_ORACLE_LISTENERS_H_
