"""Bugs of payments and who takes them, for `make mutants`."""

from tests.planted.mutant import Mutant

STRIPE = "portal/domains/payments/gateways/stripe.py"
TOSS = "portal/domains/payments/gateways/toss.py"
WITH_TOSS = "tests/workers/sagas/test_toss.py"

BUGS = (
    Mutant(
        "money goes back once per key",
        STRIPE,
        '{"idempotency_key": f"{key}:refund"}',
        '{"idempotency_key": f"{key}:{id(params)}:refund"}',
        "tests/portal/domains/payments",
    ),
    Mutant(
        "a call to a provider is never sent twice by what carries it",
        "portal/domains/payments/gateways/pools.py",
        '"retries": False,',
        '"retries": 3,',
        "tests/portal/domains/payments",
    ),
    Mutant(
        "whatever breaks on the way to Stripe is no answer, and no error either",
        "portal/domains/payments/gateways/stripe_http.py",
        "except Exception as error:",
        "except TimeoutError as error:",
        "tests/portal/domains/payments",
    ),
    Mutant(
        "no refund beyond what was paid",
        "portal/domains/payments/repaying.py",
        "UPDATE payments SET refunding = refunding + %(amount)s, updated_at = now()\nWHERE id = (\n",
        "UPDATE payments SET updated_at = now()\nWHERE id = (\n",
        "tests/workers/sagas/test_refund.py tests/portal/domains/payments",
    ),
    Mutant(
        "with Toss, one charge is not answered for another",
        TOSS,
        'return f"{key}:confirm:{_digest(ref)[:16]}"',
        'return f"{key}:confirm"',
        "tests/portal/domains/payments",
    ),
    Mutant(
        "with Toss, a card company in trouble is not a no",
        TOSS,
        "            if DECLINES.match(refused.code):",
        "            if True:",
        "tests/portal/domains/payments",
    ),
    Mutant(
        "the amount a browser brings back is compared",
        "portal/domains/payments/returning.py",
        "back.ref and back.amount == attempt.amount and",
        "back.ref and",
        WITH_TOSS,
    ),
    Mutant(
        "of unsigned news only that of our orders is kept",
        "portal/domains/payments/inbox.py",
        "    if not event.signed and not _is_ours(tx, provider, event):",
        "    if False:",
        WITH_TOSS,
    ),
    Mutant(
        "money goes back through the provider that took it",
        "portal/domains/payments/repaying.py",
        "    return _Paid(named(row.provider), ",
        "    from portal.domains.payments.gateways import current\n\n    return _Paid(current(), ",
        "tests/workers/sagas/test_either_provider.py",
    ),
)
