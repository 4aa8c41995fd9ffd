"""A driver: claims sagas for one process and drives them, visit after visit (visit.py)."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.kernel import log
from portal.kernel.pipe import Statement
from workers.engine import figures, store
from workers.engine.book import Book
from workers.engine.leases import Leases
from workers.engine.models import AT_REST
from workers.engine.policy import Policy
from workers.engine.segment import call_key
from workers.engine.store import Claim, Fenced
from workers.engine.visit import Visit


class Driver:
    """Drives sagas for one process. Safe to share between threads; `stop()` lets sagas go at the next commit."""

    def __init__(self, engine: Engine, book: Book, policy: Policy) -> None:
        self.engine = engine
        self.book = book
        self.policy = policy
        self.owner = secrets.token_hex(8)
        self.known = [f"{saga.name} {saga.version}" for saga in book]
        self.leases = Leases(engine, self.owner, policy.lease)
        self.stopping = False
        self._log = log.get("engine")

    def stop(self) -> None:
        """Finish the commit at hand, then give sagas back to whoever comes next."""
        self.stopping = True

    def visit(self, saga_id: UUID) -> str | None:
        """Drives one saga as far as it goes now. Returns its state, or None if there was nothing for us to do, or
        somebody else took it from us."""
        if self.stopping:
            return None
        with self._session() as session:
            claim = store.claim(session.connection(), saga_id, **self._us())
            return self._drive(session, claim).left if claim else None

    def heed(self) -> None:
        """Somebody rang: drives whatever is due, what has waited longest first. The bell is not rung for every saga.

        What ends a visit claims the next saga in the same commit, so that in a rush no claim has a way of its own.
        """
        with self._session() as session:
            claim = self._claim_next(session)
            while claim:
                visit = self._drive(session, claim, take=store.along(**self._us()))
                claim = visit.next if visit.looked else self._claim_next(session)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """One for all visits of a round; each transaction of it is forgotten by the next (wire.transaction)."""
        with self.engine.connect() as connection, Session(connection, expire_on_commit=False) as session:
            yield session

    def _claim_next(self, session: Session) -> Claim | None:
        return None if self.stopping else store.claim_next(session.connection(), **self._us())

    def _us(self) -> dict[str, Any]:
        return {"owner": self.owner, "lease": self.policy.lease, "known": self.known}

    def _drive(self, session: Session, claim: Claim, take: Sequence[Statement] = ()) -> Visit:
        """The visit, which knows how it left the saga and which one it claimed on its way."""
        visit = Visit(session, claim, book=self.book, policy=self.policy, stopping=lambda: self.stopping, take=take)
        facts = {"saga": str(claim.id), "kind": claim.kind, "key": claim.key, "request_id": claim.trace}
        with self.leases.held(claim.id), log.about(**facts):
            try:
                visit.left = state = visit.run()
            except Fenced:
                figures.FENCED.add(claim.kind)
                self._log.warning("fenced", epoch=claim.epoch)
                return visit
            if state in AT_REST:
                figures.ENDED.add(claim.kind, state)
            self._log.info("visited", state=state, attempts=claim.attempts)
            return visit


__all__ = ["Driver", "call_key"]
