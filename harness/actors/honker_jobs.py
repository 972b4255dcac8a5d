"""The commands of queues, notifications, streams and schedules, each through the binding's own class."""

import asyncio

import honker

from honker_database import call, declines_backend, failure, journal_of, open_database, transact, undone
from honker_queue import describe, make_queue
from honker_work_loop import WorkLoop
from line_protocol import Fail
from loop_thread import LoopThread

class JobCommands:
    def __init__(self, session):
        self._session = session
        self._db = None
        self._work = None
        self._work_db = None
        self._scheduler = None
        for op in ("open_queue", "enqueue", "produce", "claim", "ack", "next_claim_at", "jobs_left", "work",
                   "work_state", "stop", "notify", "stream_publish", "stream_read", "stream_save_offset",
                   "stream_offset", "schedule", "scheduler_start", "scheduler_stop"):
            session.on(op, getattr(self, op))

    def _queue_db(self):
        if self._db is None:
            raise Fail("open_queue comes first")
        return self._db

    def open_queue(self, value):
        db = open_database(value)
        # The binding makes its tables when its first queue is made.
        call(lambda: honker.Queue(db, "harness"))
        if self._db is not None:
            self._db.close()
        self._db = db
        return {"journal": journal_of(db)}

    def enqueue(self, value):
        db = self._queue_db()
        queue = make_queue(db, value)

        def put(tx=None):
            return queue.enqueue(value["key"], tx=tx, delay=value.get("delay_s"),
                                 priority=int(value.get("priority") or 0))

        if value.get("rollback"):
            return {"id": undone(db, put), "rollback": True}
        return {"id": call(put), "rollback": False}

    def produce(self, value):
        self._queue_db()
        first, count = int(value.get("from", 1)), int(value.get("count", 1))
        every, done = int(value.get("rollback_every") or 0), 0
        for i in range(first, first + count):
            one = {"queue": value["queue"], "key": f"{value['prefix']}{i}",
                   "rollback": every > 0 and i % every == 0}
            try:
                self._session.nested("enqueue", one, lambda one=one: self.enqueue(one))
                done += 1
            except Fail:
                pass  # it is in the history
        return {"done": done}

    def claim(self, value):
        queue = make_queue(self._queue_db(), value)
        jobs = call(lambda: queue.claim_batch(value["worker"], int(value.get("n", 1))))
        return {"jobs": [describe(job) for job in jobs]}

    def ack(self, value):
        queue = honker.Queue(self._queue_db(), value.get("queue") or "harness")
        return {"done": int(call(lambda: queue.ack(int(value["id"]), value["worker"])))}

    def next_claim_at(self, value):
        # The binding registers its functions on its writing connection only.
        rows = transact(self._queue_db(), lambda tx: tx.query(
            "SELECT honker_queue_next_claim_at(?1) AS at", [value["queue"]]))
        return {"at": rows[0]["at"]}

    def jobs_left(self, value):
        db = self._queue_db()
        return {table: [row["id"] for row in call(lambda t=table: db.query(
            f"SELECT id FROM _honker_{t} WHERE queue=?1", [value["queue"]]))] for table in ("live", "dead")}

    def work(self, value):
        if self._work is not None:
            raise Fail("a work loop is running; stop it first")
        try:
            db = open_database({**value, "create": False})
        except Fail as error:
            if not declines_backend(error):
                raise
            return {"outcome": "refused", "error": str(error)}
        self._work_db = db
        self._work = WorkLoop(self._session, db, call(lambda: make_queue(db, value)), value)
        return {"outcome": "opened"}

    def work_state(self, value):
        if self._work is None:
            raise Fail("no work loop is running")
        return self._work.state()

    def stop(self, value):
        if self._work is None:
            return
        self._work.stop()
        self._work_db.close()
        self._work = self._work_db = None

    def notify(self, value):
        db = self._queue_db()

        def put(tx):
            return tx.notify(value["channel"], value["payload"])

        if value.get("rollback"):
            return {"id": undone(db, put), "rollback": True}
        return {"id": transact(db, put), "rollback": False}

    def stream_publish(self, value):
        stream = honker.Stream(self._queue_db(), value["stream"])
        call(lambda: stream.publish(value["payload"], key=value.get("key")))

    def stream_read(self, value):
        """Follows the stream from `offset` until `count` events have come."""

        async def read():
            events = []
            iterator = honker.Stream(self._queue_db(), value["stream"]).subscribe(
                from_offset=int(value.get("offset", 0)))
            for _ in range(int(value["count"])):
                event = await asyncio.wait_for(iterator.__anext__(), value.get("limit_ms", 120_000) / 1000)
                events.append({"offset": event.offset, "key": event.key, "payload": event.payload})
            return events

        loop = LoopThread()
        try:
            return {"events": call(lambda: loop.call(read))}
        finally:
            loop.stop()

    def stream_save_offset(self, value):
        stream = honker.Stream(self._queue_db(), value["stream"])
        call(lambda: stream.save_offset(value["consumer"], int(value["offset"])))

    def stream_offset(self, value):
        stream = honker.Stream(self._queue_db(), value["stream"])
        return {"offset": call(lambda: stream.get_offset(value["consumer"]))}

    def schedule(self, value):
        call(lambda: honker.Scheduler(self._queue_db()).add(
            name=value["name"], queue=value["queue"], schedule=honker.CronSchedule(value["schedule"]),
            payload=value.get("payload")))

    def scheduler_start(self, value):
        if self._scheduler is not None:
            raise Fail("the scheduler is running")
        db, loop = self._queue_db(), LoopThread()

        def begin():
            stop = asyncio.Event()
            return stop, asyncio.ensure_future(honker.Scheduler(db).run(stop))

        self._scheduler = (loop, *loop.call(begin))

    def scheduler_stop(self, value):
        """A scheduler that had ended by then says why."""
        if self._scheduler is None:
            return
        (loop, stop, task), self._scheduler = self._scheduler, None

        async def end():
            stop.set()
            await asyncio.wait({task})
            return task.exception()

        error = loop.call(end)
        loop.stop()
        if error is not None:
            raise failure(error)

    def close_all(self):
        self.scheduler_stop({})
        self.stop({})
        if self._db is not None:
            self._db.close()
