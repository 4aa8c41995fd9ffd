"""The cures by command: the same acts as on the screen, with a name and a reason."""

import pytest
from click.testing import Result
from flask import Flask

from tests.support import people
from tests.support.till import Shop
from workers import commands


class Terminal:
    """Runs `flask sagas …`."""

    def __init__(self, app: Flask, shop: Shop) -> None:
        commands.install(app)
        self.runner = app.test_cli_runner()
        self.first, self.second = (people.staff(shop.engine, "finance").email for _ in range(2))
        self.customer = people.customer(shop.engine).email

    def __call__(self, *words: str) -> Result:
        return self.runner.invoke(args=["sagas", *words])


@pytest.fixture
def sagas(app: Flask, shop: Shop) -> Terminal:
    return Terminal(app, shop)


def test_what_waits_is_listed_and_cured(sagas: Terminal, shop: Shop) -> None:
    assert "Nothing waits for a person." in sagas("stuck").output
    number = shop.in_doubt().number
    assert f"payment {number}" in sagas("stuck").output
    assert "40000.00 KRW" in sagas("stuck").output

    done = sagas("release", "payment", number, "--by", sagas.first, "--reason", "The bank says no.")

    assert (done.exit_code, done.output) == (0, "Done.\n")
    assert shop.drive("payment", number) == "compensated"


def test_a_second_person_confirms_by_command(
    app: Flask, sagas: Terminal, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.extensions["settings"], "four_eyes_above", 1)
    number = shop.in_doubt().number

    said = sagas("settle", "payment", number, "--by", sagas.first, "--reason", "Paid.", "--reference", "T-1").output
    proposal = said.split("sagas confirm ")[1].split("`")[0]
    assert proposal in sagas("stuck").output

    assert sagas("confirm", proposal, "--by", sagas.first).exit_code == 1
    assert sagas("confirm", proposal, "--by", sagas.second).exit_code == 0
    assert shop.drive("payment", number) == "done"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("release", "payment", "JR-NOBODY", "--reason", "x"), "nothing here by that name"),
        (("resume", "payment", "{number}", "--reason", "x"), "moved on meanwhile"),
        (("release", "payment", "{number}", "--reason", " "), "Say why"),
    ],
)
def test_a_fact_is_told_in_a_sentence(sagas: Terminal, shop: Shop, words: tuple[str, ...], told: str) -> None:
    number = shop.in_doubt().number

    said = sagas(*(word.format(number=number) for word in words), "--by", sagas.first)

    assert said.exit_code == 1
    assert told in said.output
    assert shop.progress("payment", number).state == "parked"


def test_a_customer_decides_nothing(sagas: Terminal, shop: Shop) -> None:
    number = shop.in_doubt().number

    said = sagas("release", "payment", number, "--by", sagas.customer, "--reason", "Let me.")

    assert "nobody who may decide" in said.output
    assert shop.progress("payment", number).state == "parked"


def test_late_money_is_taken_in_by_command(sagas: Terminal, shop: Shop) -> None:
    order = shop.given_up()
    assert "no money of this order" in sagas("late", order.number, "--by", sagas.first).output
    shop.pay_late(order)
    assert "nobody who may decide" in sagas("late", order.number, "--by", sagas.customer).output
    shop.provider.fault("retrieve", "error_before")
    assert "Nobody can tell yet" in sagas("late", order.number, "--by", sagas.first).output

    said = sagas("late", order.number, "--by", sagas.first)

    assert (said.exit_code, said.output.startswith("Taken in")) == (0, True)
    assert shop.drive("late_payment", order.number) == "done"
    assert "late_payment" in sagas("progress", "late_payment", order.number).output


def test_reconciling_by_command_ends_with_one_while_books_differ(sagas: Terminal, shop: Shop) -> None:
    order = shop.order()
    shop.drive("payment", order.number)
    shop.sql("UPDATE payment_attempts SET amount = 39000, created_at = now() - interval '1 hour'")
    shop.sql(
        "INSERT INTO differences (id, provider, kind, ref, number, currency, moved_at)"
        " VALUES ('00000000-0000-7000-8000-000000000001', 'stripe', 'amount_differs', 'pi_1', 'J-1', 'KRW', now())"
    )

    said = sagas("reconcile")

    assert said.exit_code == 1, said.output
    assert "amount_differs  J-1" in said.output


def test_money_that_came_back_is_listed_and_settled_by_command(sagas: Terminal, shop: Shop) -> None:
    refund = shop.refund_came_back()
    assert f"returned {refund.id}" in sagas("stuck").output

    given = ("--by", sagas.first, "--reason", "By transfer.", "--reference", "T-1")
    assert sagas("settle", "returned", str(refund.id), *given).output == "Done.\n"
    assert shop.refunded(refund).state == "settled"
    assert "Nothing waits for a person." in sagas("stuck").output
