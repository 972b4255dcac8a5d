#include "honker/stream.h"

#include <utility>

#include "core/api/await.h"
#include "core/api/json.h"
#include "core/api/session.h"

namespace honker {

using api::Clock;
using api::Session;
using api::Sight;

Result<int64_t> Stream::Publish(std::string_view payload, std::optional<std::string_view> key) {
  Statement call(session_->db(), "SELECT honker_stream_publish(?1, ?2, ?3)");
  call.Bind(1, topic_).Bind(3, payload);
  return Session::Int(key ? call.Bind(2, *key) : call.BindNull(2));
}

Result<std::vector<Event>> Stream::ReadSince(int64_t offset, int64_t limit) {
  Statement call(session_->db(), "SELECT honker_stream_read_since(?1, ?2, ?3)");
  const Result<std::string> json =
      Session::Text(call.Bind(1, topic_).Bind(2, offset).Bind(3, limit));
  if (!json.ok()) return json.error();
  return api::ParseEvents(json.value(), topic_);
}

Result<int64_t> Stream::GetOffset(std::string_view consumer) {
  Statement call(session_->db(), "SELECT honker_stream_get_offset(?1, ?2)");
  return Session::Int(call.Bind(1, consumer).Bind(2, topic_));
}

Result<bool> Stream::SaveOffset(std::string_view consumer, int64_t offset) {
  Statement call(session_->db(), "SELECT honker_stream_save_offset(?1, ?2, ?3)");
  return Session::IsOne(call.Bind(1, consumer).Bind(2, topic_).Bind(3, offset));
}

Result<Subscription> Stream::Subscribe(std::string consumer, const SubscribeOptions& options) {
  if (options.batch <= 0) return Error{SQLITE_MISUSE, "batch must be greater than 0"};
  Result<UpdateEvents> events = Database(session_).WatchUpdates();
  if (!events.ok()) return events.error();
  const Result<int64_t> saved = GetOffset(consumer);
  if (!saved.ok()) return saved.error();
  Subscription subscription(*this, std::move(consumer), options, std::move(events).value());
  subscription.position_ = saved.value();
  subscription.handed_out_ = saved.value();
  subscription.handled_ = saved.value();
  return subscription;
}

Subscription::~Subscription() {
  if (stream_.session_ != nullptr && unsaved_ > 0) (void)stream_.SaveOffset(consumer_, handled_);
}

Status Subscription::Save() {
  if (handed_out_ > handled_) {
    handled_ = handed_out_;
    ++unsaved_;
  }
  if (unsaved_ == 0) return Ok();
  const Result<bool> saved = stream_.SaveOffset(consumer_, handled_);
  if (!saved.ok()) return saved.error();
  unsaved_ = 0;
  return Ok();
}

// What was handed out before this call of Next() has been handled.
void Subscription::NoteHandled() {
  if (handed_out_ <= handled_) return;
  handled_ = handed_out_;
  if (++unsaved_ == 1) save_at_ = api::DeadlineAfter(options_.save_interval);
}

Status Subscription::Read() {
  Result<std::vector<Event>> events = stream_.ReadSince(position_, options_.batch);
  if (!events.ok()) return events.error();
  for (Event& event : events.value()) read_.push_back(std::move(event));
  if (!read_.empty()) {
    position_ = read_.back().offset;
    return Ok();
  }
  Statement newest(stream_.session_->db(),
                   "SELECT coalesce((SELECT seq FROM main.sqlite_sequence "
                   "WHERE name = '_honker_stream'), 0)");
  const Result<int64_t> last = Session::Int(newest);
  if (!last.ok()) return last.error();
  if (last.value() >= position_) return Ok();
  const Result<int64_t> saved = stream_.GetOffset(consumer_);
  if (!saved.ok()) return saved.error();
  const int64_t before = position_;
  position_ = handed_out_ = handled_ = std::min(saved.value(), last.value());
  unsaved_ = 0;
  return Error{kRewound, "the newest event is " + std::to_string(last.value()) +
                             ", this subscription has read " + std::to_string(before) +
                             ": an older copy of the database was restored"};
}

Result<std::optional<Event>> Subscription::Next(std::chrono::milliseconds timeout,
                                                const std::stop_token& stop) {
  NoteHandled();
  const auto look = [this](api::Occasion) -> Result<Sight<Event>> {
    if (unsaved_ > 0 && (unsaved_ >= options_.save_every || Clock::now() >= save_at_)) {
      Status saved = Save();
      if (!saved.ok()) return saved.error();
    }
    if (read_.empty()) {
      Status read = Read();
      if (!read.ok()) return read.error();
    }
    Sight<Event> sight;
    if (!read_.empty()) {
      sight.value = std::move(read_.front());
      read_.pop_front();
      handed_out_ = sight.value->offset;
    } else if (unsaved_ > 0) {
      sight.look_again = save_at_;
    }
    return sight;
  };
  return api::Await<Event>(*stream_.session_, events_, timeout, stop, options_.idle_poll, look);
}

}  // namespace honker
