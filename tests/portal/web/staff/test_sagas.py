"""The stuck-money screens: what waits is told in people's words, and each cure is one form with a reason."""

import pytest
from flask import Flask

from tests.portal.web.staff.conftest import Desk
from tests.support.till import Shop


def test_what_waits_is_listed_with_its_reason_amount_and_what_comes_next(app: Flask, shop: Shop) -> None:
    number = shop.in_doubt().number

    page = Desk(app, shop).get("/sagas").text

    for told in (number, "₩40,000", "Nobody can tell what became of the charge.", "Nothing, until you decide."):
        assert told in page


def test_a_saga_that_is_asked_about_is_listed_as_in_doubt_and_not_before(app: Flask, shop: Shop) -> None:
    order = shop.order()
    desk = Desk(app, shop)
    assert order.number not in desk.get("/sagas?show=doubt").text
    shop.provider.fault("confirm", "cut_before")
    shop.driver.visit(shop.progress("payment", order.number).id)

    page = desk.get("/sagas?show=doubt").text

    assert order.number in page
    assert "We ask again by ourselves." in page
    assert order.number not in desk.get("/sagas").text


def test_late_money_that_waits_is_listed_with_its_order_and_amount_and_has_a_page(app: Flask, shop: Shop) -> None:
    order = shop.given_up()
    shop.take_the_place()
    shop.pay_late(order)
    shop.take_in(order)
    desk = Desk(app, shop)
    running = desk.get("/sagas?show=running").text
    assert "Late payment" in running
    assert order.number in running
    shop.drive("late_payment", order.number)
    shop.provider.fault("refund", "cut_before")
    shop.drive("late_refund", order.number, visits=1)
    shop.sql("UPDATE saga_calls SET first_sent_at = now() - interval '2 days'")
    shop.drive("late_refund", order.number)

    page = desk.get("/sagas").text
    for told in (order.number, "₩40,000", "Return of a late payment", "Nobody can tell what became of the refund."):
        assert told in page
    one = desk.get(f"/sagas/late_refund/{order.number}").text
    assert f"Return of the late payment of {order.number}" in one
    assert 'id="cure-anew"' in one
    assert 'id="cure-release"' not in one
    assert "Needs a person" in Desk(app, shop, "bookings").get("/orders").text
    found = shop.sql("SELECT id FROM refunds")[0].id
    assert "Nobody had to ask for it." in Desk(app, shop, "refunds").get(f"/refunds/{found}").text

    desk.post(f"/orders/{order.number}/resumption")
    assert shop.progress("late_refund", order.number).state != "parked"


def test_releasing_by_its_form_gives_everything_back(app: Flask, shop: Shop) -> None:
    number = shop.in_doubt().number
    desk = Desk(app, shop)
    assert 'id="cure-release"' in desk.get(f"/sagas/payment/{number}").text

    answer = desk.post(f"/sagas/payment/{number}/release", reason="The bank says no.")

    assert answer.status_code == 303
    assert shop.drive("payment", number) == "compensated"
    page = desk.get(f"/sagas/payment/{number}").text
    assert "Ended as not charged or not sent" in page
    assert "The bank says no." in page
    assert "It has ended; nothing waits." in page
    assert 'id="cure-' not in page


@pytest.mark.parametrize(
    ("act", "fields", "field"),
    [
        ("release", {"reason": ""}, "reason-release"),
        ("ask", {"reason": "x" * 501}, "reason-ask"),
        ("settle", {"reason": "Paid by transfer.", "reference": " "}, "reference-settle"),
    ],
)
def test_a_missing_reason_is_said_next_to_its_field_and_nothing_happens(
    app: Flask, shop: Shop, act: str, fields: dict[str, str], field: str
) -> None:
    number = shop.in_doubt().number

    answer = Desk(app, shop).post(f"/sagas/payment/{number}/{act}", **fields)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert answer.text.count('class="field-error"') == 1, "next to its own field, nowhere else"
    assert shop.progress("payment", number).state == "parked"


def test_above_the_limit_a_colleague_confirms(app: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.extensions["settings"], "four_eyes_above", 1)
    number = shop.in_doubt().number
    first, second = Desk(app, shop), Desk(app, shop, name="Choi Yuna")

    first.post(f"/sagas/payment/{number}/release", reason="The bank says no.")
    mine, theirs = first.get("/sagas").text, second.get("/sagas").text
    assert "Somebody else has to confirm it." in mine
    assert "Park Jiwoo proposes" in theirs
    path = theirs.split('action="/staff/proposals/')[1].split('"')[0]

    assert first.post(f"/proposals/{path}").status_code == 409
    assert shop.progress("payment", number).state == "parked"
    assert second.post(f"/proposals/{path}").status_code == 303
    assert shop.drive("payment", number) == "compensated"
    assert second.post(f"/proposals/{path}").status_code == 409


