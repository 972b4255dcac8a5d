"""What the tests of Python's drivers share: a scratch database of a shop, and a worker in another process.

An order and the job that belongs to it are written in one transaction, so an order exists exactly when its job
does. `orders` are the business rows; jobs go to the queue 'mail' with the item as payload.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest

EXTENSION = os.environ["HONKER_EXT"]
WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")
ENQUEUE = "SELECT honker_enqueue('mail', ?, NULL, NULL, 0, 3, NULL)"


class Shop(unittest.TestCase):
    """A database with an `orders` table, and a connection `observer` in autocommit that sees what is committed."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="honker-interop-")
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "shop.db")
        self.observer = self.connect(isolation_level=None)
        self.observer.execute("PRAGMA journal_mode = WAL")
        self.observer.execute("SELECT honker_bootstrap()").fetchone()
        self.observer.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL)")

    def connect(self, **options):
        """As an application connects; options are those of sqlite3.connect, whose own defaults stay."""
        connection = sqlite3.connect(self.path, timeout=60, **options)
        self.addCleanup(connection.close)
        connection.enable_load_extension(True)
        connection.load_extension(EXTENSION)
        return connection

    def orders(self):
        return [item for (item,) in self.observer.execute("SELECT item FROM orders ORDER BY id")]

    def jobs(self):
        return [payload for (payload,) in self.observer.execute("SELECT payload FROM _honker_live ORDER BY id")]

    def start_worker(self):
        """Returns when the worker listens."""
        worker = subprocess.Popen(
            [sys.executable, "-B", WORKER, EXTENSION, self.path, "mail"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True,
        )
        self.addCleanup(worker.stdout.close)
        self.addCleanup(worker.wait)
        self.addCleanup(worker.kill)
        self.assertEqual(worker.stdout.readline(), "ready\n")
        return worker

    def worker_got(self, worker):
        """What the worker has handled, once it has seen everything that is committed by now."""
        self.observer.execute(ENQUEUE, ("stop",)).fetchone()
        output, _ = worker.communicate(timeout=120)
        self.assertEqual(worker.returncode, 0)
        self.assertEqual(self.jobs(), [], "everything was acked")
        return json.loads(output)
