#!/usr/bin/env python3
"""honker_actor.py: one process of a cell, over honker's Python binding (docs/protocol.md).

Writer, watcher, worker, producer and listener in one program, as honker-actor is for the C ABI and the SQL
functions; everything is done through the binding's own classes. --subject is accepted and not used: the
binding brings its own."""

import argparse
import json
import os
import sys
import tempfile

import line_protocol

EX_UNAVAILABLE = 69
USAGE = 64


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        sys.stderr.write(f"honker_actor.py: {message}\n(honker_actor.py --help shows the options)\n")
        sys.exit(USAGE)


def parse(arguments):
    parser = _Parser(
        prog="honker_actor.py", allow_abbrev=False,
        description="one process of a cell, over honker's Python binding; speaks the line protocol",
        epilog="Example: honker_actor.py --process worker:1 --history w1.jsonl")
    parser.add_argument("--process", default="")
    parser.add_argument("--history", default="")
    parser.add_argument("--subject", default="", help="not used: the binding brings its own")
    parser.add_argument("--sqlite-source-id", default="")
    parser.add_argument("--identity", help="print the SQLite that the binding uses, and end")
    options = parser.parse_args(arguments)
    if not options.identity and not (options.process and options.history):
        parser.error("--process and --history are needed")
    return options


def unavailable(sentence):
    sys.stderr.write(f"honker_actor.py: {sentence}\n")
    return EX_UNAVAILABLE


def sqlite_of_the_binding(honker, folder):
    """Asked of the binding itself, on a database that is gone afterwards."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        db = honker.open(os.path.join(scratch, "identity.db"))
        row = db.query("SELECT sqlite_version() AS version, sqlite_source_id() AS source_id")[0]
        db.close()
    return {"version": row["version"], "source_id": row["source_id"]}


def main(arguments):
    options = parse(arguments)
    line_protocol.die_with_parent()
    try:
        import honker
    except ImportError as error:
        return unavailable(f"the package honker cannot be imported by {sys.executable}: {error}")
    sqlite = sqlite_of_the_binding(honker, os.path.dirname(options.history) or None)
    if options.sqlite_source_id and options.sqlite_source_id != sqlite["source_id"]:
        return unavailable(f"the binding uses SQLite {sqlite['source_id']}, asked for "
                           f"{options.sqlite_source_id}")
    if options.identity:
        print(json.dumps(sqlite))
        return 0

    from honker_database import DatabaseCommands
    from honker_jobs import JobCommands
    from honker_watch import WatchCommands

    session = line_protocol.Session(options.process, options.history)
    databases = DatabaseCommands(session)
    watchers = WatchCommands(session, databases)
    jobs = JobCommands(session)
    session.serve({"protocol": line_protocol.PROTOCOL, "process": options.process, "pid": os.getpid(),
                   "sqlite": sqlite, "subject": getattr(honker, "__file__", "")})
    jobs.close_all()
    watchers.close_all()
    databases.close_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