def test_a_dropped_proposal_does_nothing(app: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.extensions["settings"], "four_eyes_above", 1)
    number = shop.in_doubt().number
    desk = Desk(app, shop)
    desk.post(f"/sagas/payment/{number}/release", reason="The bank says no.")
    proposal = desk.get("/sagas").text.split("/staff/proposals/")[1].split("/")[0]

    assert desk.post(f"/proposals/{proposal}/withdrawal").status_code == 303

    assert "proposes" not in desk.get("/sagas").text
    assert shop.progress("payment", number).state == "parked"


def test_what_went_on_meanwhile_is_told_and_not_cured(app: Flask, shop: Shop) -> None:
    number = shop.in_doubt().number
    desk = Desk(app, shop)
    desk.post(f"/sagas/payment/{number}/ask", reason="Looks fine there.")
    shop.drive("payment", number)

    assert desk.post(f"/sagas/payment/{number}/release", reason="Too late.").status_code == 409


@pytest.mark.parametrize("path", ["/sagas/payment/JR-NOBODY", "/sagas/refund/not-an-id", "/sagas/odd/1"])
def test_an_unknown_process_is_not_found(app: Flask, shop: Shop, path: str) -> None:
    assert Desk(app, shop).get(path).status_code == 404


def test_an_unknown_act_is_not_found(app: Flask, shop: Shop) -> None:
    assert Desk(app, shop).post(f"/sagas/payment/{shop.in_doubt().number}/delete", reason="Why not.").status_code == 404


@pytest.mark.parametrize("role", ["catalog", "bookings", "refunds"])
def test_only_finance_cures(app: Flask, shop: Shop, role: str) -> None:
    number = shop.in_doubt().number
    desk = Desk(app, shop, role)

    assert desk.get("/sagas").status_code == 403
    assert desk.post(f"/sagas/payment/{number}/release", reason="Let me.").status_code == 403
    assert shop.progress("payment", number).state == "parked"


def test_money_that_a_bank_gave_back_is_listed_and_sent_again_by_its_form(app: Flask, shop: Shop) -> None:
    refund = shop.refund_came_back()
    number = shop.sql("SELECT number FROM orders")[0].number
    desk = Desk(app, shop)
    page = desk.get("/sagas").text
    for told in (
        number,
        "₩40,000",
        "Came back to us",
        "The bank gave the money back to us",
        "Nothing, until you decide.",
    ):
        assert told in page
    page = desk.get(f"/sagas/returned/{refund.id}").text
    assert 'id="cure-anew"' in page
    assert 'id="cure-settle"' in page
    assert "expired_or_canceled_card" in page

    assert desk.post(f"/sagas/returned/{refund.id}/anew", reason="").status_code == 422
    answer = desk.post(f"/sagas/returned/{refund.id}/anew", reason="The card works again.")

    assert answer.headers["Location"].endswith("/staff/sagas")
    assert desk.get(f"/sagas/returned/{refund.id}").status_code == 404, "it is on its way"
    assert shop.drive("repayment", f"{refund.id}:2") == "done"
    assert "Refund of" in desk.get(f"/sagas/repayment/{refund.id}:2").text
    assert "All runs by itself" in desk.get("/sagas").text
    assert "send the money again" in desk.get(f"/orders/{number}").text


def test_money_that_came_back_is_told_wherever_staff_look(app: Flask, shop: Shop) -> None:
    refund = shop.refund_came_back()
    finance = Desk(app, shop)
    clerk = Desk(app, shop, role="refunds")
    assert "Came back to us" in clerk.get("/refunds?state=sent").text
    page = clerk.get(f"/refunds/{refund.id}").text
    assert "The bank gave the money back to us" in page
    assert "See what can be done" not in page, "who may not decide about money is offered nothing"
    admin = Desk(app, shop, role="admin")
    assert "See what can be done" in admin.get(f"/refunds/{refund.id}").text
    assert "money that waits" in admin.get("").text
    assert (
        finance.post(f"/sagas/returned/{refund.id}/settle", reason="By transfer.", reference="T-1").status_code == 303
    )
    assert "Came back to us" not in clerk.get("/refunds?state=settled").text


@pytest.mark.parametrize("act", ["release", "resume", "ask", "give_back"])
def test_what_came_back_allows_only_its_own_acts(app: Flask, shop: Shop, act: str) -> None:
    refund = shop.refund_came_back()
    assert Desk(app, shop).post(f"/sagas/returned/{refund.id}/{act}", reason="Why not.").status_code == 409
