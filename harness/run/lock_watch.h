// Looks from outside, after every op of every actor, whether others see the locks that SQLite in
// the actors believes it holds.
//
// Each actor is started with the recorder (faults/locks), so its book says what its SQLite
// believes; the kernel says the rest (faults/locks/look.h). What is found goes into the runner's
// history:
//
//   lock_lost     {process, pid, file, path, locks, by}: at the moment of the loss where the
//   recorder
//                 saw the call (`by`), else when it was found
//   locks_looked  {process, pid, looks, judged, granted, left_out}, once for each process
//
// One thread uses it, that of the stage.
#ifndef HARNESS_RUN_LOCK_WATCH_H_
#define HARNESS_RUN_LOCK_WATCH_H_

#include <sys/types.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "faults/locks/look.h"
#include "harness/base/value.h"

namespace harness {

class LockWatch {
 public:
  // An event of the runner's history that took place at `t_ns`; 0: now.
  using Record = std::function<void(int64_t t_ns, const std::string& event, Value value)>;

  // `recorder`: libfault_locks.so; where it is not there nobody is watched.
  LockWatch(std::string recorder, Record record)
      : recorder_(std::move(recorder)), record_(std::move(record)) {}
  // Removes the books.
  ~LockWatch();
  LockWatch(const LockWatch&) = delete;
  LockWatch& operator=(const LockWatch&) = delete;

  // What an actor needs in its environment to keep the book of that path. The recorder comes before
  // what is preloaded already: it is to see who calls.
  void Prepare(const std::string& book, std::map<std::string, std::string>& environment) const;
  // From now on that process is looked at. One without a book is not (its program may not load the
  // recorder: a sanitizer, a static program).
  void Follow(const std::string& process, pid_t pid, const std::string& book);
  // Looks at all that are followed.
  void Look();
  // The process has ended: what its book says of it stays, the rest of its locks went with it.
  void Ended(pid_t pid);

 private:
  struct Followed {
    std::string process;
    faults::locks::BookReader reader;
    std::set<uint64_t> told;  // serials of locks whose loss is recorded
    int64_t looks = 0;
    int64_t judged = 0;
    int64_t granted = 0;
    int64_t left_out = 0;
  };
  void TellLosses(Followed& followed);
  void LookAt(Followed& followed);

  const std::string recorder_;
  const Record record_;
  std::map<pid_t, Followed> followed_;
  std::vector<std::string> books_;
};

}  // namespace harness

#endif  // HARNESS_RUN_LOCK_WATCH_H_
