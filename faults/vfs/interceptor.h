// The faults that are armed in this process, and what they do to each call; also the counters of
// calls.
//
// Used by the shim VFS (shim.cc), independent of SQLite but for its result codes. Thread-safe; a
// thread that stands at a gate or is delayed holds no lock of this class.

#ifndef HONKER_FAULTS_VFS_INTERCEPTOR_H_
#define HONKER_FAULTS_VFS_INTERCEPTOR_H_

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "faults/fault.h"
#include "faults/ledger.h"
#include "faults/result.h"
#include "faults/trigger.h"
#include "faults/vfs/action.h"
#include "faults/vfs/sites.h"

namespace faults::vfs {

// One call of SQLite to its VFS.
struct VfsCall {
  Site site;
  const char* path = nullptr;  // of the file concerned; null for an anonymous one
  int64_t bytes = 0;           // asked for by a read or a write
  int64_t offset = -1;         // where it begins; of a truncation the new size
  const void* data = nullptr;  // of a write
};

class Interceptor {
 public:
  // Every struck call is recorded there before anything happens to it; without one nothing is
  // recorded.
  void SetLedger(Ledger ledger);

  // Whose process this is, and the seed of chance. A fault whose target is a glob that does not fit
  // the process's name is not for it; a process without a name takes every fault. Before the first
  // Arm.
  void SetDice(Dice dice);

  // Checks all and arms all that are for this process, or none; how many. Each must be of a kind
  // that the VFS carries out (action.h) and have `at`, a site or a glob of sites. Keys, beside
  // those of the trigger (trigger.h):
  //   when    before (default) or after the call; of io_error, after: the call does its work
  //   detail  glob over what the call is about; default: any. "OFFSET+BYTES" for read, write and
  //           fetch, the size for truncate, the level (shared, reserved, exclusive, none) for
  //           lock and unlock of db, "SLOT:shared" or "SLOT:exclusive" for lock and unlock of shm
  //           (slots write, checkpoint, recover, read0 to read4)
  //   gate:     dir, where the controller made it, and name (default: the target)
  //   io_error: error, a name of errno; default EIO
  //   short_io: bytes, default the half; error of a short write, default ENOSPC
  //   deny_lock: error, default EAGAIN, which is SQLITE_BUSY
  //   delay:    for_ms
  //   clock_step: by_s; clock_freeze: to_s, seconds since 1970, default now
  // Moves of the clock without `at`, and hurry, are carried out here and now.
  // A gate that says neither is once.
  [[nodiscard]] Result<int> Arm(const std::vector<Fault>& faults);
  // Checks without arming: what Arm would return.
  [[nodiscard]] Result<int> Check(const std::vector<Fault>& faults) const;

  // Disarms everything, and ends a hurry; who stands at a gate stays there until its controller
  // lets him through. Returns how many there were.
  size_t Disarm();

  // Called by the shim around each call. `detail` gives the text that detail= is matched with; it
  // is called only while something is armed. Returns when nobody holds the thread any more, with
  // what becomes of the call. Keeps errno.
  template <typename Detail>
  [[nodiscard]] Effect Before(const VfsCall& call, const Detail& detail) {
    counts_[call.site.Index()].fetch_add(1, std::memory_order_relaxed);
    if (armed_count_.load(std::memory_order_acquire) == 0) return {};
    return Pass(call, When::kBefore, detail);
  }
  template <typename Detail>
  [[nodiscard]] Effect After(const VfsCall& call, const Detail& detail) {
    if (armed_count_.load(std::memory_order_acquire) == 0) return {};
    return Pass(call, When::kAfter, detail);
  }

  // Calls so far in this process.
  [[nodiscard]] int64_t Count(Site site) const {
    return counts_[site.Index()].load(std::memory_order_relaxed);
  }
  // {"vfs.open.db":1,...}: every site that was called. A site that is not there was not
  // intercepted.
  [[nodiscard]] std::string CountsJson() const;

  // How many calls were struck so far.
  [[nodiscard]] int64_t Fired() const { return fired_.load(std::memory_order_relaxed); }

 private:
  struct Armed;
  [[nodiscard]] Result<std::vector<std::shared_ptr<Armed>>> Make(
      const std::vector<Fault>& faults) const;
  Effect Pass(const VfsCall& call, When when, const std::function<std::string()>& detail);
  bool Record(const char* event, const Fault& fault, const std::string& site, int64_t occurrence,
              const std::string& detail);

  std::array<std::atomic<int64_t>, kSites> counts_{};
  std::atomic<int64_t> fired_{0};
  std::atomic<size_t> armed_count_{0};
  std::mutex mutex_;
  std::vector<std::shared_ptr<Armed>> armed_;  // guarded by mutex_
  std::optional<Ledger> ledger_;               // set once, before the first Arm
  Dice dice_;                                  // likewise
};

}  // namespace faults::vfs

#endif  // HONKER_FAULTS_VFS_INTERCEPTOR_H_
