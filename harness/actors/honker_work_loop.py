"""A worker on the binding's own claim iterator, without its idle poll: what that would repair is what a
scenario wants to see.

The iterator hides its claims. They are made through the queue object's claim_batch, which is public: here it
is wrapped, so that each is an op of the history, with an invoke before it. A job that the iterator yields
without such a call (another release may do it otherwise) becomes a claim op that began when the waiting
did."""

import asyncio
import gc
import threading
import time

from honker_database import call, failure
from honker_queue import describe
from line_protocol import Fail, now_ns
from loop_thread import LoopThread, cancelled
from thread_activity import LookCounter, all_asleep, foreign_threads

SLICE_S = 0.05


class WorkLoop:
    def __init__(self, session, db, queue, value):
        self._session, self._db, self._queue, self._value = session, db, queue, value
        self._lock = threading.Lock()
        self._failed = ""
        self._sleeps = 0
        self._slices = -1  # of the present sleep; -1 while awake
        self._until = 0
        self._looks = None
        self._threads_before = foreign_threads()
        self._stopping = False
        self._claimed = {}  # id: a job that a recorded claim returned and nobody has handled
        self._claim_batch = queue.claim_batch
        queue.claim_batch = self._recorded_claim
        self._loop = LoopThread()
        self._task = self._loop.start(self._run())

    def _asked(self):
        return {"queue": self._value["queue"], "worker": self._value["worker"], "n": 1,
                "lease_s": int(self._value.get("lease_s", 1))}

    def _wake_up(self, woken_by):
        with self._lock:
            asleep, until = self._slices >= 0, self._until
            self._slices = -1
        if asleep:
            self._session.record("sleep", {"until": until, "woken_by": woken_by})

    def _recorded_claim(self, worker, n):
        with self._lock:
            until = self._until
        self._wake_up("deadline" if until and until <= time.time() else "wake")
        begun = self._session.begin("claim", {**self._asked(), "n": n})
        try:
            jobs = self._claim_batch(worker, n)
        except Exception as error:
            self._session.finish(begun, "fail", failure(error).value)
            raise
        self._session.finish(begun, "ok", {"jobs": [describe(job) for job in jobs]})
        for job in jobs:
            self._claimed[job.id] = job
        if not jobs:
            self._fall_asleep()
        return jobs

    def _fall_asleep(self):
        # Asked before the iterator asks for itself: what is committed in between wakes it.
        try:
            at = call(lambda: self._db.query(
                "SELECT coalesce(min(CASE state WHEN 'pending' THEN run_at ELSE claim_expires_at+1 END), 0)"
                " AS at FROM _honker_live WHERE queue=?1", [self._value["queue"]]))[0]["at"]
        except Fail:
            return  # not asleep, as far as anybody knows
        with self._lock:
            self._until = at
            self._sleeps += 1
            self._slices = 0

    async def _next(self, iterator):
        """The next job, with a look-up every 50 ms meanwhile."""
        pending = asyncio.ensure_future(iterator.__anext__())
        try:
            while True:
                done, _ = await asyncio.wait({pending}, timeout=SLICE_S)
                if done:
                    return pending.result()
                quiet = all_asleep(foreign_threads())
                with self._lock:
                    if self._looks is None:
                        self._looks = LookCounter(foreign_threads() - self._threads_before)
                    if self._slices >= 0 and quiet:
                        self._slices += 1
        finally:
            await cancelled(pending)

    async def _run(self):
        iterator = None
        while not self._stopping:
            since = now_ns()
            try:
                if iterator is None:
                    iterator = self._queue.claim(self._value["worker"], idle_poll_s=None)
                job = await self._next(iterator)
            except asyncio.CancelledError:
                self._wake_up("stop")
                raise
            except Exception as error:
                iterator = None  # one that has raised is of no use any more
                if failure(error).value.get("code") == 5:
                    continue  # contention: no wake need come for it
                self._wake_up("dead")
                with self._lock:
                    self._failed = str(error)
                return
            await self._handle(job, since)

    async def _handle(self, job, since):
        if self._claimed.pop(job.id, None) is None:
            self._wake_up("wake")
            begun = self._session.begin("claim", self._asked(), since)
            self._session.finish(begun, "ok", {"jobs": [describe(job)]})
        handle_ms = int(self._value.get("handle_ms") or 0)
        if handle_ms:
            await asyncio.sleep(handle_ms / 1000)  # what a handler does takes time
        try:
            self._session.nested("ack", {"id": job.id, "worker": self._value["worker"]},
                                 lambda: {"done": int(call(job.ack))})
        except Fail as error:
            if error.value.get("code") != 5:
                raise

    def state(self):
        with self._lock:
            if self._task.done() and not self._task.cancelled() and self._task.exception():
                self._failed = self._failed or repr(self._task.exception())
            looks = self._looks.looks() if self._looks else 0
            return {"asleep": self._slices >= 0, "until": self._until, "sleep": self._sleeps,
                    "slices": self._slices, "looks": looks, "failed": self._failed}

    def stop(self):
        self._stopping = True
        self._loop.cancel(self._task)
        self._loop.stop()
        self._task = None
        gc.collect()  # as in honker_watch.py

