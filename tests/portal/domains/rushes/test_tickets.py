"""The signed paper people carry in a queue."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from portal.domains.rushes import Ticket, Tickets
from portal.kernel import clock
from portal.kernel.ids import new_id

NOW = clock.now()
OPENED = NOW - timedelta(hours=1)
PRODUCT, ME = new_id(), new_id()
TICKET = Ticket(PRODUCT, ME, int(NOW.timestamp() * 1_000_000))
TICKETS = Tickets("a secret key that is only good for tests")


def read(text: str, *, product_id: UUID = PRODUCT, account_id: UUID = ME) -> Ticket | None:
    return TICKETS.read(text, product_id=product_id, account_id=account_id, opened_at=OPENED)


def test_what_was_written_is_read() -> None:
    until = int(NOW.timestamp()) + 60
    assert read(TICKETS.write(TICKET)) == TICKET
    let_in = read(TICKETS.write(replace(TICKET, until=until)))
    assert let_in == replace(TICKET, until=until)
    assert let_in.lets_in(NOW)
    assert not let_in.lets_in(NOW + timedelta(seconds=61))
    assert not TICKET.lets_in(NOW)


def test_another_persons_ticket_and_another_products_are_none() -> None:
    text = TICKETS.write(TICKET)
    assert read(text, account_id=new_id()) is None
    assert read(text, product_id=new_id()) is None


def test_a_ticket_of_an_earlier_rush_is_none() -> None:
    early = Ticket(PRODUCT, ME, int((OPENED - timedelta(seconds=1)).timestamp() * 1_000_000))
    assert read(TICKETS.write(early)) is None


@pytest.mark.parametrize("forged", ["", "x", "a.b", "é", "[1,2,3,4]", "." * 5000])
def test_what_nobody_here_wrote_is_none(forged: str) -> None:
    assert read(forged) is None


def test_a_ticket_that_was_changed_or_signed_elsewhere_is_none() -> None:
    body, _, signature = TICKETS.write(TICKET).rpartition(".")
    other = TICKETS.write(replace(TICKET, until=2**31)).rpartition(".")[0]
    assert read(f"{other}.{signature}") is None
    assert read(f"{body}.{signature[:-2]}AA") is None
    assert read(Tickets("another secret key, of somebody else").write(TICKET)) is None
