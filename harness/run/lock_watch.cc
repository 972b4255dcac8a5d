#include "harness/run/lock_watch.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "harness/history/lock_events.h"

namespace harness {

using faults::locks::Believed;
using faults::locks::BookLoss;
using faults::locks::BookReader;

LockWatch::~LockWatch() {
  std::error_code ignored;
  for (const std::string& book : books_) std::filesystem::remove(book, ignored);
}

void LockWatch::Prepare(const std::string& book,
                        std::map<std::string, std::string>& environment) const {
  std::error_code ignored;
  if (!std::filesystem::exists(recorder_, ignored)) return;
  std::string preload = recorder_;
  const auto given = environment.find("LD_PRELOAD");
  const char* inherited = std::getenv("LD_PRELOAD");
  const std::string others = given != environment.end() ? given->second
                             : inherited != nullptr     ? inherited
                                                        : "";
  if (!others.empty()) preload += ":" + others;
  environment["LD_PRELOAD"] = preload;
  environment["FAULT_LOCKS"] = book;
}

void LockWatch::Follow(const std::string& process, pid_t pid, const std::string& book) {
  books_.push_back(book);
  faults::Result<BookReader> reader = BookReader::Open(book);
  if (!reader.ok() || reader.value().pid() != pid) return;
  followed_.emplace(pid, Followed{process, std::move(reader).value(), {}});
}

void LockWatch::Look() {
  for (auto& [pid, followed] : followed_) {
    TellLosses(followed);
    LookAt(followed);
  }
}

void LockWatch::TellLosses(Followed& followed) {
  for (const BookLoss& loss : followed.reader.NewLosses()) {
    Value value = Value::MakeObject(
        {{"process", followed.process}, {"pid", static_cast<int64_t>(followed.reader.pid())}});
    const Value released = ReleasedLocks(loss);
    for (const Value::Member& m : released.members()) value.Set(m.name, m.value);
    record_(loss.t_ns, "lock_lost", std::move(value));
  }
}

void LockWatch::LookAt(Followed& followed) {
  const pid_t pid = followed.reader.pid();
  const faults::locks::LookResult look = followed.reader.Look();
  ++followed.looks;
  followed.judged += look.judged;
  followed.granted = std::max(followed.granted, look.granted);
  followed.left_out = std::max(followed.left_out, look.left_out);
  std::vector<Believed> gone;
  for (const Believed& believed : look.missing) {
    if (followed.told.contains(believed.lock.serial)) continue;
    if (faults::locks::ToldByGetlk(pid, believed)) continue;
    followed.told.insert(believed.lock.serial);
    gone.push_back(believed);
  }
  // A call that took a lock away while this look was on the way is named by the recorder.
  if (!gone.empty()) TellLosses(followed);
  for (const Value& missing : MissingLocks(gone)) {
    Value value =
        Value::MakeObject({{"process", followed.process}, {"pid", static_cast<int64_t>(pid)}});
    for (const Value::Member& m : missing.members()) value.Set(m.name, m.value);
    value.Set("seen", true);
    record_(0, "lock_lost", std::move(value));
  }
}

void LockWatch::Ended(pid_t pid) {
  const auto it = followed_.find(pid);
  if (it == followed_.end()) return;
  Followed& followed = it->second;
  TellLosses(followed);
  record_(0, "locks_looked",
          Value::MakeObject({{"process", followed.process},
                             {"pid", static_cast<int64_t>(pid)},
                             {"looks", followed.looks},
                             {"judged", followed.judged},
                             {"granted", followed.granted},
                             {"left_out", followed.left_out}}));
  followed_.erase(it);
}

}  // namespace harness
