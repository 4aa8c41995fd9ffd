"""A run: the provider's list page by page against our books, then our books against the list.

Each page is written in a transaction of its own, so that a run may be killed anywhere and begun again; no call to the
provider is made inside one.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from portal.domains.payments import Gateway, Movement
from portal.domains.reconciliation import ours
from portal.domains.reconciliation.comparing import Finding, compare, finding
from portal.domains.reconciliation.late import leave_late
from portal.domains.reconciliation.models import Difference, Run
from portal.kernel.db import Tx

T = TypeVar("T")
Transactions = Callable[[], AbstractContextManager[Tx]]

SETTLES = timedelta(minutes=10)
"""What is younger is left alone: the provider's list may lag, and our saga may be about to hear."""
PAGE = 100
EVERY = timedelta(hours=24)
AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Outcome:
    """What a run came to: movements compared, differences it found, earlier ones that are gone, and late money that
    has a saga now."""

    compared: int
    found: int
    cured: int
    late: int = 0


def reconcile(
    transactions: Transactions,
    gateway: Gateway,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    run_id: UUID | None = None,
) -> Outcome:
    """Compares everything that moved from `since` up to `until` (at most ten minutes ago), as the run `claim` began.

    Raises Unknown when the provider does not answer: what was found so far stays, nothing is called cured.
    """
    until = min(until, now - SETTLES)
    if run_id is None:
        with transactions() as tx:
            run_id = _begin(tx, gateway.name, since, until, now)
    seen: set[str] = set()
    compared = found = late = 0
    for page in _pages(gateway.movements(since, until), PAGE):
        with transactions() as tx:
            differ = _theirs(tx, gateway.name, page)
        for_people = leave_late(transactions, differ)
        late += len(differ) - len(for_people)
        with transactions() as tx:
            found += _note(tx, gateway.name, for_people, now)
        seen.update(one.ref for one in page)
        compared += len(page)
    found += _our_side(transactions, gateway, since, until, seen, now)
    with transactions() as tx:
        cured = _cure(tx, gateway.name, since, until, now)
        tx.execute(update(Run).where(Run.id == run_id).values(ended_at=func.now(), compared=compared))
    return Outcome(compared, found, cured, late)


def claim(tx: Tx, provider: str, *, since: datetime, now: datetime) -> UUID | None:
    """Begins the nightly run if it is due. Its row is written here, so that of several who ask at once one gets it.

    It is due a day after the last one that came to its end; one that did not is tried again after an hour.
    """
    tx.execute(text("SELECT pg_advisory_xact_lock(hashtext('reconciliation'))"))
    ended = select(Run.id).where(Run.provider == provider, Run.began_at > now - EVERY, Run.ended_at.is_not(None))
    begun = select(Run.id).where(Run.provider == provider, Run.began_at > now - AGAIN)
    if tx.execute(ended.union(begun).limit(1)).first():
        return None
    return _begin(tx, provider, since, now - SETTLES, now)


def _begin(tx: Tx, provider: str, since: datetime, until: datetime, now: datetime) -> UUID:
    run = Run(provider=provider, since=since, until=until, began_at=now)
    tx.add(run)
    tx.flush()
    return run.id


def _theirs(tx: Tx, provider: str, page: Sequence[Movement]) -> list[Finding]:
    known = ours.matching(tx, provider, page)
    pairs = [(there, known.get(there.ref)) for there in page]
    found = [finding(kind, there, here) for there, here in pairs if (kind := compare(there, here))]
    busy = ours.under_way(tx, [one.number for one in found if one.number])
    return [one for one in found if one.number not in busy]


def _our_side(
    transactions: Transactions, gateway: Gateway, since: datetime, until: datetime, seen: set[str], now: datetime
) -> int:
    """What we count as done and the list did not have. A charge is asked for by name before it is called missing."""
    after, found = "", 0
    while True:
        with transactions() as tx:
            rows = ours.done_between(tx, gateway.name, since, until, after=after, limit=PAGE)
        if not rows:
            return found
        after = rows[-1][1].key
        missing = []
        for kind, here in rows:
            if here.outside or here.ref in seen:
                continue
            if kind == "charge":
                there = gateway.find(here.ref) if here.ref else None
                if there is None or there.status != "paid":
                    missing.append(finding("charge_missing_there", None, here))
            else:
                missing.append(finding("refund_missing_there", None, here))
        with transactions() as tx:
            found += _note(tx, gateway.name, missing, now)


def _note(tx: Tx, provider: str, findings: Sequence[Finding], now: datetime) -> int:
    """Writes what was found; the same difference again is the same row. What was dismissed stays dismissed."""
    for one in findings:
        values = {
            "provider": provider,
            "kind": one.kind,
            "ref": one.ref,
            "number": one.number,
            "ours": one.ours,
            "theirs": one.theirs,
            "currency": one.currency,
            "moved_at": one.at,
            "found_at": now,
            "seen_at": now,
        }
        written = insert(Difference).values(values)
        again = {"seen_at": now, "ours": written.excluded.ours, "theirs": written.excluded.theirs}
        reopened = {"state": "open", "ended_at": None}
        tx.execute(written.on_conflict_do_update(constraint="differences_provider_kind_ref_key", set_=again))
        tx.execute(
            update(Difference)
            .where(
                Difference.provider == provider,
                Difference.kind == one.kind,
                Difference.ref == one.ref,
                Difference.state == "cured",
            )
            .values(reopened)
        )
    return len(findings)


def _cure(tx: Tx, provider: str, since: datetime, until: datetime, now: datetime) -> int:
    """Earlier differences of this span that this run no longer found have come right by themselves."""
    gone = tx.execute(
        update(Difference)
        .where(
            Difference.provider == provider,
            Difference.state == "open",
            Difference.seen_at < now,
            Difference.moved_at >= since,
            Difference.moved_at < until,
        )
        .values(state="cured", ended_at=now)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result counts rows


def _pages(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    while page := list(islice(rows, size)):
        yield page
