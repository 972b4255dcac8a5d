// Every SQL function of the extension, a family a file.
#ifndef CORE_FUNCTIONS_FAMILIES_H_
#define CORE_FUNCTIONS_FAMILIES_H_

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"

namespace honker {

Status RegisterLayoutFunctions(sqlite3* db);        // layout.cc
Status RegisterNotificationFunctions(sqlite3* db);  // notifications.cc
Status RegisterEnqueueFunctions(sqlite3* db);       // enqueue.cc
Status RegisterClaimFunctions(sqlite3* db);         // claims.cc
Status RegisterDeadlineFunctions(sqlite3* db);      // deadlines.cc
Status RegisterCompletionFunctions(sqlite3* db);    // completion.cc
Status RegisterJobFunctions(sqlite3* db);           // jobs.cc
Status RegisterLockFunctions(sqlite3* db);          // locks.cc
Status RegisterLimitFunctions(sqlite3* db);         // limits.cc
Status RegisterResultFunctions(sqlite3* db);        // results.cc
Status RegisterCronFunctions(sqlite3* db);          // cron.cc
Status RegisterScheduleFunctions(sqlite3* db);      // schedules.cc
Status RegisterStreamFunctions(sqlite3* db);        // streams.cc
Status RegisterWatcherFunctions(sqlite3* db);       // watchers.cc

}  // namespace honker

#endif  // CORE_FUNCTIONS_FAMILIES_H_
