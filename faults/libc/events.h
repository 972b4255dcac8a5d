// What a reader of file events gets: the events that the kernel gave, changed as faults say. Pure;
// inotify.cc brings it events and readers.
//
// The order of the events is kept, also behind one that is delayed; only reorder_events changes it,
// for the event that it takes and the next one.
#ifndef HONKER_FAULTS_LIBC_EVENTS_H_
#define HONKER_FAULTS_LIBC_EVENTS_H_

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "faults/libc/plan.h"

namespace faults::libc {

// What has come of a firing since: for the ledger.
struct EventNote {
  const char* event;  // "released": a firing of a kind that holds events is over, one for each;
                      // "coalesced": one more event became one with a held one
  Firing firing;
};

class EventStream {
 public:
  // One event as the kernel writes it (struct inotify_event and its name), and what fires for it.
  void Take(std::string_view event, const std::vector<Firing>& firings, int64_t now_ms);

  // Whole events for a reader with room for `bytes`: how many bytes they are. 0: none for now. -1:
  // the first one does not fit (a read then is EINVAL, as the kernel has it).
  [[nodiscard]] ssize_t Give(void* buffer, size_t bytes, int64_t now_ms);

  // When Give will have something though nothing is taken before; in the past where it has now.
  // Empty: not before the next Take.
  [[nodiscard]] std::optional<int64_t> NextDueMs() const;

  // What is to be recorded since the last call.
  [[nodiscard]] std::vector<EventNote> TakeNotes();

 private:
  struct Entry {
    std::string bytes;
    int64_t due_ms = 0;               // not before this moment
    std::optional<Firing> held = {};  // why it waits
    bool coalesces = false;
  };
  void Append(Entry entry);
  // Those that were to hold an event and do not (another did, or the event is gone) are over at
  // once.
  void LetGo(const std::vector<Firing>& firings, const std::optional<Firing>& held);

  std::deque<Entry> queue_;         // from the head on, in order
  std::optional<Entry> overtaken_;  // waits for the next event to go first
  std::vector<EventNote> notes_;
};

}  // namespace faults::libc

#endif  // HONKER_FAULTS_LIBC_EVENTS_H_
