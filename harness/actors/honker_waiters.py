"""What waits for something of the binding: subscribers of its update events, and listeners of a channel.

A waiter keeps one pending __anext__ and looks up every 20 ms. A slice counts as a wait that timed out only
when every thread that the binding started was asleep at its end: its watcher's thread sends what it sees
through a second thread, and a wake that is still on its way there keeps one of the two busy."""

import asyncio
import threading

from line_protocol import Fail, now_ns
from loop_thread import cancelled
from thread_activity import LookCounter, all_asleep, foreign_threads

SLICE_S = 0.02
OVERTRIGGER = 1000
# As for honker-actor: the first look may have begun before, the second is a whole one, the third forgives
# one that met contention.
LOOKS_FOR_QUIET = 3
PROOF_LIMIT_S = 120


class Waiter:
    """One iterator of the binding, drained by a task of the loop. `make()` is called in the loop."""

    def __init__(self, session, number, make):
        self.session = session
        self.number = number
        self.iterator = make()
        self.lock = threading.Lock()
        self.got = 0
        self.timeouts = 0
        self.quiet_since_ns = 0
        self.dead = False
        self.overtriggered = False
        self.task = None
        self.watcher = set()  # the threads of the watcher that it hears, which others may hear too

    def on_item(self, item, t):
        """What came. Called in the loop."""
        raise NotImplementedError

    def on_end(self, error, t):
        """The iterator ended, by that exception. Called in the loop."""
        raise NotImplementedError

    async def run(self):
        pending = None
        try:
            while not (self.dead or self.overtriggered):
                begin_ns = now_ns()
                if pending is None:
                    pending = asyncio.ensure_future(self.iterator.__anext__())
                done, _ = await asyncio.wait({pending}, timeout=SLICE_S)
                end_ns = now_ns()
                if not done:
                    if all_asleep(foreign_threads()):
                        with self.lock:
                            self.timeouts += 1
                            self.quiet_since_ns = begin_ns
                    continue
                finished, pending = pending, None
                error = finished.exception()
                if error is None:
                    self.on_item(finished.result(), end_ns)
                else:
                    self.on_end(error, end_ns)
                    with self.lock:
                        self.dead = True
        finally:
            if pending is not None:
                await cancelled(pending)
            self.iterator = None


class Subscriber(Waiter):
    """Re-reads the marks on each wake, through the binding's own reader."""

    def __init__(self, session, number, make, reread):
        super().__init__(session, number, make)
        self.seen = {}
        self._reread = reread
        self._idle_wakes = 0

    def on_item(self, item, t):
        begin = now_ns()
        event = {"sub": self.number, "begin": begin}
        news = False
        try:
            seen = self._reread()
            event["seen"] = seen
            with self.lock:
                for writer, seq in seen.items():
                    news |= seq > self.seen.get(writer, 0)
                    self.seen[writer] = max(seq, self.seen.get(writer, 0))
        except Fail as error:
            event["error"] = error.value
        with self.lock:
            self.got += 1
            event["n"], event["end"] = self.got, now_ns()
        self.session.record("wake", event, t)
        self._idle_wakes = 0 if news else self._idle_wakes + 1
        if self._idle_wakes >= OVERTRIGGER:
            self.session.tell("overtrigger", {"sub": self.number, "wakes": OVERTRIGGER})
            with self.lock:
                self.overtriggered = True

    def on_end(self, error, t):
        self.session.record("dead", {"sub": self.number, "rc": -1, "error": str(error)}, t)

    def has(self, goal):
        return all(self.seen.get(writer, 0) >= seq for writer, seq in goal.items())


class Listener(Waiter):
    """Writes down each notification of its channel."""

    def __init__(self, session, number, make, channel):
        super().__init__(session, number, make)
        self.channel = channel
        self.payloads = set()

    def on_item(self, item, t):
        event = {"sub": self.number, "id": item.id, "channel": item.channel, "payload": item.payload}
        self.session.record("notified", event, t)
        with self.lock:
            self.got += 1
            self.payloads.add(item.payload if isinstance(item.payload, str) else None)

    def on_end(self, error, t):
        self.session.record("listen_ended", {"sub": self.number, "error": str(error)}, t)

    def has(self, payload):
        return payload in self.payloads


class _Awake:
    """When the watcher of a waiter was first known to have looked often enough since now, or to be gone."""

    def __init__(self, waiter):
        self._counter = LookCounter(waiter.watcher)
        self._since_ns = 0

    def since_ns(self):
        if not self._since_ns and (self.looks() >= LOOKS_FOR_QUIET or self._counter.gone()):
            self._since_ns = now_ns()
        return self._since_ns

    def looks(self):
        return self._counter.looks()


def await_goal(waiters, has, limit_s, death=False, silence_is_an_answer=True):
    """For each waiter `seen`, `dead`, `overtrigger`, `quiet` (the proof that nothing is coming) or `limit`.
    With `death` the proof of silence begins only when the limit has passed."""
    limit_ns = now_ns() + int(limit_s * 1e9)
    awake, waiting_for_death = {w: _Awake(w) for w in waiters}, death
    nap = threading.Event()
    while True:
        now = now_ns()
        if waiting_for_death and now >= limit_ns:
            waiting_for_death, limit_ns = False, now + PROOF_LIMIT_S * 10**9
            awake = {w: _Awake(w) for w in waiters}
        at_limit = now_ns() >= limit_ns
        answers = []
        for waiter in waiters:
            since_ns = awake[waiter].since_ns()
            with waiter.lock:
                quiet = since_ns and waiter.quiet_since_ns > since_ns
                result = ("seen" if has(waiter) else "dead" if waiter.dead
                          else "overtrigger" if waiter.overtriggered
                          else "quiet" if quiet and not waiting_for_death and silence_is_an_answer
                          else "limit" if at_limit and not waiting_for_death else "")
                answers.append({"sub": waiter.number, "result": result, "looks": awake[waiter].looks(),
                                "waits": waiter.timeouts, "wakes": waiter.got})
        if all(answer["result"] for answer in answers):
            return {"subs": answers}
        nap.wait(0.002)  # between two looks at the state; no proof of anything
