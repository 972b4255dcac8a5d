// The gated process's side: which gates are armed, and standing at them. Also the counters of
// calls.
//
// Used by the shim VFS (shim.cc), independent of SQLite. Thread-safe; a thread that stands at a
// gate holds no lock of this class.

#ifndef HONKER_FAULTS_VFS_GATEKEEPER_H_
#define HONKER_FAULTS_VFS_GATEKEEPER_H_

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "faults/fault.h"
#include "faults/ledger.h"
#include "faults/result.h"
#include "faults/vfs/sites.h"

namespace faults::vfs {

enum class When { kBefore, kAfter };

class Gatekeeper {
 public:
  // Every fired gate is recorded there before anybody is held; without one nothing is recorded.
  void SetLedger(Ledger ledger);

  // `fault` is of kind gate, with these keys:
  //   at      a site or a glob of sites; required
  //   dir     where the controller made the gate; required
  //   name    of the gate; default: the target
  //   nth     which match holds, counted from now; default 1. once (the default): that one only;
  //           always: that one and every later one
  //   when    before (default) or after the call
  //   path    glob over the path of the file; default: any
  //   detail  glob over what the call is about; default: any. "OFFSET+BYTES" for read, write and
  //           fetch, the size for truncate, the level (shared, reserved, exclusive, none) for
  //           lock and unlock of db, "SLOT:shared" or "SLOT:exclusive" for lock and unlock of shm
  //           (slots write, checkpoint, recover, read0 to read4)
  [[nodiscard]] Status Arm(const Fault& fault);

  // Disarms every gate; who stands at one stays there until its controller lets him through.
  // Returns how many there were.
  size_t Clear();

  // Called by the shim around each call. `path` may be null. `detail` gives the text that a gate's
  // detail= is matched with; it is called only while a gate is armed. Returns when nobody holds the
  // thread any more. Keeps errno.
  template <typename Detail>
  void Before(Site site, const char* path, const Detail& detail) {
    counts_[site.Index()].fetch_add(1, std::memory_order_relaxed);
    if (armed_.load(std::memory_order_acquire) != 0) Pass(site, When::kBefore, path, detail);
  }
  template <typename Detail>
  void After(Site site, const char* path, const Detail& detail) {
    if (armed_.load(std::memory_order_acquire) != 0) Pass(site, When::kAfter, path, detail);
  }

  // Calls so far in this process.
  [[nodiscard]] int64_t Count(Site site) const {
    return counts_[site.Index()].load(std::memory_order_relaxed);
  }
  // {"vfs.open.db":1,...}: every site that was called. A site that is not there was not
  // intercepted.
  [[nodiscard]] std::string CountsJson() const;

 private:
  struct Armed;
  void Pass(Site site, When when, const char* path, const std::function<std::string()>& detail);
  void StandAt(const Armed& gate, Site site, int64_t occurrence, const char* path,
               const std::string& detail);
  [[nodiscard]] bool Record(const char* event, const Armed& gate, Site site, int64_t occurrence,
                            const std::string& detail);

  std::array<std::atomic<int64_t>, kSites> counts_{};
  std::atomic<size_t> armed_{0};
  std::mutex mutex_;
  std::vector<std::shared_ptr<Armed>> gates_;  // guarded by mutex_
  std::optional<Ledger> ledger_;               // set once, before the first Arm
};

}  // namespace faults::vfs

#endif  // HONKER_FAULTS_VFS_GATEKEEPER_H_
