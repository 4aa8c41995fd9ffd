"""The queue in front of a product in a rush, as an app meets it."""

from datetime import timedelta
from typing import Any

from flask import Flask

from portal.domains import rushes
from portal.domains.rushes import Ticket
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.ids import new_id
from tests.portal.web.api.conftest import Caller, Shop
from tests.support import people


def switch_on(shop: Shop) -> None:
    staff = people.staff(shop.engine, "catalog")
    ((product_id,),) = shop.sql("SELECT id FROM products WHERE slug = 'studio-a'")
    with transaction(shop.engine) as tx:
        now = clock.now() - timedelta(seconds=1)
        rushes.set_rush(tx, product_id, 0, on=True, at_once=1, minutes=5, now=now, by=staff.id)


def press(shop: Shop, caller: Caller, hour: int = 10, ticket: str = "", key: str = "") -> Any:
    sent = {"Idempotency-Key": key or str(new_id())} | ({"Queue-Ticket": ticket} if ticket else {})
    return caller.send("POST", "/holds", json={"product": shop.room, "start": shop.at(hour)}, headers=sent)


def let_somebody_in(shop: Shop) -> Caller:
    """Who takes the only place inside, and holds nothing."""
    first = shop.caller()
    taken = shop.hold(shop.caller(), 10)
    switch_on(shop)
    assert taken
    assert press(shop, first).status_code == 409, "let in, and it is taken"
    return first


def test_who_comes_later_is_told_their_place_and_when_to_try_again(shop: Shop) -> None:
    let_somebody_in(shop)
    second, third = shop.caller(), shop.caller()
    answers = [press(shop, one, 11) for one in (second, third, second)]
    assert [answer.status_code for answer in answers] == [429] * 3
    assert [answer.json["position"] for answer in answers] == [1, 2, 1]
    told = answers[1]
    assert (told.mimetype, told.json["code"]) == ("application/problem+json", "in-line")
    assert told.headers["Retry-After"] == "5"
    assert told.headers["Queue-Ticket"] == told.json["ticket"]
    assert "number 2 in line" in told.json["detail"]


def test_whose_turn_it_is_holds_and_may_choose_again_with_the_pass(shop: Shop) -> None:
    first = let_somebody_in(shop)
    second = shop.caller()
    ticket = press(shop, second, 11).json["ticket"]
    made = press(shop, first, 12)
    assert made.status_code == 201
    assert press(shop, first, 13, made.headers["Queue-Ticket"]).status_code == 201
    assert press(shop, second, 11, ticket).status_code == 201


def test_a_ticket_of_somebody_else_or_one_that_is_forged_is_worth_nothing(shop: Shop, app: Flask) -> None:
    first = let_somebody_in(shop)
    made = press(shop, first, 12).headers["Queue-Ticket"]
    shop.caller()
    blocker, thief = shop.caller(), shop.caller()
    assert press(shop, blocker, 12).status_code == 409
    assert press(shop, thief, 14, made).status_code == 429
    _queue, tickets = app.extensions["rushes"]
    over = Ticket(new_id(), thief.person.id, 1, 1)
    assert press(shop, thief, 14, tickets.write(over)).status_code == 429
    assert press(shop, thief, 14, "forged").status_code == 429


def test_who_lost_the_answer_to_a_hold_gets_it_without_standing_in_line_again(shop: Shop) -> None:
    first = let_somebody_in(shop)
    second = shop.caller()
    made = press(shop, first, 12, key="once")
    assert press(shop, second, 10).status_code == 409, "let in, and it is taken"
    again = press(shop, first, 12, key="once")
    assert (again.status_code, again.json["id"]) == (201, made.json["id"])
    assert press(shop, first, 13, key="another").status_code == 429
    assert press(shop, first, 13, key="once").json["code"] == "idempotency-mismatch"
