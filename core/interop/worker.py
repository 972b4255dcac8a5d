"""A worker in a process of its own, over Python's sqlite3: takes the jobs of a queue until one says "stop".

Usage: worker.py LIBRARY DATABASE QUEUE. Prints "ready" when it has begun to listen for commits, and at the end one
JSON array: the payloads in the order in which it got them, without "stop".

It is what docs/interop.md shows: autocommit, so that each claim and each ack is a transaction of its own; a
watcher that wakes it for each commit, of whatever process; and an idle poll behind that.
"""

import json
import sqlite3
import sys

IDLE_POLL_MS = 5000


def main():
    library, database, queue = sys.argv[1:]
    connection = sqlite3.connect(database, timeout=60, isolation_level=None)
    connection.enable_load_extension(True)
    connection.load_extension(library)

    def call(sql, *values):
        return connection.execute("SELECT " + sql, values).fetchone()[0]

    commits = call("honker_update_watcher_open(?, NULL)", database)
    print("ready", flush=True)
    payloads = []
    while "stop" not in payloads:
        jobs = json.loads(call("honker_claim_batch(?, 'worker', 8, 60)", queue))
        for job in jobs:
            payloads.append(job["payload"])
            if call("honker_ack(?, 'worker')", job["id"]) != 1:
                sys.exit(f"job {job['id']} could not be acked")
        if not jobs and call("honker_update_watcher_wait(?, ?)", commits, IDLE_POLL_MS) < 0:
            sys.exit("the watcher died")
    payloads.remove("stop")
    print(json.dumps(payloads))


if __name__ == "__main__":
    main()
