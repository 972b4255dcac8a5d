// The commit counter of a database in a rollback journal mode: the file change counter in the
// database header, read without a lock, and believed only when SQLite confirms it.
//
// The counter moves in the file before the commit is visible, while the writer still holds its
// lock; and when that writer is killed the next one takes it back and uses the same value again. So
// a value that was only seen says nothing. When it differs from the baseline data_version is asked,
// which takes a SHARED lock for some microseconds: BUSY while the writer is at it. What is read
// under that lock is the new baseline. At most one look a commit can therefore get into a writer's
// way; a look that finds the counter where it was takes no lock at all.
//
// What is compared are the 16 bytes from the change counter on, as SQLite does it itself (section
// "1.3.7" and following of https://www.sqlite.org/fileformat.html).
#ifndef CORE_WATCHER_CHANGE_COUNTER_H_
#define CORE_WATCHER_CHANGE_COUNTER_H_

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/result.h"
#include "core/watcher/backend.h"

namespace honker {

struct DatabaseStamp {
  std::array<uint8_t, 16> bytes{};
  bool operator==(const DatabaseStamp&) const = default;
};

struct ConfirmedStamp {
  int64_t data_version = 0;
  DatabaseStamp stamp;
};

// Where a value is confirmed. An interface, so that the rule below can be tried against a model.
class StampSource {
 public:
  virtual ~StampSource() = default;
  // Both under one SHARED lock. The error keeps SQLite's code.
  virtual Result<ConfirmedStamp> Confirm() = 0;
};

// The rule.
class ChangeCounter {
 public:
  // False while a lock, or a journal that is to be rolled back, is in the way: then the first
  // Check() that gets through is kChanged.
  Result<bool> TakeBaseline(StampSource& source);

  // `seen` was read without a lock. kChanged: there was a commit since the last answer that was
  // not kBusy or kTrouble. kBusy: perhaps one, not visible yet; with a reason where it
  // is a journal that has to be rolled back (hot_journal.h).
  Look Check(const DatabaseStamp& seen, StampSource& source);

 private:
  std::optional<ConfirmedStamp> baseline_;
};

}  // namespace honker

#endif  // CORE_WATCHER_CHANGE_COUNTER_H_
