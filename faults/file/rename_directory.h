// rename_directory: the directory that holds the database is renamed away and another one takes its
// name, as blue/green deployments and volume switches do it. Open descriptors, and inotify watches
// on the old directory, stay with the old one.

#ifndef HONKER_FAULTS_FILE_RENAME_DIRECTORY_H_
#define HONKER_FAULTS_FILE_RENAME_DIRECTORY_H_

#include <string>

#include "faults/file/identity.h"
#include "faults/result.h"

namespace faults {

struct RenameDirectoryOptions {
  std::string database;  // its directory is the one that goes; must exist, and not be "."
  // A prepared directory that takes the name, holding a database of the same base name. Empty: the
  // name stays free.
  std::string replacement = {};
  std::string parked = {};  // where the old directory goes; nothing may be there
  // Both names change at one moment (renameat2 with RENAME_EXCHANGE): no time in which the name is
  // free. The old directory is then moved on from the replacement's name to `parked`.
  bool atomic = false;
};

// On success database's name is looked up in the replacement (outcome.after), or is gone. On error
// the name may be free: the old directory is then at `parked`.
//
// Opens nothing but directories: any process may call it.
[[nodiscard]] Result<SwapOutcome> RenameDirectory(const RenameDirectoryOptions& options);

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_RENAME_DIRECTORY_H_
