#include "core/watcher/shared_watcher.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "core/base/stderr_line.h"
#include "core/base/system_error.h"
#include "core/fault_points.h"
#include "core/sites.h"
#include "core/watcher/file_stamp.h"
#include "core/watcher/own_connection.h"
#include "core/watcher/planted_bugs.h"

namespace honker {
namespace {

using std::chrono::milliseconds;

// The dead-man's switch, and how often a database that cannot be read is tried.
constexpr milliseconds kIdentityInterval{100};
// A missing file is given one more look: unlink and recreate is two steps.
constexpr int kMissesBeforeDeath = 2;
// What kills a backend may be the first step of a replacement: a swap takes -shm away before it
// brings the new database. So the identity of the database gets two looks to say the whole truth
// first.
constexpr int kLooksBeforeBackendDeath = 2;
// After that long without a look that succeeds, the delay is said.
constexpr milliseconds kBusyIsSaid{5000};
// Whatever happens, a watcher does not fill a log.
constexpr int kMostLines = 16;
// An interval longer than this is as good as this.
constexpr uint64_t kLongestIntervalMs = 24ULL * 60 * 60 * 1000;

// Sleeps until `deadline` or until one of the descriptors has something; returns at once when late.
void Sleep(pollfd* descriptors, nfds_t count, std::chrono::steady_clock::time_point deadline) {
  const auto left = std::max(deadline - std::chrono::steady_clock::now(),
                             std::chrono::steady_clock::duration::zero());
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
  const timespec timeout{static_cast<time_t>(ns / 1'000'000'000),
                         static_cast<long>(ns % 1'000'000'000)};
  for (nfds_t i = 0; i < count; ++i) descriptors[i].revents = 0;
  // EINTR (a debugger, stop and continue) is an early return like any other.
  if (ppoll(descriptors, count, &timeout, nullptr) < 0) {
    for (nfds_t i = 0; i < count; ++i) descriptors[i].revents = 0;
  }
}

// In WAL what is committed through another name of the file goes into the -wal beside that name,
// and no backend would ever see it here. Asked of the file itself: to read the database through
// this name would make a second -wal. In the rollback modes a commit is in the file.
Status RefuseOtherNames(const std::string& path, const FileSight& sight) {
  if (sight.kind != FileSight::kFound || sight.names < 2) return Ok();
  auto opened = OwnConnection::Open(path, OwnConnection::kReadOnly);
  if (!opened.ok()) return Ok();  // the backend says why
  const Result<DatabaseHeader> header = ReadDatabaseHeader(opened.value()->db());
  if (!header.ok() || !header.value().wal) return Ok();
  return Error{1, "the file has " + std::to_string(sight.names) +
                      " names (hard links), and in WAL mode commits through another one are not "
                      "seen through this one; remove the others, or make them symbolic links"};
}

}  // namespace

SharedWatcher::~SharedWatcher() {
  Stop();
  if (control_fd_ >= 0) close(control_fd_);
}

Status SharedWatcher::Start() {
  const std::lock_guard<std::mutex> lock(start_mutex_);
  if (!started_) {
    started_ = true;
    start_status_ = TakeBaseline();
    if (start_status_.ok()) start_status_ = StartThread();
  }
  return start_status_;
}

// The identity and the backend's baseline have to be those of one and the same file, or a
// replacement between the two would never be noticed: the file under the path is looked at before
// and after, and the connection says whether it has that file.
Status SharedWatcher::TakeBaseline() {
  constexpr int kAttempts = 20;
  for (int i = 0; i < kAttempts; ++i) {
    const FileSight before = See(path_);
    const Status one_name = RefuseOtherNames(path_, before);
    Result<std::unique_ptr<Backend>> backend =
        one_name.ok() ? OpenBackend(kind_, path_) : one_name.error();
    const FileSight after = See(path_);
    const bool steady = before.kind == FileSight::kFound && after.kind == FileSight::kFound &&
                        before.identity == after.identity;
    if (!backend.ok()) {
      if (steady)
        return Error{backend.error().code, "cannot watch the database: " + backend.error().message +
                                               ": \"" + path_ + "\""};
      continue;
    }
    if (steady && backend.value()->SeesPath()) {
      identity_ = after.identity;
      backend_ = std::move(backend).value();
      return Ok();
    }
    backend.value()->Abandon();
  }
  return Error{
      1, "cannot watch the database: the file is being replaced again and again, or is gone: \"" +
             path_ + "\""};
}

Status SharedWatcher::StartThread() {
  control_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (control_fd_ < 0) return Error{1, SystemErrorText("cannot make an eventfd", errno)};
  // The thread inherits the mask: no signal of the application is ever handled in it.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  Status status = Ok();
  const char* const name = backend_->thread_name();  // afterwards the backend is the thread's
  try {
    thread_ = std::thread([this] { Run(); });
    pthread_setname_np(thread_.native_handle(), name);
  } catch (const std::system_error& error) {
    status = Error{1, std::string("cannot start the watcher's thread: ") + error.what()};
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return status;
}

void SharedWatcher::Stop() {
  stop_ = true;
  Signal();
  if (thread_.joinable()) thread_.join();
}

void SharedWatcher::Signal() {
  const uint64_t one = 1;
  // Full means that a signal is on its way already.
  if (control_fd_ >= 0) (void)!write(control_fd_, &one, sizeof one);
}

Result<std::shared_ptr<Subscriber>> SharedWatcher::Subscribe(uint64_t interval_ms,
                                                             const std::string& name) {
  auto subscriber = std::make_shared<Subscriber>(std::min(interval_ms, kLongestIntervalMs));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!death_.empty()) return Error{1, death_};
    subscribers_.push_back(subscriber);
  }
  if (!name.empty()) names_.Add(name, subscriber);
  Signal();  // the interval may be shorter now
  return subscriber;
}

void SharedWatcher::Unsubscribe(const std::shared_ptr<Subscriber>& subscriber) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::erase(subscribers_, subscriber);
  names_.Remove(subscriber);
}

std::string SharedWatcher::Death() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return death_;
}

SharedWatcher::Clock::duration SharedWatcher::Interval() {
  const std::lock_guard<std::mutex> lock(mutex_);
  uint64_t shortest = kLongestIntervalMs;
  for (const auto& subscriber : subscribers_) {
    shortest = std::min(shortest, subscriber->interval_ms());
  }
  return milliseconds(shortest);
}

void SharedWatcher::WakeAll() {
  if (HONKER_MUTANT("miss_wake") && ++wakes_ % 3 == 0) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& subscriber : subscribers_) subscriber->Wake();
}

