"""Whatever is booked, closed and asked for: the slots shown are what asking for each single time would answer."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from portal.domains import reservations, resources
from portal.domains.reservations import rules
from portal.domains.reservations.terms import Terms, calendar_from, terms_and_price
from portal.domains.reservations.timetable import Span, midnight
from portal.kernel.db import Tx
from portal.kernel.ids import new_id
from tests import factories

MINUTE = timedelta(minutes=1)
UNITS = 3
# A plain day, one without the hour after midnight's second one, and one that has it twice.
DAYS = [("Asia/Seoul", date(2026, 6, 5)), ("Europe/Lisbon", date(2026, 3, 29)), ("America/New_York", date(2026, 11, 1))]
HOURS = [((0, 1440),), ((540, 720), (780, 1000)), ((60, 200), (1200, 1500))]
PUT = text("""
    INSERT INTO reservations (id, hold_id, resource_id, unit, account_id, during, status, expires_at, order_id)
    VALUES (gen_random_uuid(), :hold, :resource, :unit, :account, tstzrange(:start, :end), :status,
            clock_timestamp() + :left * interval '1 hour', :order)
""")
CLOSE = text("INSERT INTO closures (id, resource_id, during) VALUES (gen_random_uuid(), :id, tstzrange(:a, :b))")
TAKEN = text("""
    SELECT unit, lower(during), upper(during) FROM reservations WHERE resource_id = :id
    AND (status = 'CONFIRMED' OR status = 'PENDING' AND (order_id IS NOT NULL OR expires_at > clock_timestamp()))
""")

stays = st.lists(
    st.tuples(
        st.integers(1, UNITS),
        st.integers(-8, 104).map(lambda n: n * 15),  # start, minutes from midnight
        st.integers(1, 16).map(lambda n: n * 15),  # length
        st.sampled_from(["held", "lapsed", "ordered", "confirmed", "cancelled"]),
    ),
    max_size=25,
)
offers = st.fixed_dictionaries(
    {
        "length": st.sampled_from([30, 45, 90]),
        "start_step": st.sampled_from([15, 30, 40]),
        "buffer_before": st.sampled_from([0, 10]),
        "buffer_after": st.sampled_from([0, 15, 30]),
        "lead_time": st.sampled_from([0, 120]),
    }
)


@given(day=st.sampled_from(DAYS), hours=st.sampled_from(HOURS), offer=offers, stays=stays, data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slots_are_what_asking_for_each_time_would_answer(
    engine: Engine,
    day: tuple[str, date],
    hours: tuple[tuple[int, int], ...],
    offer: dict[str, int],
    stays: list[tuple[int, int, int, str]],
    data: st.DataObject,
) -> None:
    zone, on = ZoneInfo(day[0]), day[1]
    begins = midnight(on, zone)
    now = begins + data.draw(st.sampled_from([-600, 0, 600]), "now") * MINUTE
    closed = data.draw(st.none() | st.integers(0, 1380), "closed")
    quantity = data.draw(st.integers(1, UNITS), "quantity")
    with engine.connect() as connection, Session(connection) as tx:
        week = [(weekday, opens, closes) for weekday in range(7) for opens, closes in hours]
        made = factories.bookable(tx, units=UNITS, time_zone=day[0], hours=week, **offer)  # type: ignore[arg-type]  # minutes
        if closed is not None:
            spell = {"a": begins + closed * MINUTE, "b": begins + (closed + 70) * MINUTE}
            tx.execute(CLOSE, {"id": made.resource.id, **spell})
        _book(tx, made, stays, begins)
        found = terms_and_price(tx, made.product.id, now)
        assert found is not None
        terms = found[0]
        shown = reservations.slots(tx, made.product.id, first=on, last=on, now=now, quantity=quantity)
        can_be_asked = {
            (slot.start, slot.available, slot.state) for slot in shown if slot.state not in ("past", "soon", "closed")
        }
        assert can_be_asked == set(_asked_one_by_one(tx, terms, on, now, quantity))


def _asked_one_by_one(tx: Tx, terms: Terms, on: date, now: datetime, quantity: int) -> Iterator[tuple[Any, ...]]:
    """Every fifth minute of the day that has no fault, with the units that no reservation touches."""
    begins, ends = midnight(on, terms.zone), midnight(on + timedelta(days=1), terms.zone)
    closed = resources.closures_of(tx, terms.resource_id, within=(begins, ends + timedelta(days=1)))
    calendar = calendar_from(terms, on, on, [Span(closure.starts_at, closure.ends_at) for closure in closed])
    taken = tx.execute(TAKEN, {"id": terms.resource_id}).all()
    for n in range((ends - begins) // (5 * MINUTE)):
        start = begins + n * 5 * MINUTE
        until = start + terms.min_length
        if rules.start_fault(terms, start, now) or rules.calendar_faults(terms, calendar, start, until):
            continue
        busy = start - terms.buffer_before, until + terms.buffer_after
        free = UNITS - len({unit for unit, first, last in taken if first < busy[1] and busy[0] < last})
        yield start, free, rules.state_of(free, scarce=free <= rules.few_of(UNITS), quantity=quantity)


def _book(tx: Tx, made: factories.Bookable, stays: list[tuple[int, int, int, str]], begins: datetime) -> None:
    """Stores what fits; what would overlap is left out, since nothing could store it."""
    account = factories.account(tx)
    hold = new_id()
    tx.execute(
        text(
            "INSERT INTO holds (id, account_id, product_id, resource_id, starts_at, ends_at, quantity, amount)"
            " VALUES (:id, :account, :product, :resource, now(), now() + interval '1 hour', 1, 0)"
        ),
        {"id": hold, "account": account.id, "product": made.product.id, "resource": made.resource.id},
    )
    stored: list[tuple[int, int, int]] = []
    for unit, start, length, state in stays:
        meets = any(unit == u and start < e and s < start + length for u, s, e in stored)
        if meets and state != "cancelled":
            continue
        if state != "cancelled":
            stored.append((unit, start, start + length))
        row = {
            "hold": hold,
            "resource": made.resource.id,
            "account": account.id,
            "unit": unit,
            "start": begins + start * MINUTE,
            "end": begins + (start + length) * MINUTE,
            "status": {"confirmed": "CONFIRMED", "cancelled": "CANCELLED"}.get(state, "PENDING"),
            "order": new_id() if state in ("ordered", "confirmed") else None,
            "left": 1 if state == "held" else -1,
        }
        tx.execute(PUT, row)
