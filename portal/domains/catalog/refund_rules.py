"""Reads refund rules: the one in force for a product, those that bookings were made under, and all for staff."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from portal.domains.catalog.models import Product, RefundPolicy, RefundRule
from portal.domains.catalog.queries import rule_in_force
from portal.domains.catalog.refund_terms import USUAL, RefundTerms, terms_of
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

RULES = "SELECT id, tiers, fee, fee_percent, currency FROM refund_rules WHERE id IN (%(rule_ids)s)"


@dataclass(frozen=True)
class ListedPolicy:
    """A policy, what it says now, and how many products have it as their own."""

    policy: RefundPolicy
    terms: RefundTerms
    products: int


def terms_in_force(tx: Tx, product_id: UUID, at: datetime | None = None) -> RefundTerms:
    """What somebody who books this product now is promised. `at`: for which moment the price is asked as well."""
    rule_id = rule_in_force(tx, product_id, at)
    return terms_of_rules(tx, [rule_id])[rule_id]


def terms_of_rules(tx: Tx, rule_ids: Iterable[UUID | None]) -> Mapping[UUID | None, RefundTerms]:
    """What these rules say, by their ids; None, which older bookings have, says the usual."""
    wanted = {rule_id for rule_id in rule_ids if rule_id}
    rules = wire.ask(tx, *wire.each(RULES, "rule_ids", wanted)) if wanted else []
    found: dict[UUID | None, RefundTerms] = {rule_id: terms_of(*said) for rule_id, *said in rules}
    return found | {None: USUAL}


def refund_policies(tx: Tx) -> Sequence[ListedPolicy]:
    """Every policy by name."""
    used = (
        select(func.count())
        .where(Product.refund_policy_id == RefundPolicy.id)
        .correlate(RefundPolicy)
        .scalar_subquery()
    )
    query = (
        select(RefundPolicy, RefundRule, used)
        .join(RefundRule, (RefundRule.policy_id == RefundPolicy.id) & (RefundRule.version == RefundPolicy.version))
        .order_by(RefundPolicy.name)
    )
    return [ListedPolicy(policy, rule.terms, count) for policy, rule, count in tx.execute(query)]


def get_refund_policy(tx: Tx, policy_id: UUID) -> RefundPolicy:
    """Raises NotFound."""
    policy = tx.get(RefundPolicy, policy_id)
    if policy is None:
        raise NotFound
    return policy


def find_refund_policy(tx: Tx, name: str) -> RefundPolicy | None:
    """The policy of this name, however it is capitalised."""
    return tx.scalar(select(RefundPolicy).where(func.lower(RefundPolicy.name) == name.lower()))


def rules_of(tx: Tx, policy_id: UUID) -> Sequence[RefundRule]:
    """What a policy has said, the latest first."""
    query = select(RefundRule).where(RefundRule.policy_id == policy_id).order_by(RefundRule.version.desc())
    return tx.scalars(query).all()


def products_under(tx: Tx, policy_id: UUID, *, limit: int = 50) -> Sequence[Product]:
    """Products that have this policy as their own."""
    query = select(Product).where(Product.refund_policy_id == policy_id).order_by(Product.name)
    return tx.scalars(query.limit(limit)).all()