// Subscribers first: printing may take a moment where nobody reads stderr.
void SharedWatcher::Die(const std::string& sentence) {
  HONKER_MOMENT("death.noticed");
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    death_ = sentence;
    for (const auto& subscriber : subscribers_) subscriber->End();
  }
  WriteStderrLine(sentence);
}

void SharedWatcher::Run() {
  try {
    Watch();
  } catch (const std::exception&) {  // out of memory: the host is not to end for it
    const std::lock_guard<std::mutex> lock(mutex_);
    death_ = "out of memory";  // short enough to need none
    for (const auto& subscriber : subscribers_) subscriber->End();
  }
}

// A doomed backend is not looked at any more, nor are its events; one in trouble is looked at when
// the pause is over, whatever its descriptor says.
Attention SharedWatcher::Attends() const {
  if (!doom_.empty()) return {};
  if (in_trouble_) return {.interval = true};
  return backend_->attention();
}

void SharedWatcher::Watch() {
  pollfd descriptors[2] = {{control_fd_, POLLIN, 0}, {-1, POLLIN, 0}};
  if (HONKER_MUTANT("late_baseline")) {
    std::this_thread::sleep_for(milliseconds(50));
    (void)backend_->Check();
    identity_ = See(path_).identity;
  }
  backend_->EnterThread();
  Clock::duration interval = Interval();
  Clock::time_point next_look = Clock::now() + interval;
  Clock::time_point next_identity = Clock::now() + kIdentityInterval;
  bool alive = true;
  while (alive && !stop_) {
    const Attention attention = Attends();
    const bool listens = attention.events && Clock::now() >= attention.events_from;
    descriptors[1].fd = listens ? backend_->event_fd() : -1;  // -1: ignored
    const Clock::time_point moment = attention.interval ? next_look : attention.moment;
    Clock::time_point until = std::min(moment, next_identity);
    if (attention.events && !listens) until = std::min(until, attention.events_from);
    Sleep(descriptors, 2, until);
    if (stop_) break;
    const Clock::time_point now = Clock::now();
    if ((descriptors[0].revents & POLLIN) != 0) {
      uint64_t count = 0;
      (void)!read(control_fd_, &count, sizeof count);
      interval = Interval();
      next_look = std::min(next_look, now + interval);
    }
    const bool due = descriptors[1].revents != 0 || now >= moment ||
                     (attention.identity && now >= next_identity);
    if (due && doom_.empty()) {
      LookOnce();
      // Absolute, so that the time a look takes does not add up; never twice without a pause, which
      // would starve a writer in a rollback journal mode.
      const Clock::duration pause =
          in_trouble_ ? std::max<Clock::duration>(interval, kIdentityInterval) : interval;
      next_look += pause;
      if (next_look <= now || in_trouble_) next_look = now + pause;
    }
    if (now >= next_identity) {
      alive = IdentityIsTheSame() && !DoomIsDue();
      if (alive && !HONKER_MUTANT("never_die")) {
        for (const std::string& sentence : names_.Look(identity_)) WriteStderrLine(sentence);
      }
      next_identity = now + kIdentityInterval;
    }
  }
  if (!alive) backend_->Abandon();
  backend_.reset();
}

