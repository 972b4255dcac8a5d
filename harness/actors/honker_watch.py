"""The commands of watchers and listeners: watch, await, quiesce, await_death, unwatch; listen,
await_notified, unlisten."""

import gc

from honker_database import call, open_database, read_marks
from honker_waiters import Listener, Subscriber, await_goal
from line_protocol import Fail
from loop_thread import LoopThread
from thread_activity import foreign_threads


class WatchCommands:
    def __init__(self, session, databases):
        self._session = session
        self._databases = databases
        self._loop = LoopThread()
        self._subscribers = {}
        self._own = {}  # subscriber: the database that `watch` opened for it
        self._listeners = {}
        self._watchers = {}  # of a database with listeners: itself, and the threads of its watcher
        self._next_sub = 0
        for op in ("watch", "quiesce", "await_death", "unwatch", "listen", "await_notified", "unlisten"):
            session.on(op, getattr(self, op))
        session.on("await", self.await_marks)

    def _numbers(self, value, count):
        first = int(value.get("first_sub", self._next_sub))
        self._next_sub = max(self._next_sub, first + count)
        return range(first, first + count)

    # --- subscribers of update events

    def watch(self, value):
        count, lazy = int(value.get("subscribers", 1)), int(value.get("lazy", 0))
        if count < 1:
            raise Fail("watch needs path and subscribers >= 1")
        for name in ("poll_ms", "fresh", "load_first"):
            if value.get(name):
                raise Fail(f"watch: the binding has no {name}")
        before = foreign_threads()
        try:
            db = open_database({"path": value["path"], "backend": value.get("backend")})
            read_marks(db)
        except Fail as error:
            if "does not exist" in str(error) or "is locked" in str(error):
                raise
            return {"outcome": "refused", "error": str(error)}
        numbers = self._numbers(value, count)
        try:
            for number in numbers:
                self._subscribers[number] = self._loop.call(
                    Subscriber, self._session, number, db.update_events, lambda: read_marks(db))
                self._own[number] = db
        except Exception as error:
            self._drop(numbers)
            return {"outcome": "refused", "error": str(error)}
        watcher = foreign_threads() - before
        for number in list(numbers)[lazy:]:
            waiter = self._subscribers[number]
            waiter.watcher = watcher
            waiter.task = self._loop.start(waiter.run())
        return {"outcome": "opened", "subs": list(numbers), "lazy": lazy, "threads": sorted(watcher)}

    def _waiting(self):
        return [w for w in self._subscribers.values() if w.task is not None]

    def await_marks(self, value):
        marks = value.get("marks") or {}
        return await_goal(self._waiting(), lambda w: w.has(marks), value.get("limit_ms", 120_000) / 1000,
                          silence_is_an_answer=not value.get("writers_busy"))

    def quiesce(self, value):
        return await_goal(self._waiting(), lambda w: False, value.get("limit_ms", 120_000) / 1000)

    def await_death(self, value):
        waiting = list(self._listeners.values()) if value.get("listeners") else self._waiting()
        return await_goal(waiting, lambda w: False, value.get("limit_ms", 10_000) / 1000, death=True)

    def _drop(self, numbers):
        gone = [n for n in numbers if n in self._subscribers]
        databases = {id(self._own[n]): self._own[n] for n in gone if n in self._own}
        for number in gone:
            waiter = self._subscribers.pop(number)
            self._own.pop(number, None)
            if waiter.task is not None:
                self._loop.cancel(waiter.task)
        waiter = None
        # The binding ends a subscription when its object goes; one that is still there when the
        # interpreter ends makes it hang.
        gc.collect()
        still = {id(db) for db in self._own.values()}
        for key, db in databases.items():
            if key not in still:
                call(db.close)
        return len(gone)

    def unwatch(self, value):
        subs = value.get("subs")
        return {"closed": self._drop(list(self._subscribers) if subs is None else [int(s) for s in subs])}

    # --- listeners of a channel

    def listen(self, value):
        db, channel = self._databases.named(value), value["channel"]
        number = self._numbers(value, 1)[0]

        def make():
            before = foreign_threads()
            # Without the idle poll: what it would repair is what a scenario wants to see.
            made = Listener(self._session, number, lambda: db.listen(channel, fallback_poll_s=None), channel)
            return made, foreign_threads() - before

        listener, started = call(lambda: self._loop.call(make))
        # One watcher serves all listeners of a database: the first of them starts it.
        if started or id(db) not in self._watchers:
            self._watchers[id(db)] = (db, started)
        listener.watcher = self._watchers[id(db)][1]
        self._listeners[number] = listener
        listener.task = self._loop.start(listener.run())
        return {"sub": number}

    def _listener(self, value):
        number = int(value["sub"])
        if number not in self._listeners:
            raise Fail(f"there is no listener {number}")
        return self._listeners[number]

    def await_notified(self, value):
        payload = value["payload"]
        return await_goal([self._listener(value)], lambda w: w.has(payload),
                          value.get("limit_ms", 120_000) / 1000)

    def unlisten(self, value):
        listener = self._listener(value)
        self._loop.cancel(listener.task)
        del self._listeners[listener.number], listener
        gc.collect()

    def close_all(self):
        for number in list(self._listeners):
            self.unlisten({"sub": number})
        self._drop(list(self._subscribers))
        self._loop.stop()
