"""The engine's own tables: the saga, the log of its steps, and the intents of its calls to the outside.

They hold every fact: state, timers, lease, outcome. A message on a queue is only a doorbell.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base

AT_REST = ("done", "compensated", "parked", "handed_over")
"""Nothing happens by itself. Who was handed over is finished by another saga, at a person's word."""
CALLED = ("calling", "unknown", "waiting")
"""Something may have been sent, so that the next visit asks before it sends."""
STATES = ("ready", "running", "calling", "unknown", "waiting", "compensating", *AT_REST)
CALL_STATES = ("sent", "unknown", "waiting", "done", "refused")


class Saga(Base):
    """One run of a business process. `epoch` grows with every claim; a driver with an old epoch commits nothing."""

    __tablename__ = "sagas"
    __table_args__ = (
        # PostgreSQL reads a check anew for every statement: one pattern costs a quarter of a list of words.
        CheckConstraint(f"state ~ '^({'|'.join(STATES)})$'", name="state_known"),
        CheckConstraint("(state = 'parked') = (park_reason IS NOT NULL)", name="parked_with_reason"),
        UniqueConstraint("kind", "key"),
        # Nothing that moves from claim to claim stands in an index, so that such an update touches the row alone (HOT).
        Index("sagas_due_idx", "next_at", postgresql_where=text("next_at IS NOT NULL")),
        Index("sagas_under_way_idx", "begun_at", postgresql_where=text("next_at IS NOT NULL")),
        Index("sagas_parked_idx", "begun_at", postgresql_where=text("park_reason IS NOT NULL")),
        {"postgresql_with": {"fillfactor": "60"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    version: Mapped[int]
    key: Mapped[str]
    command: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(server_default="ready")
    position: Mapped[int] = mapped_column(server_default="0")
    """Index of the step to run next; while compensating, of the next step to undo."""
    epoch: Mapped[int] = mapped_column(BigInteger, server_default="0")
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    next_at: Mapped[datetime | None] = mapped_column(server_default=func.now())
    """When somebody should look at it, unless it is leased; NULL at rest. A driver leaves it alone until it lets go."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    """Visits since the last progress, counted by the claim itself, so that a crash loop counts too."""
    wakes: Mapped[int] = mapped_column(server_default="0")
    """Hints from outside so far; a driver that sees it grow looks again at once instead of sleeping."""
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    last_error: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    """When the step at hand first failed; a step that goes through clears it."""
    deadline_at: Mapped[datetime | None]
    """Until then the pivot must have been sent; later the saga turns back."""
    verdict: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What a person decided about the call at hand; used up by the visit that follows."""
    park_reason: Mapped[str | None]
    parked_from: Mapped[str | None]
    begun_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    trace: Mapped[str | None]
    """The request it began with; the log's lines about it carry it."""
    log: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    """What was done, refused or undone: one entry for each segment, appended with the state it led to (closing.py).
    The view saga_steps shows it line by line."""


class SagaVersion(Base):
    """A table of a saga as the workers last saw it (versions.py): what is under way goes on by the same one."""

    __tablename__ = "saga_versions"

    kind: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SagaArchive(Base):
    """A finished saga with its log and its calls, as it left the other tables (archive.py)."""

    __tablename__ = "saga_archive"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    ended_at: Mapped[datetime]
    record: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The saga's row, with its `calls` as a list."""


class SagaCall(Base):
    """The intent of a call to the outside, committed before anything is sent; `key` is what the provider sees.

    Each is written by the statement that moves its own saga, so it needs no foreign key to prove that there is one.
    """

    __tablename__ = "saga_calls"
    __table_args__ = (CheckConstraint(f"state ~ '^({'|'.join(CALL_STATES)})$'", name="state_known"),)

    saga_id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str]
    state: Mapped[str]
    sends: Mapped[int] = mapped_column(server_default="0")
    asks: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[str | None]
    first_sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    answered_at: Mapped[datetime | None]
