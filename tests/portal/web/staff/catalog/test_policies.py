"""Staff write refund policies and choose one for each product."""

import re
from decimal import Decimal

import pytest

from portal.domains import catalog
from portal.domains.catalog import PolicyFields, RefundTerms, Tier
from portal.kernel.db import Tx
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made
from tests.support.nobody import NOBODY

FLEXIBLE = {
    "name": "Flexible",
    "refundable": "yes",
    "hours_1": "24",
    "percent_1": "100",
    "fee": "",
    "is_default": "yes",
}


def test_a_policy_is_written_chosen_and_read_by_customers(desk: Desk, made: Made, reading: Tx) -> None:
    assert "No policy yet" in desk.get("/policies").text
    assert "everything until 24 hours before, half until it begins" in desk.get("/policies").text
    assert desk.get("/policies/new").status_code == 200
    assert desk.post("/policies", **FLEXIBLE).status_code == 303
    strict = {
        "name": "Strict",
        "refundable": "yes",
        "hours_2": "72",
        "percent_2": "50",
        "fee": "3000",
        "is_default": "",
    }
    assert desk.post("/policies", **strict).status_code == 303
    page = desk.get("/policies").text
    assert "You get back half until 3 days before, less a fee of ₩3,000." in page
    assert "Usual" in page
    product = made(lambda tx: factories.bookable(tx, slug="attic")).product
    assert "You get back everything until 24 hours before." in desk.get(f"/products/{product.id}").text
    known = catalog.find_refund_policy(reading, "strict")
    assert known is not None
    assert 'value="3000"' in desk.get(f"/policies/{known.id}").text
    assert desk.post(f"/products/{product.id}/refund-policy", refund_policy=known.id, version=1).status_code == 303
    page = desk.get(f"/products/{product.id}").text
    assert "You get back half until 3 days before" in page
    assert "Sold under the refund policy Strict" in page
    assert "You get back half until 3 days before" in desk.client.get("/products/attic").text
    assert made(lambda tx: catalog.terms_in_force(tx, product.id)) == RefundTerms((Tier(72, 50),), Decimal(3000))


def test_another_wording_counts_from_now_on_and_the_old_one_can_be_read(desk: Desk, made: Made) -> None:
    policy = made(lambda tx: catalog.create_refund_policy(tx, PolicyFields("Flexible", [(24, 100), (0, 50)])))
    page = desk.get(f"/policies/{policy.id}").text
    assert re.search(r'name="hours_1"[^>]* value="24"', page)
    typed = {**FLEXIBLE, "hours_1": "48", "version": "1"}
    assert desk.post(f"/policies/{policy.id}", **typed).status_code == 303
    page = desk.get(f"/policies/{policy.id}").text
    assert "everything until 48 hours before." in page
    assert "everything until 24 hours before, half until it begins." in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "This cannot be empty."),
        ({"name": "taken"}, "There is a policy of this name already."),
        ({"hours_1": ""}, "Write a whole number."),
        ({"hours_1": "soon"}, "Write a whole number."),
        ({"hours_1": "", "percent_1": ""}, "Say until when something comes back"),
        ({"percent_1": "101"}, "This must be at most 100."),
        ({"hours_2": "0", "percent_2": "100"}, "Less comes back the later it gets."),
        ({"hours_2": "24", "percent_2": "10"}, "This time is there twice."),
        ({"fee": "3,000"}, "Write an amount without commas"),
        ({"fee": "0.5"}, "Write an amount, such as 3000"),
        ({"fee": "10", "fee_percent": "10"}, "The fee is an amount or a percentage"),
        ({"refundable": "no"}, "leave the times and the fee empty"),
    ],
)
def test_a_fault_is_told_next_to_its_field_and_what_was_typed_stays(
    desk: Desk, made: Made, change: dict[str, str], told: str
) -> None:
    made(lambda tx: catalog.create_refund_policy(tx, PolicyFields("Taken", [(0, 100)])))
    answer = desk.post("/policies", **{**FLEXIBLE, "percent_1": "99", **change})
    assert answer.status_code == 422
    assert told in answer.text
    assert 'aria-invalid="true"' in answer.text
    if "percent_1" not in change:
        assert 'value="99"' in answer.text
    assert len(made(catalog.refund_policies)) == 1


def test_an_edit_of_an_old_version_shows_both(desk: Desk, made: Made) -> None:
    policy = made(lambda tx: catalog.create_refund_policy(tx, PolicyFields("Flexible", [(24, 100)])))
    made(lambda tx: catalog.edit_refund_policy(tx, policy.id, 1, PolicyFields("Flexible", refundable=False)))
    answer = desk.post(f"/policies/{policy.id}", **FLEXIBLE, version="1")
    assert answer.status_code == 409
    assert "nothing, ever" in answer.text
    assert 'name="version" value="2"' in answer.text
    assert desk.post(f"/policies/{policy.id}", **FLEXIBLE, version="2").status_code == 303


@pytest.mark.parametrize("wanted", [NOBODY, "nonsense"])
def test_a_policy_that_is_not_there_cannot_be_chosen(desk: Desk, made: Made, wanted: object) -> None:
    product = made(lambda tx: factories.product(tx))
    answer = desk.post(f"/products/{product.id}/refund-policy", refund_policy=wanted, version=1)
    assert answer.status_code == 422
    assert "There is no such policy." in answer.text


def test_choosing_on_an_old_page_is_refused(desk: Desk, made: Made) -> None:
    product = made(lambda tx: factories.product(tx))
    assert desk.post(f"/products/{product.id}/refund-policy", refund_policy="", version=9).status_code == 409
    assert desk.get(f"/policies/{NOBODY}").status_code == 404
