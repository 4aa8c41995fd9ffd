"""`flask sagas stuck`, the cures and the reconciliation: what the screens do, for whoever has a terminal only."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.domains import audit, identity, payments, reconciliation, recovery
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import Fact, Invalid
from portal.kernel.steps import Unknown
from portal.reports.sagas import find_sagas
from portal.web.database import transaction

WORDS = {
    "resume": "Sends a parked saga on from the step where it stopped.",
    "ask": "Asks the provider now what became of a call.",
    "release": "Says that a call had no effect, so that the saga goes back; the provider is asked once more first.",
    "anew": "Says that a try had no effect and sends it again, under a new key; the provider is asked once more first.",
    "settle": "Says that the money moved another way; --reference tells where it can be found.",
    "give_back": "Gives back a booking that was paid and cannot be completed.",
}


@click.command("stuck")
@click.option("--doubt", is_flag=True, help="Those that fail or are in doubt and are tried again, instead.")
@with_appcontext
def stuck(doubt: bool) -> None:
    """Lists what waits for a person: the oldest first."""
    with transaction() as tx:
        rows = find_sagas(tx, "doubt" if doubt else "person")
        waiting = audit.open_proposals(tx)
        for row in rows:
            money = f"{row.amount} {row.currency}" if row.amount is not None else "–"
            since = (row.failing_since or row.begun_at).isoformat(timespec="seconds")
            why = row.park_reason or row.last_error or ""
            click.echo(f"{row.kind} {row.key}  {row.number or '–'}  {money}  {row.state} since {since}  {why}".rstrip())
        for proposal in waiting:
            click.echo(f"proposal {proposal.id}: {proposal.act} {proposal.subject} ({proposal.reason})")
    if not rows and not waiting:
        click.echo("Nothing waits for a person." if not doubt else "Nothing is in doubt.")


@click.command("reconcile")
@click.option("--days", default=3, show_default=True, type=click.IntRange(1, 400), help="How far to look back.")
@with_appcontext
def reconcile(days: int) -> None:
    """Compares our payments and refunds with the provider's list. Ends with 1 while differences are open."""
    now = clock.now()
    with transaction() as tx:
        providers = payments.in_use(tx)
    for gateway in providers:
        since = now - timedelta(days=days)
        try:
            outcome = reconciliation.reconcile(transaction, gateway, since=since, until=now, now=now)
        except Unknown as unknown:
            raise click.ClickException(f"{gateway.name} does not answer: {unknown}") from unknown
        told = f"{outcome.compared} compared, {outcome.found} differ, {outcome.cured} came right"
        click.echo(f"{gateway.name}: {told}, {outcome.late} paid late and taken in.")
    with transaction() as tx:
        rows = reconciliation.find_differences(tx)
        for row in rows:
            sums = f"ours {row.ours or '–'}, theirs {row.theirs or '–'} {row.currency}"
            click.echo(
                f"{row.kind}  {row.number or '–'}  {row.ref}  {sums}  {row.moved_at.isoformat(timespec='seconds')}"
            )
    if rows:
        raise SystemExit(1)


@click.command("late")
@click.argument("number")
@click.option("--by", "email", required=True, help="The member of staff who asks.")
@with_appcontext
def late(number: str, email: str) -> None:
    """Asks the provider for money of an order that was given up, and books it again or gives it back."""
    with _told() as tx:
        by = _finance(tx, email)
    try:
        found = payments.find_late(transaction, number)
    except (Unknown, payments.NotYet) as later:
        raise click.ClickException(f"Nobody can tell yet: {later or 'the order is on its way back'}.") from later
    if found is None:
        raise click.ClickException("The provider has no money of this order that is ours to take in.")
    with transaction() as tx:
        payments.begin_late(tx, found, told_by="staff", found_by=by)
    click.echo(f"Taken in: it is booked again or given back (flask sagas progress late_payment {number}).")


@click.command("confirm")
@click.argument("proposal", type=click.UUID)
@click.option("--by", "email", required=True, help="The member of staff who confirms.")
@with_appcontext
def confirm(proposal: UUID, email: str) -> None:
    """Confirms, as a second person, what somebody proposed."""
    with _told() as tx:
        done = recovery.confirm(tx, proposal, by=_finance(tx, email), now=clock.now())
        click.echo(f"Confirmed: {done.act} {done.subject}.")


def cure(name: str) -> click.Command:
    """The command of one act."""

    @click.command(name.replace("_", "-"), help=WORDS[name])
    @click.argument("kind")
    @click.argument("key")
    @click.option("--by", "email", required=True, help="The member of staff who decides.")
    @click.option("--reason", required=True, help="Why; it stays on record.")
    @click.option("--reference", default="", help="Where money settled outside can be found.")
    @with_appcontext
    def run(kind: str, key: str, email: str, reason: str, reference: str) -> None:
        limit = current_app.extensions["settings"].four_eyes_above
        with _told() as tx:
            given: dict[str, Any] = {"reason": reason, "reference": reference, "four_eyes_above": limit}
            proposal = recovery.act(tx, name, kind, key, by=_finance(tx, email), now=clock.now(), **given)
            said = f"Proposed: a second person runs `flask sagas confirm {proposal.id}`." if proposal else "Done."
        click.echo(said)

    return run


COMMANDS = [stuck, reconcile, late, confirm, *(cure(name) for name in recovery.ACTS)]


@contextmanager
def _told() -> Iterator[Tx]:
    """A transaction; a fact that stops it is told in a sentence."""
    try:
        with transaction() as tx:
            yield tx
    except (Fact, Invalid) as fact:
        raise click.ClickException(str(fact)) from fact


def _finance(tx: Tx, email: str) -> UUID:
    account = identity.find_by_email(tx, email)
    if account is None or "finance" not in identity.permissions(account):
        raise click.ClickException(f"{email} is nobody who may decide about money.")
    return account.id
