// Everything of honker: durable queues, streams, notifications, locks, limits and schedules in an
// SQLite file, for any number of threads and processes. One header for each thing; docs/api.md is
// the tour.
#ifndef HONKER_HONKER_H_
#define HONKER_HONKER_H_

#include "honker/database.h"       // IWYU pragma: export
#include "honker/lock.h"           // IWYU pragma: export
#include "honker/notifications.h"  // IWYU pragma: export
#include "honker/outbox.h"         // IWYU pragma: export
#include "honker/queue.h"          // IWYU pragma: export
#include "honker/rate_limit.h"     // IWYU pragma: export
#include "honker/result.h"         // IWYU pragma: export
#include "honker/results.h"        // IWYU pragma: export
#include "honker/scheduler.h"      // IWYU pragma: export
#include "honker/stream.h"         // IWYU pragma: export
#include "honker/update_events.h"  // IWYU pragma: export
#include "honker/watcher.h"        // IWYU pragma: export
#include "honker/worker.h"         // IWYU pragma: export

#endif  // HONKER_HONKER_H_
