"""SQLAlchemy: jobs in the session's transaction, and what its default mode (that of the driver) makes of them.

docs/interop.md says what these cases show.
"""

import unittest

import sqlalchemy
from sqlalchemy import Column, Integer, String, event, func, select
from sqlalchemy.orm import Session, declarative_base

import shop

Base = declarative_base()


class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    item = Column(String, nullable=False)


def enqueue(session, item):
    return session.execute(select(func.honker_enqueue("mail", item, None, None, 0, 3, None))).scalar_one()


class Placed(shop.Shop):
    def open(self, begin):
        """An engine as SQLAlchemy makes it; with `begin`, every transaction begins with that statement."""
        engine = sqlalchemy.create_engine(f"sqlite:///{self.path}", connect_args={"timeout": 60})
        self.addCleanup(engine.dispose)

        @event.listens_for(engine, "connect")
        def load(connection, _):
            connection.enable_load_extension(True)
            connection.load_extension(shop.EXTENSION)
            if begin:
                connection.isolation_level = None

        if begin:
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine


class ExplicitBegin(Placed):
    """The driver's own transactions are off, and SQLAlchemy says BEGIN IMMEDIATE: what to do."""

    def setUp(self):
        super().setUp()
        self.engine = self.open("BEGIN IMMEDIATE")

    def test_the_worker_gets_exactly_what_was_committed(self):
        worker = self.start_worker()
        for number in range(20):
            with Session(self.engine) as session:
                enqueue(session, f"order {number}")
                session.add(Order(item=f"order {number}"))
                if number % 3 == 0:
                    session.rollback()
                else:
                    session.commit()
        committed = [f"order {number}" for number in range(20) if number % 3 != 0]
        self.assertEqual(self.worker_got(worker), committed)
        self.assertEqual(self.orders(), committed)

    def test_an_exception_in_a_begin_block_takes_the_job_with_it(self):
        with self.assertRaisesRegex(RuntimeError, "no tea"), Session(self.engine) as session, session.begin():
            enqueue(session, "tea")
            raise RuntimeError("no tea")
        with self.engine.begin() as connection:
            connection.execute(select(func.honker_enqueue("mail", "coffee", None, None, 0, 3, None)))
        self.assertEqual(self.jobs(), ["coffee"])

    def test_a_nested_transaction_takes_its_jobs_with_it(self):
        with Session(self.engine) as session, session.begin():
            enqueue(session, "kept")
            nested = session.begin_nested()
            enqueue(session, "undone")
            nested.rollback()
        self.assertEqual(self.jobs(), ["kept"])

    def test_a_hook_of_the_mapper_enqueues_in_the_same_transaction(self):
        def placed(_, connection, order):
            connection.execute(select(func.honker_enqueue("mail", order.item, None, None, 0, 3, None)))

        event.listen(Order, "after_insert", placed)
        self.addCleanup(event.remove, Order, "after_insert", placed)
        for item, end in (("tea", Session.commit), ("coffee", Session.rollback)):
            with Session(self.engine) as session:
                session.add(Order(item=item))
                session.flush()
                end(session)
        self.assertEqual(self.jobs(), ["tea"])
        self.assertEqual(self.orders(), ["tea"])

    def test_an_error_of_a_function_reaches_the_application(self):
        with self.assertRaisesRegex(sqlalchemy.exc.OperationalError, r"honker_ack: argument 1 \(id\)"):
            with Session(self.engine) as session:
                session.execute(select(func.honker_ack("one", "worker")))


class DefaultMode(Placed):
    """Nothing but the extension is set up."""

    def setUp(self):
        super().setUp()
        self.engine = self.open(begin=None)

    def test_a_job_before_the_first_write_survives_the_rollback(self):
        worker = self.start_worker()
        with Session(self.engine) as session:
            enqueue(session, "ghost")
            session.add(Order(item="ghost"))
            session.flush()
            session.rollback()
        self.assertEqual(self.orders(), [])
        self.assertEqual(self.worker_got(worker), ["ghost"])

    def test_a_job_after_a_flush_is_rolled_back_with_it(self):
        for item, end in (("tea", Session.commit), ("coffee", Session.rollback)):
            with Session(self.engine) as session:
                session.add(Order(item=item))
                session.flush()
                enqueue(session, item)
                end(session)
        self.assertEqual(self.jobs(), ["tea"])
        self.assertEqual(self.orders(), ["tea"])


if __name__ == "__main__":
    unittest.main()
