// libfault_vfs.so: the shim VFS as a loadable extension for any SQLite program.
//
//   .load ./libfault_vfs.so      then open the database: connections opened later, without vfs=, go
//                                through the shim. The loading connection itself does not.
//
// The environment (environment.h) is read when it is loaded for the first time; a variable that
// cannot be understood refuses the load with the reason. Every connection that loads it gets the
// SQL functions (functions.h).
//
// The library stays loaded until the process ends, as a registered VFS must.

#include <sqlite3ext.h>

#include <mutex>

#include "faults/vfs/environment.h"
#include "faults/vfs/functions.h"
#include "faults/vfs/shim.h"

extern "C" {
SQLITE_EXTENSION_INIT1
}

namespace faults::vfs {
namespace {

// Registers the shim once a process. A second load, by another connection, must not put the shim
// over itself.
int RegisterOnce(char** message) {
  static std::mutex mutex;
  static bool registered = false;
  const std::lock_guard<std::mutex> lock(mutex);
  if (registered) return SQLITE_OK;
  if (const Status environment = ReadEnvironment(); !environment.ok()) {
    *message = sqlite3_mprintf("%s", environment.Message().c_str());
    return SQLITE_ERROR;
  }
  const int rc = sqlite3_vfs_register(ShimOver(sqlite3_vfs_find(nullptr)), /*makeDflt=*/1);
  registered = rc == SQLITE_OK;
  return rc;
}

}  // namespace
}  // namespace faults::vfs

extern "C" {

__attribute__((visibility("default"))) int sqlite3_faultvfs_init(sqlite3* db, char** message,
                                                                 const sqlite3_api_routines* api) {
  SQLITE_EXTENSION_INIT2(api)
  if (const int rc = faults::vfs::RegisterOnce(message); rc != SQLITE_OK) return rc;
  const int rc = faults::vfs::CreateFunctions(db);
  return rc == SQLITE_OK ? SQLITE_OK_LOAD_PERMANENTLY : rc;
}

// The name SQLite tries first for any file name.
__attribute__((visibility("default"))) int sqlite3_extension_init(sqlite3* db, char** message,
                                                                  const sqlite3_api_routines* api) {
  return sqlite3_faultvfs_init(db, message, api);
}

}  // extern "C"
