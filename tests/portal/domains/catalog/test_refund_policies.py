"""Refund policies: versions instead of edits, one default, and what a product is sold under."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.domains import audit, catalog
from portal.domains.catalog import USUAL, PolicyFields, RefundPolicy, RefundTerms, Tier
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, NotFound, Stale
from tests import factories

WHOLE = RefundTerms((Tier(0, 100),))


def policy(
    tx: Tx, name: str = "Flexible", *tiers: tuple[int, int], refundable: bool = True, **more: object
) -> RefundPolicy:
    fields = PolicyFields(name, tiers or ([(0, 100)] if refundable else []), refundable, **more)  # type: ignore[arg-type]  # passed on as given
    return catalog.create_refund_policy(tx, fields)


def assign(tx: Tx, product: catalog.Product, policy_id: UUID | None) -> None:
    catalog.assign_refund_policy(tx, product.id, product.version, policy_id)


def test_a_product_is_sold_under_its_own_policy_else_the_default_else_the_usual(tx: Tx) -> None:
    product, other = factories.product(tx), factories.product(tx)
    assert catalog.terms_in_force(tx, product.id) == USUAL
    policy(tx, "House", (48, 50), is_default=True)
    assert catalog.terms_in_force(tx, product.id) == RefundTerms((Tier(48, 50),))
    assign(tx, product, policy(tx, "Whole").id)
    assert catalog.terms_in_force(tx, product.id) == WHOLE
    assert catalog.terms_in_force(tx, other.id) == RefundTerms((Tier(48, 50),))
    assign(tx, product, None)
    assert catalog.terms_in_force(tx, product.id) == RefundTerms((Tier(48, 50),))


def test_an_edit_is_a_new_rule_and_the_old_one_says_what_it_said(tx: Tx) -> None:
    product = factories.product(tx)
    made = policy(tx, "Whole", fee=Decimal(2000))
    assign(tx, product, made.id)
    before = catalog.rule_in_force(tx, product.id)
    fields = PolicyFields("Half", [(24, 50)], fee_percent=10)
    edited = catalog.edit_refund_policy(tx, made.id, 1, fields)
    assert (edited.name, edited.version) == ("Half", 2)
    assert catalog.terms_in_force(tx, product.id) == RefundTerms((Tier(24, 50),), fee_percent=10)
    assert catalog.terms_of_rules(tx, [before, None]) == {
        before: RefundTerms((Tier(0, 100),), Decimal(2000)),
        None: USUAL,
    }
    assert [rule.version for rule in catalog.rules_of(tx, made.id)] == [2, 1]


def test_a_rule_cannot_be_changed_or_deleted_whatever_the_code(tx: Tx) -> None:
    policy(tx)
    for statement in ("UPDATE refund_rules SET tiers = '[]'", "DELETE FROM refund_rules"):
        with pytest.raises(DBAPIError, match="append"), tx.begin_nested():
            tx.execute(text(statement))


def test_there_is_one_default_and_an_edit_can_take_it_away(tx: Tx) -> None:
    first = policy(tx, "First", is_default=True)
    second = policy(tx, "Second", is_default=True)
    tx.refresh(first)
    assert (first.is_default, second.is_default, first.version) == (False, True, 1)
    catalog.edit_refund_policy(tx, second.id, 1, PolicyFields("Second", [(0, 100)]))
    assert catalog.terms_in_force(tx, factories.product(tx).id) == USUAL


def test_an_edit_of_an_old_version_and_a_name_that_is_taken_are_refused(tx: Tx) -> None:
    first, second = policy(tx, "First"), policy(tx, "Second")
    catalog.edit_refund_policy(tx, first.id, 1, PolicyFields("First", [(0, 90)]))
    with pytest.raises(Stale):
        catalog.edit_refund_policy(tx, first.id, 1, PolicyFields("First", [(0, 80)]))
    for name in ("first", " FIRST "):
        with pytest.raises(Invalid) as invalid:
            catalog.edit_refund_policy(tx, second.id, 1, PolicyFields(name, [(0, 80)]))
        assert list(invalid.value.faults) == ["name"]
    with pytest.raises(NotFound):
        catalog.edit_refund_policy(tx, uuid4(), 1, PolicyFields("Third", [(0, 80)]))


def test_a_policy_that_is_not_there_cannot_be_assigned(tx: Tx) -> None:
    product = factories.product(tx)
    with pytest.raises(Invalid) as invalid:
        assign(tx, product, uuid4())
    assert list(invalid.value.faults) == ["refund_policy"]
    with pytest.raises(Stale):
        catalog.assign_refund_policy(tx, product.id, 99, None)


def test_the_list_tells_what_each_says_and_how_many_products_have_it(tx: Tx) -> None:
    whole, never = policy(tx, "Whole"), policy(tx, "Never", refundable=False)
    for _ in range(2):
        assign(tx, factories.product(tx), whole.id)
    listed = {one.policy.name: (one.terms, one.products) for one in catalog.refund_policies(tx)}
    assert listed == {"Never": (RefundTerms(), 0), "Whole": (WHOLE, 2)}
    assert len(catalog.products_under(tx, whole.id)) == 2
    assert catalog.products_under(tx, never.id) == []


def test_who_did_what_is_on_record(tx: Tx) -> None:
    account = factories.account(tx)
    made = catalog.create_refund_policy(tx, PolicyFields("Whole", [(0, 100)]), by=account.id)
    product = factories.product(tx)
    catalog.assign_refund_policy(tx, product.id, product.version, made.id, by=account.id)
    assert [entry.action for entry in audit.entries_about(tx, "refund_policy", made.id)] == ["refund_policy.created"]
    (assigned,) = audit.entries_about(tx, "product", product.id)
    assert (assigned.action, assigned.details["name"], assigned.actor_id) == (
        "product.refund_policy",
        "Whole",
        account.id,
    )
