// A database and its file events in virtual time, to try the verified backend's rules against: one
// writer's transactions, each with the moments at which it takes its lock, moves the counter, and
// is over; and the events that the kernel tells of it, or does not.
//
// Two kinds. kFile is a rollback journal mode: the counter moves before the commit is visible,
// confirming it is BUSY while the writer is at it, and a killed writer's value is taken back by the
// next one and used again. kLog is WAL: nothing shows before the commit, and nothing is ever BUSY.
#ifndef CORE_WATCHER_MODEL_DATABASE_H_
#define CORE_WATCHER_MODEL_DATABASE_H_

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/watcher/change_counter.h"

namespace honker::model {

// Microseconds from the start.
using Us = int64_t;

struct Transaction {
  enum End { kCommitted, kRolledBack, kKilled };
  Us begin = 0;    // the lock is taken; the first event
  Us counter = 0;  // the counter moves in the file; another event
  Us end = 0;      // the lock is given up, the last event comes just before
  End ending = kCommitted;
};

struct FileEvent {
  Us told = 0;  // when it can be read
  bool ours = true;
};

class Database : public StampSource {
 public:
  enum Kind { kFile, kLog };
  Database(Kind kind, std::vector<Transaction> transactions)
      : kind_(kind), transactions_(std::move(transactions)) {}

  void SetTime(Us now) { now_ = now; }

  // What can be read without a lock.
  DatabaseStamp Peek() const { return StampOf(Counter()); }

  // Whoever has begun and is not over. A killed writer's lock goes with it.
  bool WriterAtWork() const {
    return std::any_of(transactions_.begin(), transactions_.end(),
                       [&](const Transaction& t) { return t.begin <= now_ && now_ < t.end; });
  }

  Result<ConfirmedStamp> Confirm() override {
    ++confirms_;
    if (kind_ == kFile) {
      if (WriterAtWork()) return Error{SQLITE_BUSY, "locked"};
      if (Hot()) return Error{SQLITE_READONLY_ROLLBACK, "a hot journal"};
    }
    return ConfirmedStamp{Commits(), StampOf(Counter())};
  }
  int confirms() const { return confirms_; }

  // Commits that are visible.
  int Commits() const {
    return static_cast<int>(
        std::count_if(transactions_.begin(), transactions_.end(), [&](const Transaction& t) {
          return t.ending == Transaction::kCommitted && t.end <= now_;
        }));
  }

 private:
  static DatabaseStamp StampOf(int64_t counter) {
    DatabaseStamp stamp;
    std::memcpy(stamp.bytes.data(), &counter, sizeof counter);
    return stamp;
  }

  // The journal of a killed writer is there until the next one begins.
  bool Hot() const {
    const Transaction* last = nullptr;
    for (const Transaction& t : transactions_) {
      if (t.begin <= now_) last = &t;
    }
    return last != nullptr && last->ending == Transaction::kKilled && now_ >= last->end;
  }

  // Each transaction writes the number of commits before it, and one.
  int64_t Counter() const {
    int64_t committed = 0;
    int64_t counter = 0;
    for (const Transaction& t : transactions_) {
      if (t.begin > now_) break;
      counter = committed;
      const bool over = t.end <= now_;
      if (kind_ == kFile && t.counter <= now_ && (!over || t.ending != Transaction::kRolledBack)) {
        counter = committed + 1;
      }
      if (t.ending == Transaction::kCommitted && over) counter = ++committed;
    }
    return counter;
  }

  const Kind kind_;
  const std::vector<Transaction> transactions_;  // one after the other
  Us now_ = 0;
  int confirms_ = 0;
};

}  // namespace honker::model

#endif  // CORE_WATCHER_MODEL_DATABASE_H_