void SharedWatcher::LookOnce() {
  if (HONKER_MUTANT("close_shm")) planted::CloseADescriptor(path_);
  HONKER_MOMENT("look.due");
  Look look = backend_->Check();
  if (look.kind != Look::kBusy) busy_ = false;
  if (look.kind == Look::kQuiet || look.kind == Look::kChanged) {
    // What happened while the database could not be read need not have moved what is compared.
    if (in_trouble_) {
      if (backend_->TroubleHidesCommits()) look.kind = Look::kChanged;
      last_trouble_.clear();
    }
    in_trouble_ = false;
  }
  switch (look.kind) {
    case Look::kQuiet:
      if (HONKER_MUTANT("wake_on_rollback") && planted::SidecarsTouched(path_)) WakeAll();
      break;
    case Look::kChanged:
      HONKER_MOMENT("look.changed");
      WakeAll();
      break;
    case Look::kBusy:
      NoteBusy();
      break;
    case Look::kTrouble:
      Say(look.reason);
      in_trouble_ = true;
      break;
    case Look::kDead:
      doom_ = look.reason;
      break;
  }
}

bool SharedWatcher::DoomIsDue() {
  if (doom_.empty() || ++looks_since_doom_ < kLooksBeforeBackendDeath) return false;
  Die(doom_);
  return true;
}

void SharedWatcher::NoteBusy() {
  const Clock::time_point now = Clock::now();
  if (!busy_) {
    busy_ = true;
    busy_since_ = now;
  } else if (!said_busy_ && now - busy_since_ > kBusyIsSaid) {
    said_busy_ = true;
    Say("no look has succeeded for 5 s, another connection holds a lock; wakes come when it is "
        "given up");
  }
}

void SharedWatcher::Say(const std::string& trouble) {
  if (trouble == last_trouble_ || HONKER_MUTANT("mute_trouble")) return;
  last_trouble_ = trouble;
  if (++lines_said_ > kMostLines) return;
  WriteStderrLine("honker: the watcher of \"" + path_ + "\" has trouble: " + trouble);
}

bool SharedWatcher::IdentityIsTheSame() {
  const FileSight sight = See(path_);
  switch (sight.kind) {
    case FileSight::kUnreadable:
      Say(SystemErrorText("the database file cannot be looked at", sight.errnum));
      return true;
    case FileSight::kGone:
      if (++missing_ < kMissesBeforeDeath || HONKER_MUTANT("never_die")) return true;
      Die(ReplacedSentence(identity_, sight, path_));
      return false;
    case FileSight::kFound:
      break;
  }
  missing_ = 0;
  if (sight.identity == identity_ || HONKER_MUTANT("never_die")) return true;
  Die(ReplacedSentence(identity_, sight, path_));
  return false;
}

}  // namespace honker
