// The files SQLite keeps beside a database: -wal, -shm, -journal.
//
// A swap of the database does something with each of them, and what it does decides what the next
// opener sees: a kept -wal is replayed over the new file if its salt happens to fit, a kept
// -journal is hot and rolls the new file back, a kept -shm is what live connections go on sharing.
// So every swap takes a plan with one decision a file.

#ifndef HONKER_FAULTS_FILE_SIDECARS_H_
#define HONKER_FAULTS_FILE_SIDECARS_H_

#include <array>
#include <string>

#include "faults/file/identity.h"
#include "faults/result.h"

namespace faults {

enum class Sidecar { kWal, kShm, kJournal };
inline constexpr std::array<Sidecar, 3> kAllSidecars = {Sidecar::kWal, Sidecar::kShm,
                                                        Sidecar::kJournal};

// "wal", "shm", "journal".
[[nodiscard]] const char* Name(Sidecar sidecar);
// "/x/app.db" -> "/x/app.db-wal". A symlinked database has them beside the file it points to; the
// caller passes the resolved name then.
[[nodiscard]] std::string PathOf(const std::string& database, Sidecar sidecar);

enum class SidecarFate {
  kRemove,     // unlinked
  kKeep,       // left alone: the same inode, which live connections still have open
  kStaleCopy,  // the old bytes in a new inode, as a tool leaves it that copies all files back
};

struct SidecarPlan {
  SidecarFate wal = SidecarFate::kRemove;
  SidecarFate shm = SidecarFate::kRemove;
  SidecarFate journal = SidecarFate::kRemove;

  [[nodiscard]] SidecarFate For(Sidecar sidecar) const;
  void Set(Sidecar sidecar, SidecarFate fate);

  static SidecarPlan RemoveAll() { return {}; }
  static SidecarPlan KeepAll() {
    return {SidecarFate::kKeep, SidecarFate::kKeep, SidecarFate::kKeep};
  }
  static SidecarPlan StaleCopies() {
    return {SidecarFate::kStaleCopy, SidecarFate::kStaleCopy, SidecarFate::kStaleCopy};
  }
};

// Carries out the plan; sidecars that are not there are skipped. kStaleCopy opens the sidecar: not
// in a process with SQLite connections to this database. kRemove and kKeep open nothing.
[[nodiscard]] Status ApplySidecarPlan(const std::string& database, const SidecarPlan& plan);

// One sidecar alone, the database untouched. The outcome is about the sidecar's name.
// Removing one that is not there is an Error: a fault that did nothing must not look fired.
[[nodiscard]] Result<SwapOutcome> RemoveSidecar(const std::string& database, Sidecar sidecar);

// Puts a new file with the bytes of `content` (or, with an empty `content`, the sidecar's own
// present bytes) in the sidecar's place by rename. The sidecar must exist. Opens it: not in a
// process with SQLite connections to this database.
[[nodiscard]] Result<SwapOutcome> ReplaceSidecar(const std::string& database, Sidecar sidecar,
                                                 const std::string& content = "");

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_SIDECARS_H_
