"""A driver that dies before or after any commit of a move, or any call of the provider: another one ends it alike.

The same as a story of tests/crash, but in this process: the driver is thrown out at the moment, its lease runs out.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal.domains import moving, payments
from portal.domains.payments.gateways.toss import TossGateway
from portal.kernel import wire
from portal.kernel.db import make_engine
from portal.kernel.pipe import Pipe
from tests.crash.moments import Moment, Watch
from tests.support.till import QUICK, Shop
from workers.engine import Driver
from workers.sagas import book


class Killed(BaseException):
    """Nobody catches it, as nobody hears of a SIGKILL."""


def story(shop: Shop, price: int, hour: float, card: str) -> moving.Move:
    """A booking on a day of its own, about to move."""
    shop.start += timedelta(days=1)
    shop.costs(30000)
    order = shop.bought(points=0, tea=0)
    shop.costs(price)
    return shop.move(order, hour, card=card)


def drive(shop: Shop, move: moving.Move, act: Callable[[Moment], None]) -> None:
    """One visit after the other by a driver that is watched, until the saga is at rest."""
    toss = TossGateway("test_sk_local", window_url=f"{shop.provider.url}/toss/window", api_base=shop.provider.url)
    plugged, url = payments.current(), shop.engine.url.render_as_string(hide_password=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pipe, "send", Pipe.send)
        patch.setattr(wire, "and_commit", wire.and_commit)
        engine = make_engine(url)
        payments.plug(toss)
        payments.plug(plugged)
        Watch(engine, act)
        try:
            driver = Driver(engine, book, QUICK)
            while driver.visit(shop.progress("move", move.number).id) not in {"done", "compensated"}:
                pass
        finally:
            engine.dispose()
            payments.plug(toss)
            payments.plug(plugged)


def ending(shop: Shop, move: moving.Move) -> dict[str, Any]:
    """Everything that counts about one move, without ids and times."""
    of = {"id": move.order_id, "number": move.number, "order": payments.order_of(move.number)}
    books = [p for p in shop.provider.books()["payments"] if p["metadata"].get("order", "").startswith(of["order"])]
    queries = {
        "order": "SELECT state, total, charge, refunded, points_accrued FROM orders WHERE id = :id",
        "lines": "SELECT state, amount FROM order_lines WHERE order_id = :id",
        "places": "SELECT status, upper(during) - lower(during), extract(hour FROM lower(during)) FROM reservations"
        " WHERE order_id = :id ORDER BY lower(during), status",
        "ledger": "SELECT kind, delta FROM points_entries WHERE order_id = :id ORDER BY kind, delta",
        "payments": "SELECT state, amount, refunding, refunded FROM payments WHERE order_id = :id ORDER BY amount",
        "refunds": "SELECT state, amount FROM refunds WHERE order_id = :id",
        "move": "SELECT state, refusal FROM moves WHERE number = :number",
        "mails": "SELECT template FROM mails WHERE data ->> 'number' = :order ORDER BY template",
        "steps": "SELECT step, phase, outcome FROM saga_steps JOIN sagas ON id = saga_id WHERE key = :number"
        " ORDER BY seq",
    }
    found: dict[str, Any] = {name: [tuple(row) for row in shop.sql(sql, **of)] for name, sql in queries.items()}
    return found | {"there": sorted((p["amount_received"], p["amount_refunded"]) for p in books)}


@pytest.mark.parametrize(
    ("price", "hour", "card"),
    [
        pytest.param(45000, 14, "pm_card_visa", id="dearer, paid"),
        pytest.param(45000, 14, "pm_card_chargeDeclined", id="dearer, declined"),
        pytest.param(20000, 14, "", id="cheaper"),
        pytest.param(30000, 10.5, "", id="onto its own time"),
    ],
)
def test_whenever_a_driver_dies_the_move_ends_alike(shop: Shop, price: int, hour: float, card: str) -> None:
    moments: list[Moment] = []
    sound = story(shop, price, hour, card)
    drive(shop, sound, moments.append)
    expected = ending(shop, sound)
    assert len(moments) >= 4

    for moment in moments:
        move = story(shop, price, hour, card)

        def die(passing: Moment, at: Moment = moment) -> None:
            if replace(passing, label="") == replace(at, label=""):
                raise Killed(str(at))

        with pytest.raises(Killed):
            drive(shop, move, die)
        shop.sql("UPDATE sagas SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL")
        shop.drive("move", move.number)
        assert ending(shop, move) == expected, str(moment)
