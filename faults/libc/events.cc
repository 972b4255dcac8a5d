#include "faults/libc/events.h"

#include <sys/inotify.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace faults::libc {
namespace {

constexpr int64_t kHoldMs = 100;

std::string Overflow() {
  inotify_event event{};
  event.wd = -1;
  event.mask = IN_Q_OVERFLOW;
  return std::string(reinterpret_cast<const char*>(&event), sizeof event);
}

}  // namespace

void EventStream::Append(Entry entry) {
  queue_.push_back(std::move(entry));
  if (!overtaken_.has_value()) return;
  overtaken_->due_ms = 0;
  queue_.push_back(*std::exchange(overtaken_, std::nullopt));
}

void EventStream::LetGo(const std::vector<Firing>& firings, const std::optional<Firing>& held) {
  for (const Firing& firing : firings) {
    const bool holds =
        firing.act == Act::kHold || firing.act == Act::kCoalesce || firing.act == Act::kReorder;
    if (holds && (!held.has_value() || held->fault != firing.fault)) {
      notes_.push_back({"released", firing});
    }
  }
}

void EventStream::Take(std::string_view event, const std::vector<Firing>& firings, int64_t now_ms) {
  for (Entry& waiting : queue_) {
    if (!waiting.coalesces || waiting.bytes != event) continue;
    notes_.push_back({"coalesced", *waiting.held});
    return LetGo(firings, std::nullopt);
  }
  Entry entry{.bytes = std::string(event)};
  int copies = 1;
  bool overtake = false;
  for (const Firing& firing : firings) {
    switch (firing.act) {
      case Act::kDrop:
        return LetGo(firings, std::nullopt);
      case Act::kDouble:
        ++copies;
        break;
      case Act::kReorder:
        // Two that wait for the next would wait for each other.
        if (overtaken_.has_value()) break;
        overtake = true;
        [[fallthrough]];
      case Act::kHold:
      case Act::kCoalesce:
        entry.coalesces = firing.act == Act::kCoalesce;
        entry.due_ms = now_ms + firing.fault->GetInt("for_ms", kHoldMs);
        entry.held = firing;
        break;
      case Act::kOverflow:
        entry = {.bytes = Overflow()};
        overtake = false;
        break;
      default:
        break;
    }
  }
  LetGo(firings, entry.held);
  if (entry.bytes == Overflow() && !queue_.empty() && queue_.back().bytes == entry.bytes) {
    return;  // one says it all
  }
  if (overtake) {
    overtaken_ = std::move(entry);
    return;
  }
  for (int copy = 1; copy < copies; ++copy)
    queue_.push_back({.bytes = entry.bytes, .due_ms = entry.due_ms});
  Append(std::move(entry));
}

ssize_t EventStream::Give(void* buffer, size_t bytes, int64_t now_ms) {
  // Nothing came to overtake it: it goes as it is.
  if (queue_.empty() && overtaken_.has_value() && overtaken_->due_ms <= now_ms) {
    queue_.push_back(*std::exchange(overtaken_, std::nullopt));
  }
  size_t given = 0;
  while (!queue_.empty() && queue_.front().due_ms <= now_ms) {
    Entry& entry = queue_.front();
    if (given + entry.bytes.size() > bytes) return given == 0 ? -1 : static_cast<ssize_t>(given);
    std::memcpy(static_cast<char*>(buffer) + given, entry.bytes.data(), entry.bytes.size());
    given += entry.bytes.size();
    if (entry.held.has_value()) notes_.push_back({"released", *entry.held});
    queue_.pop_front();
  }
  return static_cast<ssize_t>(given);
}

std::optional<int64_t> EventStream::NextDueMs() const {
  if (!queue_.empty()) return queue_.front().due_ms;
  if (overtaken_.has_value()) return overtaken_->due_ms;
  return std::nullopt;
}

std::vector<EventNote> EventStream::TakeNotes() { return std::exchange(notes_, {}); }

}  // namespace faults::libc
