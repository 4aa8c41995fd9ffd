"""Writes refund policies and says which one a product is sold under. An edit never touches what was promised before."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, update

from portal.domains import audit
from portal.domains.catalog.models import Product, RefundPolicy, RefundRule
from portal.domains.catalog.refund_terms import TypedTier, check_terms
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid
from portal.kernel.fields import Faults
from portal.kernel.slugs import hold_lock
from portal.kernel.versions import locked

POLICIES = "refund policies"
"""One edit at a time: two at once could both take a name, or the default."""


@dataclass(frozen=True)
class PolicyFields:
    """What staff write about a policy. `tiers` are (hours before the start, percent); an empty row is left out."""

    name: str
    tiers: Sequence[TypedTier] = ()
    refundable: bool = True
    fee: Decimal | None = None
    fee_percent: int | None = None
    is_default: bool = False


def create_refund_policy(
    tx: Tx, fields: PolicyFields, *, currency: str = "KRW", by: UUID | None = None
) -> RefundPolicy:
    """A policy with its first rule. Raises Invalid."""
    hold_lock(tx, POLICIES)
    return _write(tx, RefundPolicy(version=0), fields, currency, by, "refund_policy.created")


def edit_refund_policy(
    tx: Tx, policy_id: UUID, version: int, fields: PolicyFields, *, currency: str = "KRW", by: UUID | None = None
) -> RefundPolicy:
    """Writes a new rule, in force for holds and orders from now on. Raises Stale, Invalid, NotFound."""
    hold_lock(tx, POLICIES)
    return _write(tx, locked(tx, RefundPolicy, policy_id, version), fields, currency, by, "refund_policy.edited")


def assign_refund_policy(
    tx: Tx, product_id: UUID, version: int, policy_id: UUID | None, *, by: UUID | None = None
) -> Product:
    """Sells the product under this policy from now on; None: under the default. Raises Stale, Invalid, NotFound."""
    product = locked(tx, Product, product_id, version)
    policy = tx.get(RefundPolicy, policy_id) if policy_id else None
    if policy_id and policy is None:
        raise Invalid({"refund_policy": N_("There is no such policy.")})
    product.refund_policy_id = policy_id
    tx.flush()
    audit.record(tx, by, "product.refund_policy", "product", str(product.id), name=policy.name if policy else "")
    return product


def _write(
    tx: Tx, policy: RefundPolicy, fields: PolicyFields, currency: str, by: UUID | None, action: str
) -> RefundPolicy:
    faults = Faults()
    name = faults.line("name", fields.name, most=80, needed=True)
    taken = select(RefundPolicy.id).where(func.lower(RefundPolicy.name) == name.lower())
    if name and tx.scalar(taken.where(RefundPolicy.id != policy.id) if policy.version else taken):
        faults.add("name", N_("There is a policy of this name already."))
    terms = check_terms(
        faults,
        refundable=fields.refundable,
        tiers=fields.tiers,
        fee=fields.fee,
        fee_percent=fields.fee_percent,
        currency=currency,
    )
    faults.stop()
    if fields.is_default:
        tx.execute(update(RefundPolicy).where(RefundPolicy.is_default).values(is_default=False))
    policy.name, policy.is_default, policy.version = name, fields.is_default, policy.version + 1
    tx.add(policy)
    tx.flush()
    tx.add(
        RefundRule(
            policy_id=policy.id,
            version=policy.version,
            tiers=[[tier.hours, tier.percent] for tier in terms.tiers],
            fee=terms.fee,
            fee_percent=terms.fee_percent,
            currency=currency,
            made_by=by,
        )
    )
    tx.flush()
    audit.record(tx, by, action, "refund_policy", str(policy.id), name=name, version=policy.version)
    return policy
