"""Bugs of what is done once however often it is asked for, for `make mutants`."""

from tests.planted.mutant import Mutant

BUGS = (
    Mutant(
        "two calls with one key at the same moment are one call",
        "portal/domains/orders/checkout.py",
        '        wire.later(tx, ONE_AT_A_TIME, {"who": str(account_id), "key": idempotency_key})\n',
        "        pass\n",
        "tests/portal/domains/orders/test_checkout.py",
    ),
    Mutant(
        "a refund asked for twice at the same moment is one, whatever became of it",
        "portal/domains/refunds/requesting.py",
        "    order = orders.lock_order(tx, order.id)\n    if known := _find_by_key(tx, order.id, idempotency_key, request_hash):\n        return known\n",
        "    if known := _find_by_key(tx, order.id, idempotency_key, request_hash):\n        return known\n    order = orders.lock_order(tx, order.id)\n",
        "tests/portal/domains/refunds/test_requesting.py",
    ),
    Mutant(
        "one key accepts one order",
        "portal/domains/orders/checkout.py",
        "        if known := _find_by_key(tx, account_id, idempotency_key, request_hash):\n            return known\n",
        "",
        "tests/portal/web/api/test_once.py tests/portal/domains/orders",
    ),
    Mutant(
        "points move once for each key",
        "portal/domains/points/ledger.py",
        '        "key": key,\n',
        '        "key": f"{key}:{new_id()}",\n',
        "tests/portal/domains/points/test_service.py",
    ),
    Mutant(
        "a mail sent again is the same mail",
        "portal/domains/notifications/letters.py",
        'f"<{mail.id}@{origin.domain}>"',
        "f\"<{__import__('uuid').uuid4()}@{origin.domain}>\"",
        "tests/portal/domains/notifications",
    ),
    Mutant(
        "a mail that was not taken is sent again",
        "portal/domains/notifications/relay.py",
        "                service.mark_failed(tx, mail, told, now, pace=self.pace, final=isinstance(error, TooLate))\n",
        "                service.mark_sent(tx, mail, now)\n",
        "tests/portal/domains/notifications",
    ),
)
