"""The databases that the binding has open, and the commands on them: open, close, exec, setup, commit,
hold, burst, rollback. What the binding does not let an application choose is refused in words."""

import os
import time

import honker

from line_protocol import Fail, InDoubt

# Larger than a page cache of ten pages.
_SPILL_ROWS = 400


class _Undo(Exception):
    """Leaves a transaction block so that it is rolled back."""


def failure(error):
    """The binding tells SQLite's sentence, not its code; contention and I/O errors are known by it."""
    message = str(error)
    more = {"code": 5, "name": "SQLITE_BUSY"} if "is locked" in message else {}
    return Fail(message, **more)


def call(body):
    """Runs `body`; what the binding raises becomes a Fail, or an InDoubt after an I/O error."""
    try:
        return body()
    except (Fail, _Undo, KeyError):  # a KeyError is an argument that is missing
        raise
    except Exception as error:
        if "disk I/O error" in str(error):
            raise InDoubt(str(error)) from error
        raise failure(error) from error


def transact(db, body):
    """body(tx) in one transaction of the binding; an exception rolls it back."""

    def run():
        with db.transaction() as tx:
            return body(tx)

    return call(run)


def undone(db, body):
    """body(tx) in a transaction that is rolled back; returns what body returned."""
    result = []

    def run(tx):
        result.append(body(tx))
        raise _Undo

    try:
        transact(db, run)
    except _Undo:
        pass
    return result[0]


def open_database(value):
    """The binding creates a missing file, sets WAL and synchronous NORMAL, and waits 5 s for a lock."""
    path = value["path"]
    if not value.get("create") and not os.path.exists(path):
        raise Fail(f"unable to open database file: {path} does not exist")
    journal = value.get("journal") or "wal"
    if journal != "wal":
        raise Fail(f"the binding sets journal mode wal itself; {journal} cannot be had through it")
    sync = value.get("sync") or "normal"
    if sync != "normal":
        raise Fail(f"the binding sets synchronous normal itself; {sync} cannot be had through it")
    return call(lambda: honker.open(path, watcher_backend=value.get("backend") or None))


def declines_backend(error):
    """Whether the binding says that it does not know, or was built without, the watcher asked for."""
    return "watcher backend" in str(error)


def journal_of(db):
    return call(lambda: db.query("PRAGMA journal_mode"))[0]["journal_mode"]


def read_marks(db):
    try:
        rows = call(lambda: db.query("SELECT writer, seq FROM harness_marks"))
    except Fail as error:
        if "no such table" in str(error):
            return {}
        raise
    return {str(row["writer"]): row["seq"] for row in rows}


def _set_mark(tx, value):
    tx.execute(
        "INSERT INTO harness_marks(writer, seq, pad) VALUES(?1, ?2, zeroblob(?3))"
        " ON CONFLICT(writer) DO UPDATE SET seq=excluded.seq, pad=excluded.pad",
        [int(value["writer"]), int(value["seq"]), int(value.get("pad") or 0)])


def _grow_undone_mark(tx):
    tx.execute("INSERT INTO harness_marks(writer, seq) VALUES(-1, 1)"
               " ON CONFLICT(writer) DO UPDATE SET seq=seq+1")


def _savepoint_undone(tx):
    tx.execute("SAVEPOINT inner_one")
    _grow_undone_mark(tx)
    tx.execute("ROLLBACK TO inner_one")
    tx.execute("RELEASE inner_one")


def _spill(tx):
    tx.execute("PRAGMA cache_size=10")
    tx.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<?1)"
               " INSERT INTO harness_ballast(content) SELECT zeroblob(4000) FROM n", [_SPILL_ROWS])


class DatabaseCommands:
    def __init__(self, session):
        self._session = session
        self._open = {}
        self._held = {}
        for op in ("open", "close", "exec", "setup", "commit", "hold", "burst", "rollback"):
            session.on(op, getattr(self, op))

    def named(self, value):
        name = value.get("conn") or "c"
        if name not in self._open:
            raise Fail(f'no open connection "{name}"')
        return self._open[name]

    def open(self, value):
        try:
            db = open_database(value)
        except Fail as error:
            if not declines_backend(error):
                raise
            return {"outcome": "refused", "error": str(error)}
        self._open[value.get("conn") or "c"] = db
        return {"outcome": "opened", "journal": journal_of(db)}

    def close(self, value):
        db = self.named(value)
        call(db.close)
        del self._open[value.get("conn") or "c"]

    def close_all(self):
        for db in self._open.values():
            db.close()
        self._open.clear()

    def exec(self, value):
        db, sql = self.named(value), value["sql"]
        bind = value.get("bind")
        reads = sql.lstrip().split(None, 1)[:1] and sql.lstrip().split(None, 1)[0].upper() in (
            "SELECT", "PRAGMA", "EXPLAIN", "VALUES")
        if reads:
            rows = call(lambda: db.query(sql, bind))
        else:
            rows = transact(db, lambda tx: tx.query(sql, bind))
        # Rows come as dicts: columns of one name are one.
        return {"rows": [list(row.values()) for row in rows[:1000]]}

    def setup(self, value):
        def create(tx):
            tx.execute("CREATE TABLE IF NOT EXISTS harness_marks(writer INTEGER PRIMARY KEY,"
                       " seq INTEGER NOT NULL, pad BLOB)")
            tx.execute("CREATE TABLE IF NOT EXISTS harness_ballast(id INTEGER PRIMARY KEY, content BLOB)")

        transact(self.named(value), create)

    def commit(self, value):
        db = self.named(value)
        if not value.get("held"):
            transact(db, lambda tx: _set_mark(tx, value))
            return
        held = self._held.pop(value.get("conn") or "c", None)
        if held is None:
            raise Fail("nothing is held: hold comes first")
        call(lambda: held.__exit__(None, None, None))

    def hold(self, value):
        transaction = self.named(value).transaction()
        # The binding has BEGIN IMMEDIATE only; in WAL that is all that EXCLUSIVE is.
        call(transaction.__enter__)
        call(lambda: _set_mark(transaction, value))
        self._held[value.get("conn") or "c"] = transaction

    def burst(self, value):
        reopen, done = bool(value.get("reopen")), 0
        first, count = int(value.get("from") or 1), int(value.get("count") or 1)
        for seq in range(first, first + count):
            mark = {"writer": int(value["writer"]), "seq": seq}

            def body(mark=mark):
                db = open_database(value) if reopen else self.named(value)
                try:
                    transact(db, lambda tx: _set_mark(tx, {**mark, "pad": value.get("pad")}))
                finally:
                    if reopen:
                        db.close()
                return {}

            try:
                self._session.nested("commit", mark, body)
                done += 1
            except Fail:
                pass  # it is in the history
            time.sleep(int(value.get("gap_us") or 0) / 1e6)  # the load's own rhythm, no proof of anything
        return {"done": done, "asked": count}

    def rollback(self, value):
        db, kind = self.named(value), value["kind"]
        if kind == "plain":
            undone(db, _grow_undone_mark)
        elif kind == "savepoint":
            undone(db, _savepoint_undone)
        elif kind == "savepoint_committed":
            transact(db, _savepoint_undone)
        elif kind == "spilled":
            undone(db, _spill)
            transact(db, lambda tx: tx.execute("PRAGMA cache_size=-2000"))
        else:
            raise Fail(f'rollback kind "{kind}" is none of plain, savepoint, savepoint_committed, spilled')
