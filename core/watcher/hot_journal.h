// When a journal is believed to be one that a crashed writer left.
//
// A connection that may not write answers SQLITE_READONLY_ROLLBACK to a hot journal. It also does
// so for a moment when a writer is just done: SQLite saw the journal, then no RESERVED lock, and in
// between the writer had deleted the one and given up the other (see hasHotJournal() in pager.c).
// So it is "busy" at first, and trouble only when it is still there after a while.
#ifndef CORE_WATCHER_HOT_JOURNAL_H_
#define CORE_WATCHER_HOT_JOURNAL_H_

#include <chrono>
#include <optional>

#include "core/watcher/backend.h"

namespace honker {

class HotJournal {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // What a look came to, where a kBusy with a reason stands for a hot journal.
  Look Judge(Look look, Time now) {
    if (look.kind != Look::kBusy || look.reason.empty()) {
      met_.reset();
      return look;
    }
    if (!met_) met_ = now;
    if (now - *met_ < kIsBelieved) return Look::Busy();
    return Look::Trouble(std::move(look.reason));
  }

 private:
  static constexpr std::chrono::milliseconds kIsBelieved{100};
  std::optional<Time> met_;
};

}  // namespace honker

#endif  // CORE_WATCHER_HOT_JOURNAL_H_
