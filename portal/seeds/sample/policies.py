"""Four ways of giving money back: what is usual here, half of it, all of it but a fee, and nothing."""

from decimal import Decimal

from portal.domains.catalog import PolicyFields

POLICIES = (
    PolicyFields("Flexible", [(24, 100), (0, 50)], is_default=True),
    PolicyFields("Half until two days before", [(48, 50)]),
    PolicyFields("With a fee", [(168, 100), (72, 50)], fee=Decimal(5_000)),
    PolicyFields("Not refundable", refundable=False),
)
