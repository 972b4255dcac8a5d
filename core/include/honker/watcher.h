/* The watcher C ABI of honker: learn that some process has committed to an SQLite database.
 *
 * A watcher says that something may have changed, never what: after a wake, read the database.
 * Wakes coalesce: a handle has room for one, so a slow reader gets one wake for many commits. A
 * wake may be spurious. Re-read with a busy timeout; in the rollback journal modes the writer may
 * still hold its lock when the wake comes.
 *
 * Before anything else, load the extension into any SQLite connection of the process (":memory:"
 * does): the watcher uses the SQLite of that connection. An open before that is refused with a
 * sentence.
 *
 * All handles of a process that watch one file with one backend share one background thread, named
 * honker-poll, honker-kernel, honker-shm or honker-verified, and one connection, inotify descriptor
 * or both. The thread blocks all signals. The shortest interval that any of them asked for is the
 * interval of all.
 *
 * Threads: every function may be called from any thread. One handle is meant for one thread at a
 * time; closing it while another thread waits on it is allowed, that wait returns -1. Handles are
 * numbers, not addresses: using one that was closed, or that this process never opened, is answered
 * and harmless. After fork() without exec, a child's use of an inherited handle is answered with
 * -1; SQLite itself does not support carrying connections over a fork, so open anew only after
 * exec.
 */
#ifndef HONKER_WATCHER_H_
#define HONKER_WATCHER_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HONKER_API __attribute__((visibility("default")))

typedef struct HonkerWatcherHandle HonkerWatcherHandle;

/* Starts watching. Returns a handle, which the caller closes with honker_watcher_close(), or NULL;
 * then `err` (if it is not NULL and err_len is not 0) holds one sentence, cut to err_len - 1 bytes,
 * ended by NUL. On success `err` is not touched.
 *
 * db_path   an existing database file: absolute, relative or a symbolic link (resolved here: a
 * later chdir() does not matter). Not ":memory:", "" or a file: URI. Never created. backend   NULL,
 * "", "polling", "poll": PRAGMA data_version every interval, any journal mode. "kernel",
 * "kernel-watcher": inotify, any journal mode; may miss and may wake early. "shm", "shm-fast-path":
 * the WAL-index, WAL only; refused in other journal modes. "verified": inotify as a hint and the
 * commit counter as the truth, any journal mode: one wake for each commit (bursts coalesce), never
 * before it is visible, none without one; where every event is lost, at most 100 ms after it. Where
 * there is no inotify it says so on stderr and looks every interval, which it does not use
 * otherwise. Another name is refused. A backend left out of this build is replaced by polling, with
 * one line on stderr; one that is built in but cannot work is refused with the reason.
 *
 * Whatever is committed, or done to the file, after the return is seen. May block for about a
 * second while the database is locked exclusively. */
HONKER_API HonkerWatcherHandle* honker_watcher_open(const char* db_path, const char* backend,
                                                    char* err, size_t err_len);

/* The same with an interval in milliseconds, greater than 0 (honker_watcher_open: 1). */
HONKER_API HonkerWatcherHandle* honker_watcher_open_v2(const char* db_path, const char* backend,
                                                       uint64_t poll_interval_ms, char* err,
                                                       size_t err_len);

/* Waits for the next wake, at most timeout_ms milliseconds of CLOCK_MONOTONIC (0: only looks).
 *  1  something may have changed since the last wake (or since the open)
 *  0  nothing, for that long
 * -1  the handle is closed, or its watcher died because the file is not the one that was opened any
 *     more: at once, and every time. Close it and open anew.
 * -2  internal error (out of memory); the handle stays as it was */
HONKER_API int honker_watcher_wait(HonkerWatcherHandle* handle, uint64_t timeout_ms);

/* Stops watching; the last handle of a file and backend stops and joins the thread. NULL and
 * handles that are not open are ignored. */
HONKER_API void honker_watcher_close(HonkerWatcherHandle* handle);

#ifdef __cplusplus
}
#endif

#endif /* HONKER_WATCHER_H_ */
