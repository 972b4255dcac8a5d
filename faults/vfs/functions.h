// The SQL functions by which a connection arms faults and asks about calls (SQLITE_DIRECTONLY:
// neither a view nor a trigger of some database can):
//
//   fault_arm(text)       arms the faults of the text, all or none; how many are for this process
//   fault_disarm()        disarms all; how many there were
//   fault_fired()         how many calls were struck in this process so far
//   fault_clock_step(s)   moves the clock by whole seconds; what it says then, in seconds since
//   1970 fault_clock_freeze([s])   it stands, now or at that second; likewise fault_clock_resume()
//   it goes on from where it stands; likewise fault_vfs_calls()     JSON: how often each site was
//   called in this process; none at all means that
//                         nothing was intercepted, so nothing can be concluded

#ifndef HONKER_FAULTS_VFS_FUNCTIONS_H_
#define HONKER_FAULTS_VFS_FUNCTIONS_H_

struct sqlite3;

namespace faults::vfs {

// A SQLite result code. They act on the process, whichever connection calls them.
[[nodiscard]] int CreateFunctions(sqlite3* db);

}  // namespace faults::vfs

#endif  // HONKER_FAULTS_VFS_FUNCTIONS_H_
