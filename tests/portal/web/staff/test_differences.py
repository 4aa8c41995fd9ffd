"""The page of differences: told in people's words, dropped with a reason, for finance alone."""

import pytest
from flask import Flask

from portal.kernel.ids import new_id
from tests.portal.web.staff.conftest import Desk
from tests.support.till import Shop


def differ(shop: Shop, kind: str = "charge_given_up_here", number: str = "J-1") -> str:
    found = str(new_id())
    shop.sql(
        "INSERT INTO differences (id, provider, kind, ref, number, ours, theirs, currency, moved_at)"
        " VALUES (:id, 'stripe', :kind, :ref, :number, 40000, NULL, 'KRW', now())",
        id=found,
        ref=f"pi_{found}",
        kind=kind,
        number=number,
    )
    return found


def test_a_difference_says_what_it_means_and_what_to_do(app: Flask, shop: Shop) -> None:
    order = shop.order()
    differ(shop, number=order.number)

    page = Desk(app, shop).get("/differences").text

    means = "The money came after we had given the order up."
    for told in (means, "Book again or send back", "₩40,000", f"/orders/{order.number}"):
        assert told in page
    assert "Differences with the provider (1)" in Desk(app, shop).get("/sagas").text


def test_late_money_is_taken_in_from_its_row(app: Flask, shop: Shop) -> None:
    order = shop.given_up()
    found, desk = differ(shop, number=order.number), Desk(app, shop)
    path = f"/differences/{found}/late-payment"
    assert path in desk.get("/differences").text

    desk.post(path)
    assert "The provider does not confirm it" in desk.get("/differences").text
    shop.pay_late(order)
    shop.provider.fault("retrieve", "error_before")
    desk.post(path)
    assert "The provider cannot tell just now." in desk.get("/differences").text
    assert desk.post(path).status_code == 303
    assert "It is booked again if all is still free" in desk.get("/differences").text
    assert desk.post(path).status_code == 409

    assert shop.drive("late_payment", order.number) == "done"
    page = Desk(app, shop, "bookings").get(f"/orders/{order.number}").text
    for told in ("Late payment", "₩40,000 came after the order had ended; it was taken in by hand", "booked again"):
        assert told in page


def test_only_late_money_has_a_button(app: Flask, shop: Shop) -> None:
    differ(shop, kind="amount_differs")
    assert "late-payment" not in Desk(app, shop).get("/differences").text


def test_dropping_needs_a_reason_and_takes_it_off_the_list(app: Flask, shop: Shop) -> None:
    found, desk = differ(shop), Desk(app, shop)

    refused = desk.post(f"/differences/{found}/dismissal", reason=" ")
    assert refused.status_code == 422
    assert f'id="reason-{found}-error"' in refused.text

    assert desk.post(f"/differences/{found}/dismissal", reason="A test payment.").status_code == 303
    assert f"pi_{found}" not in desk.get("/differences").text
    assert "A test payment." in desk.get("/differences?state=dismissed").text
    assert desk.post(f"/differences/{found}/dismissal", reason="Again.").status_code == 409


@pytest.mark.parametrize("role", ["catalog", "bookings", "refunds"])
def test_only_finance_sees_them(app: Flask, shop: Shop, role: str) -> None:
    desk = Desk(app, shop, role)
    assert desk.get("/differences").status_code == 403
    assert desk.post(f"/differences/{differ(shop)}/dismissal", reason="Let me.").status_code == 403
    assert desk.post(f"/differences/{differ(shop)}/late-payment").status_code == 403
