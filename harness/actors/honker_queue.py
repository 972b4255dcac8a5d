"""Queues and jobs of the binding, as the protocol speaks of them."""

import honker

MAX_ATTEMPTS = 100


def make_queue(db, value):
    """Not db.queue(): that keeps the first object of a name, with its lease and attempts."""
    return honker.Queue(db, value["queue"], visibility_timeout_s=int(value.get("lease_s", 1)),
                        max_attempts=int(value.get("max_attempts", MAX_ATTEMPTS)))


def key_of(job):
    """The binding writes and reads payloads as JSON; what it cannot read is said, not guessed."""
    try:
        payload = job.payload
    except Exception as error:
        return {"key": None, "unreadable": f"{type(error).__name__}: {error}"}
    return {"key": payload}


def describe(job):
    return {"id": job.id, "attempts": job.attempts, "claim_expires_at": job.claim_expires_at, **key_of(job)}
