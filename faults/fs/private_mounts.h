// A mount namespace of the process's own: what is mounted in it is seen by nobody else, and is gone
// when the last process in it is gone, however that went (mount_namespaces(7)).

#ifndef HONKER_FAULTS_FS_PRIVATE_MOUNTS_H_
#define HONKER_FAULTS_FS_PRIVATE_MOUNTS_H_

#include "faults/result.h"

namespace faults {

// The calling thread, and every thread and process that it starts from now on, has mounts of its
// own; there is no way back. So call it before there is a second thread. On an Error (without root
// its `extra` says "needs root") nothing has changed, or nothing that anybody else could see.
[[nodiscard]] Status EnterPrivateMounts();

}  // namespace faults

#endif  // HONKER_FAULTS_FS_PRIVATE_MOUNTS_H_
