// Bodies of planted bugs that take more than a condition (see core/fault_points.h). In the real
// library they are declared, never called and not there.
#ifndef CORE_WATCHER_PLANTED_BUGS_H_
#define CORE_WATCHER_PLANTED_BUGS_H_

#include <string>

namespace honker::planted {

// True when -journal or -wal has another size or time than at the last call: what a watcher that
// goes by files takes for a commit.
bool SidecarsTouched(const std::string& path);

// Opens and closes -shm, or the database where there is none: every POSIX lock that this process
// holds on that file is gone.
void CloseADescriptor(const std::string& path);

}  // namespace honker::planted

#endif  // CORE_WATCHER_PLANTED_BUGS_H_
