// The subscribers of a history: when each began and ceased to listen, its wakes with what their
// re-reads saw, and what await, quiesce and await_death said of it.
//
// A subscriber here is one life of a (process, number) pair, from a `watch` that opened to its end:
// numbers may be used again after `unwatch`, and each life is judged alone. Reads `watch`,
// `unwatch`, `await`, `quiesce`, `await_death`, `commit`, the events `wake`, `dead`, and the
// runner's `kill`, `died`, `fault`.
#ifndef HARNESS_ORACLE_SUBSCRIBERS_H_
#define HARNESS_ORACLE_SUBSCRIBERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/history.h"

namespace harness {

struct Wake {
  size_t op;
  int64_t t_ns;       // when the wait returned
  int64_t begin_ns;   // when the re-read began
  bool read;          // false: the re-read failed (contention, or worse)
  bool news;          // it saw a mark that was neither there at opening nor seen by an earlier wake
  const Value* seen;  // marks, an object; null value where the re-read failed
};

// What one await, quiesce or await_death said of one subscriber.
struct Answer {
  size_t invoke_op;
  size_t end_op;
  int64_t invoke_ns;
  int64_t end_ns;
  std::string_view command;
  std::string_view result;  // seen, quiet, dead, limit, overtrigger
};

enum class Ending { kNone, kUnwatched, kDead, kProcessDied };

struct Subscriber {
  std::string process;
  int64_t number = 0;
  std::string backend;  // polling, kernel, shm, or as it was asked for
  bool lazy = false;    // holds a handle but never waits: says nothing about wakes

  size_t opened_op = 0;   // the ok of its `watch`
  int64_t asked_ns = 0;   // invoke of its `watch`
  int64_t opened_ns = 0;  // end of its `watch`: what is committed from here on must be seen

  // The first thing that ended its listening. A wake may still come until then.
  Ending ending = Ending::kNone;
  size_t ended_op = 0;
  int64_t ended_ns = INT64_MAX;
  // Nobody need wonder about the end: it was told to leave, the runner killed its process, or its
  // watcher met a fault aimed at files before it died.
  bool end_explained = true;

  // Handles of one process and backend whose lives overlap share a watcher; this numbers them.
  size_t watcher = 0;
  // It was opened when that watcher was known to be dead, and not all its handles were closed.
  bool late = false;

  std::optional<size_t> dead_op;  // where its death was first said
  int64_t dead_ns = INT64_MAX;
  int64_t dead_rc = -1;             // what the wait returned
  int64_t released_ns = INT64_MAX;  // handle closed by `unwatch`, or gone with its process

  std::vector<Wake> wakes;      // in the order in which the waits returned
  std::vector<Answer> answers;  // in the order of the calls

  // "watcher:1 subscriber 0"
  std::string Name() const { return process + " subscriber " + std::to_string(number); }
};

// Whether that process still held a handle of a watcher of that backend that was known to be dead:
// a `watch` at that moment is one that comes after the death.
bool DeadIsHeld(const std::vector<Subscriber>& subscribers, const std::string& process,
                const std::string& backend, int64_t t_ns);

// In the order of opening. Points into `history`, which must outlive it.
std::vector<Subscriber> Subscribers(const History& history);

}  // namespace harness

#endif  // HARNESS_ORACLE_SUBSCRIBERS_H_
