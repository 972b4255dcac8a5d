// The entry points: what happens when a connection loads the extension.
//
// Functions are registered on that connection, and the notifications table is created where it is
// missing; where it is there, nothing is written, so loading works on read-only and write-locked
// databases. The library stays in the process (SQLITE_OK_LOAD_PERMANENTLY, and linked with -z
// nodelete): watcher threads run its code after the connection is gone.
//
// Compiled with SQLITE_CORE, as the C++ library is, the same entry point is called by the program
// itself, and everything else stays as it is.
#include <sqlite3ext.h>

#include <atomic>
#include <mutex>
#include <new>
#include <string>

#include "core/fault_points.h"
#include "core/functions/families.h"
#include "core/sql/atomic.h"
#include "core/sql/connection.h"
#include "core/sql/layout.h"
#include "core/sql/sqlite_api.h"

SQLITE_EXTENSION_INIT1  // defines sqlite3_api

    namespace honker {
  namespace {

  std::atomic<bool> api_is_known = false;

#ifdef SQLITE_CORE
  // Linked into the program, as every SQLite extension can be: the calls are direct.
  Status UseApi(const sqlite3_api_routines*) {
    api_is_known = true;
    return Ok();
  }
#else
  std::once_flag api_is_set;

  // One SQLite a process: the pointer is shared by all connections and by the watchers. Written
  // once, so that no thread sees it change.
  Status UseApi(const sqlite3_api_routines* api) {
    std::call_once(api_is_set, [api] {
      sqlite3_api = api;
      api_is_known = true;
    });
    if (sqlite3_api != api) {
      return Error{1, "honker is already loaded by another copy of SQLite in this process"};
    }
    return Ok();
  }
#endif

  Status Register(sqlite3* db) {
    if (Connection::Of(db) != nullptr) return Ok();  // loaded into this connection before
    for (const auto step :
         {RegisterConnection, RegisterAtomic, RegisterLayoutFunctions,
          RegisterNotificationFunctions, RegisterEnqueueFunctions, RegisterClaimFunctions,
          RegisterDeadlineFunctions, RegisterCompletionFunctions, RegisterJobFunctions,
          RegisterLockFunctions, RegisterLimitFunctions, RegisterResultFunctions,
          RegisterCronFunctions, RegisterScheduleFunctions, RegisterStreamFunctions,
          RegisterWatcherFunctions}) {
      Status status = step(db);
      if (!status.ok()) return status;
    }
    return Ok();
  }

  Status Load(sqlite3* db, const sqlite3_api_routines* api) {
    Status status = UseApi(api);
    if (!status.ok()) return status;
    if (sqlite3_libversion_number() < kOldestSqlite) {
      return Error{SQLITE_ERROR, std::string("honker needs SQLite 3.38.0 or later, this is ") +
                                     sqlite3_libversion()};
    }
#ifdef HONKER_MUTANTS
    const std::string problem = EnableMutant();
    if (!problem.empty()) return Error{SQLITE_ERROR, problem};
#endif
    status = Register(db);
    if (!status.ok()) return status;
    status = BringUpToDate(db, Part::kNotifications);
    if (status.ok()) return status;
    return Error{status.error().code,
                 "honker: the table _honker_notifications is not there and cannot be created: " +
                     status.error().message};
  }

  int Enter(sqlite3* db, char** error_message, const sqlite3_api_routines* api) {
    try {
      Status status = Load(db, api);
      if (status.ok()) return SQLITE_OK_LOAD_PERMANENTLY;
      if (error_message != nullptr) {
        *error_message = sqlite3_mprintf("%s", status.error().message.c_str());
      }
      return status.error().code;
    } catch (const std::bad_alloc&) {
      return SQLITE_NOMEM;
    }
  }

  }  // namespace

  bool SqliteIsKnown() { return api_is_known; }

}  // namespace honker

#define HONKER_ENTRY extern "C" __attribute__((visibility("default"))) int

HONKER_ENTRY sqlite3_honkerext_init(sqlite3* db, char** error_message,
                                    const sqlite3_api_routines* api) {
  return honker::Enter(db, error_message, api);
}

#ifndef SQLITE_CORE
// Found without naming an entry point, whatever the file is called.
HONKER_ENTRY sqlite3_extension_init(sqlite3* db, char** error_message,
                                    const sqlite3_api_routines* api) {
  return honker::Enter(db, error_message, api);
}
#endif
