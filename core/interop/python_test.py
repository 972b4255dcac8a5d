"""Python's sqlite3 module: jobs in the application's transaction, and what its default mode makes of them.

docs/interop.md says what these cases show.
"""

import unittest

import shop

ORDER = "INSERT INTO orders (item) VALUES (?)"


class ExplicitBegin(shop.Shop):
    """isolation_level=None and BEGIN IMMEDIATE: what to do."""

    def setUp(self):
        super().setUp()
        self.app = self.connect(isolation_level=None)

    def place(self, item, end):
        self.app.execute("BEGIN IMMEDIATE")
        self.app.execute(shop.ENQUEUE, (item,))
        self.app.execute(ORDER, (item,))
        self.app.execute(end)

    def test_the_worker_gets_exactly_what_was_committed(self):
        worker = self.start_worker()
        for number in range(20):
            self.place(f"order {number}", "ROLLBACK" if number % 3 == 0 else "COMMIT")
        committed = [f"order {number}" for number in range(20) if number % 3 != 0]
        self.assertEqual(self.worker_got(worker), committed)
        self.assertEqual(self.orders(), committed)

    def test_a_savepoint_takes_its_jobs_with_it(self):
        self.app.execute("BEGIN IMMEDIATE")
        self.app.execute(shop.ENQUEUE, ("kept",))
        self.app.execute("SAVEPOINT s")
        self.app.execute(shop.ENQUEUE, ("undone",))
        self.app.execute("ROLLBACK TO s")
        self.app.execute("COMMIT")
        self.assertEqual(self.jobs(), ["kept"])

    def test_a_job_that_the_application_sees_is_hidden_until_commit(self):
        self.app.execute("BEGIN IMMEDIATE")
        self.app.execute(shop.ENQUEUE, ("tea",))
        self.assertEqual(self.app.execute("SELECT count(*) FROM _honker_live").fetchone(), (1,))
        self.assertEqual(self.jobs(), [])
        self.app.execute("COMMIT")
        self.assertEqual(self.jobs(), ["tea"])

    def test_a_trigger_enqueues_in_the_transaction_of_its_statement(self):
        self.app.execute(
            "CREATE TRIGGER placed AFTER INSERT ON orders BEGIN "
            "SELECT honker_enqueue('mail', new.item, NULL, NULL, 0, 3, NULL); END")
        for item, end in (("tea", "COMMIT"), ("coffee", "ROLLBACK")):
            self.app.execute("BEGIN")
            self.app.execute(ORDER, (item,))
            self.app.execute(end)
        self.assertEqual(self.jobs(), ["tea"])
        self.assertEqual(self.orders(), ["tea"])


class DefaultMode(shop.Shop):
    """isolation_level as it is by default: a SELECT begins no transaction, an INSERT does."""

    def setUp(self):
        super().setUp()
        self.app = self.connect()

    def test_a_job_before_the_first_write_survives_the_rollback(self):
        worker = self.start_worker()
        self.app.execute(shop.ENQUEUE, ("ghost",))
        self.assertFalse(self.app.in_transaction)
        self.app.execute(ORDER, ("ghost",))
        self.app.rollback()
        self.assertEqual(self.orders(), [])
        self.assertEqual(self.worker_got(worker), ["ghost"])

    def test_a_job_after_the_first_write_is_rolled_back_with_it(self):
        worker = self.start_worker()
        for item, end in (("tea", self.app.commit), ("coffee", self.app.rollback)):
            self.app.execute(ORDER, (item,))
            self.assertTrue(self.app.in_transaction)
            self.app.execute(shop.ENQUEUE, (item,))
            end()
        self.assertEqual(self.worker_got(worker), ["tea"])
        self.assertEqual(self.orders(), ["tea"])

    def test_a_with_block_begins_nothing_either(self):
        with self.assertRaisesRegex(RuntimeError, "no tea"), self.app:
            self.app.execute(shop.ENQUEUE, ("ghost",))
            raise RuntimeError("no tea")
        self.assertEqual(self.jobs(), ["ghost"])

    def test_an_explicit_begin_is_respected(self):
        self.app.execute("BEGIN IMMEDIATE")
        self.app.execute(shop.ENQUEUE, ("tea",))
        self.app.rollback()
        self.assertEqual(self.jobs(), [])


class Statements(shop.Shop):
    """What the module does with a call's statement."""

    def test_a_call_whose_row_is_never_fetched_is_done_all_the_same(self):
        app = self.connect(isolation_level=None)
        cursor = app.execute(shop.ENQUEUE, ("tea",))
        self.assertEqual(self.jobs(), ["tea"], "committed while the cursor is open")
        cursor.close()
        self.assertEqual(self.jobs(), ["tea"])

    def test_whole_floats_are_integers_and_others_are_refused(self):
        app = self.connect(isolation_level=None)
        sql = "SELECT honker_enqueue('mail', 'tea', NULL, ?, ?, ?, ?)"
        self.assertEqual(app.execute(sql, (5.0, 2.0, 3.0, 60.0)).fetchone(), (1,))
        stored = app.execute("SELECT run_at - created_at, priority, max_attempts, expires_at - created_at, "
                             "typeof(run_at), typeof(priority) FROM _honker_live").fetchone()
        self.assertEqual(stored, (5, 2, 3, 60, "integer", "integer"))
        with self.assertRaisesRegex(app.OperationalError, r"honker_enqueue: argument 5 \(priority\)"):
            app.execute(sql, (5.0, 2.5, 3.0, 60.0))
        self.assertEqual(len(self.jobs()), 1)


if __name__ == "__main__":
    unittest.main()
