// Streams: events that stay, read by any number of consumers, each at its own pace.
//
//   Stream orders(db, "orders");
//   orders.Publish(R"({"id":42})", "customer-7");
//   Subscription subscription = orders.Subscribe("mailer").value();
//   while (...) subscription.Next(10s, stop);
//
// One offset counts over all topics and rises in the order of the commits: who follows it misses
// nothing. A consumer is a name; how far it has come is saved in the database, so that another
// process can go on. Delivery is at least once: events that were handed out but not saved come
// again after a crash.
#ifndef HONKER_STREAM_H_
#define HONKER_STREAM_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "honker/database.h"
#include "honker/result.h"
#include "honker/update_events.h"

namespace honker {

struct Event {
  int64_t offset = 0;
  std::string topic;
  std::optional<std::string> key{};
  std::string payload;
  int64_t created_at = 0;  // seconds since 1970
  // Not empty: the row cannot be read (it was written by hand), and says why.
  std::string error{};

  bool operator==(const Event&) const = default;
};

struct SubscribeOptions {
  int64_t save_every = 100;                       // events
  std::chrono::milliseconds save_interval{1000};  // and at the latest so long after the first
  int64_t batch = 256;                            // read at once
  std::chrono::milliseconds idle_poll{5000};      // the backstop where a wake was lost
};

class Subscription;

class Stream {
 public:
  // Any text is a topic. Nothing is read or written.
  Stream(const Database& db, std::string topic)
      : session_(db.session()), topic_(std::move(topic)) {}

  const std::string& topic() const { return topic_; }

  // The event's offset. Part of the transaction that is going on, if there is one.
  Result<int64_t> Publish(std::string_view payload,
                          std::optional<std::string_view> key = std::nullopt);

  // At most `limit` events with a greater offset, ascending.
  Result<std::vector<Event>> ReadSince(int64_t offset, int64_t limit);

  // How far a consumer has come: 0 where nothing was saved. Saving never goes back: false where the
  // saved offset is as great or greater.
  Result<int64_t> GetOffset(std::string_view consumer);
  Result<bool> SaveOffset(std::string_view consumer, int64_t offset);

  // Goes on behind the saved offset of `consumer`.
  Result<Subscription> Subscribe(std::string consumer, const SubscribeOptions& options = {});

 private:
  friend class Subscription;
  std::shared_ptr<api::Session> session_;
  std::string topic_;
};

// Movable; one thread at a time, the Database's. The destructor saves what is known to be handled:
// all events but the one that was handed out last.
class Subscription {
 public:
  Subscription(Subscription&&) noexcept = default;
  Subscription& operator=(Subscription&&) = delete;
  ~Subscription();

  // The next event; asking for it says that the one before has been handled. nullopt: none came
  // within `timeout`, or `stop` was requested. Beyond that it may take as long as the busy timeout.
  // Saves offsets as the options say, also while it waits.
  //
  // Error kRewound: the database holds fewer events than this subscription has read, an older copy
  // was restored. Told once; it goes on behind the offset that is saved there.
  // Error kWatcherDied: see UpdateEvents::Wait.
  Result<std::optional<Event>> Next(std::chrono::milliseconds timeout,
                                    const std::stop_token& stop = {});

  // All events handed out so far have been handled: saves that now. Inside a transaction it becomes
  // part of it, so that what an event does to the database happens exactly once.
  Status Save();

 private:
  friend class Stream;
  Subscription(Stream stream, std::string consumer, SubscribeOptions options, UpdateEvents events)
      : stream_(std::move(stream)),
        consumer_(std::move(consumer)),
        options_(options),
        events_(std::move(events)) {}

  Status Read();
  void NoteHandled();

  Stream stream_;
  std::string consumer_;
  SubscribeOptions options_;
  UpdateEvents events_;
  std::deque<Event> read_;                         // and not handed out yet
  int64_t position_ = 0;                           // the last offset that was read
  int64_t handed_out_ = 0;                         // the last offset that Next() returned
  int64_t handled_ = 0;                            // the last one that is known to be handled
  int64_t unsaved_ = 0;                            // how many handled ones are not saved
  std::chrono::steady_clock::time_point save_at_;  // while there are some
};

}  // namespace honker

#endif  // HONKER_STREAM_H_
