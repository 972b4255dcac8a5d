// A real file system under a database, and what can happen to it.
//
//   mount db fs=NAME [size_mib=N]      the database's folder is a mount of its own
//   (file_systems.def) unmount db                         and is not any more: what was below shows
//   again. Lazily, as umount -l
//                                      does it: who has files open keeps them
//   remount db read_only=yes|no        refused by the kernel while a file is open for writing
//   fill db leave_kib=N                a file beside the database grows or shrinks until so much is
//   free
//
// Needs root, and a private mount namespace (private_mounts.h): then nothing of it outlives its
// processes, however they end. An image is unlinked as soon as its loop device holds it. What stays
// in `store` after a kill are plain files and empty folders.

#ifndef HONKER_FAULTS_FS_MOUNT_H_
#define HONKER_FAULTS_FS_MOUNT_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "faults/fault.h"
#include "faults/fs/program.h"
#include "faults/ledger.h"
#include "faults/result.h"

namespace faults {

struct MountPlaces {
  std::string folder;       // of the database; made where it is not there
  std::string store;        // for what lies below: images, layers; made likewise
  std::string second = {};  // two_mounts: the other way into the same folder; made likewise
  std::string lower = {};   // overlay: the folder below; one in `store` where this is empty
};

// A mount, until this is destroyed: then it is taken away, its programs are ended and reaped, and
// the folders that were made are left, empty. Whoever has files open there must have ended before.
// One thread uses an object.
class Mounted {
 public:
  Mounted(Mounted&&) noexcept = default;
  Mounted& operator=(Mounted&& other) noexcept;
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;
  ~Mounted();

  [[nodiscard]] const std::string& folder() const { return places_.folder; }
  // The processes that serve it, each a process group of its own: for whoever cleans up.
  [[nodiscard]] std::vector<pid_t> Daemons() const;

 private:
  friend Result<Mounted> Mount(const Fault&, const MountPlaces&, Ledger&);
  Mounted() = default;
  void Undo();
  [[nodiscard]] Status Make(const Fault& fault);
  [[nodiscard]] Status MakeImage(const std::string& type, int64_t mib);
  [[nodiscard]] Status MakeOverlay(const std::string& size);
  [[nodiscard]] Status MakeFuse(const std::string& folder, const std::vector<std::string>& options);
  [[nodiscard]] Status Attach(const std::string& source, const std::string& folder,
                              const std::string& type, const std::string& options);

  MountPlaces places_;
  std::vector<std::string> mounts_;  // in the order in which they were made
  std::vector<Daemon> daemons_;
};

// Ledger: "fired" before, "done" or "failed" after. On an Error nothing is mounted; one that says
// "needs ..." is about this machine, and a caller may skip. `fault` is a `mount`.
[[nodiscard]] Result<Mounted> Mount(const Fault& fault, const MountPlaces& places, Ledger& ledger);

// The other kinds, on a folder that is a mount. Any process of the namespace may call; `fill` opens
// a file of its own, no database. Ledger and errors as above.
[[nodiscard]] Status ApplyMountFault(const Fault& fault, const std::string& folder, Ledger& ledger);

// True for mount, unmount, remount, fill.
[[nodiscard]] bool IsMountFault(const Fault& fault);

// f_type of statfs(2), which says which file system a folder lies on.
[[nodiscard]] Result<uint64_t> FileSystemMagic(const std::string& folder);

}  // namespace faults

#endif  // HONKER_FAULTS_FS_MOUNT_H_
