#include "faults/fs/private_mounts.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>

namespace faults {

Status EnterPrivateMounts() {
  if (geteuid() != 0) return Error{"private mounts", "", EPERM, "needs root"};
  if (unshare(CLONE_NEWNS) != 0) {
    Error error = ErrnoError("private mounts: unshare(CLONE_NEWNS)", "");
    if (error.error == EPERM)
      error.extra = "needs root with CAP_SYS_ADMIN, as a container may lack";
    return error;
  }
  // Without this what is mounted here would show outside, where systemd shares mounts.
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return ErrnoError("make the mounts private", "/");
  return {};
}

}  // namespace faults
