"""The machine that runs sagas. It knows tables, leases and steps; it has never heard of a booking.

Owns:     sagas (with their log, which the view saga_steps shows), saga_calls, saga_archive, saga_versions.
Promises: an accepted saga ends or is parked where people see it; each step's effect is there exactly when its line in
          the log is; nothing is sent to the outside before its intent is durable, nor again before asking what became
          of it; nothing is undone while an answer is unknown. A message on a queue is a doorbell and nothing more.
"""

from workers.engine.archive import archive
from workers.engine.book import Book
from workers.engine.definition import ASYNC, COMPENSATABLE, PIVOT, READ, RETRYABLE, SYNC, Malformed, Saga, Step
from workers.engine.driver import Driver
from workers.engine.policy import Policy, Retry
from workers.engine.port import SagaPort
from workers.engine.sweep import Sweeper

__all__ = [
    "ASYNC",
    "COMPENSATABLE",
    "PIVOT",
    "READ",
    "RETRYABLE",
    "SYNC",
    "Book",
    "Driver",
    "Malformed",
    "Policy",
    "Retry",
    "Saga",
    "SagaPort",
    "Step",
    "Sweeper",
    "archive",
]
