"""What threads that are not ours have done, as the kernel counts it: the evidence behind "the watcher has
looked since then". Every function reads /proc/self/task and may be called from any thread."""

import os
import threading


def _own_threads():
    return {t.native_id for t in threading.enumerate()}


def foreign_threads():
    """Threads that Python did not start: those of the library under test."""
    return {int(tid) for tid in os.listdir("/proc/self/task")} - _own_threads()


def _voluntary_switches(tid):
    try:
        with open(f"/proc/self/task/{tid}/status") as status:
            for line in status:
                if line.startswith("voluntary_ctxt_switches:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return -1


def all_asleep(tids):
    """Whether none of them is running or waiting for a processor at this moment."""
    for tid in tids:
        try:
            with open(f"/proc/self/task/{tid}/stat") as stat:
                if stat.read().rsplit(")", 1)[1].split()[0] == "R":
                    return False
        except OSError:
            continue  # it has ended
    return True


class LookCounter:
    """How often the busiest of these threads has gone to sleep and woken since the counter was made."""

    def __init__(self, tids):
        self._start = {tid: _voluntary_switches(tid) for tid in tids}

    def looks(self):
        return max((_voluntary_switches(tid) - start for tid, start in self._start.items()
                    if tid in self._alive()), default=0)

    def gone(self):
        """None of them lives: nothing can come from them any more."""
        return not self._alive()

    def _alive(self):
        return foreign_threads() & set(self._start)
