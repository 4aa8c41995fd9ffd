"""Our books against the provider's: every charge and every repayment there is one of ours, and the other way round."""

from collections import defaultdict
from typing import Any

from tests.chaos.books import Books

ORDERS = """
SELECT o.number, o.state, o.charge::int, (o.refunded - coalesce(f.came_back, 0))::int FROM orders o LEFT JOIN (
    SELECT p.order_id, sum(a.amount) AS came_back FROM payment_attempts a JOIN payments p ON p.id = a.payment_id
    WHERE a.kind = 'refund' AND a.state = 'failed' AND a.provider_ref IS NOT NULL GROUP BY p.order_id
) f ON f.order_id = o.id
"""
"""What the bank gives back to us after it was accepted is listed for staff, and still counts as refunded here."""
CHARGES = "SELECT key FROM payment_attempts WHERE kind = 'charge'"
REFUNDS = """
SELECT id::text, attempt_key, amount::int, state IN ('sent', 'settled') FROM refunds WHERE amount > 0
"""


def check(books: Books) -> None:
    """Reports each kind of difference once."""
    there = books.trial.house.provider.books()
    _check_charges(books, there["payments"])
    _check_repayments(books, there["refunds"])
    books.notes.count("webhooks that never came", there["webhooks"]["lost"])


def _check_charges(books: Books, payments: list[dict[str, Any]]) -> None:
    """Charged once where sold, never where not; and what went back is what we say."""
    keys = {key for (key,) in books.read(CHARGES)}
    of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for payment in payments:
        if payment["times_charged"]:
            of[payment["metadata"].get("order", "?")].append(payment)
    orders = {row[0]: row for row in books.read(ORDERS)}
    strange = [(number,) for number in of.keys() - orders.keys()]
    books.report("the provider charged for an order that is not there", strange)
    charged = [(payment["id"], payment["metadata"].get("key")) for paid in of.values() for payment in paid]
    unknown = [(ref, key) for ref, key in charged if key not in keys]
    books.report("the provider charged under a key that we never wrote down", unknown)
    twice, wrong = [], []
    for number, state, charge, refunded in orders.values():
        paid = of.get(number, [])
        times = sum(payment["times_charged"] for payment in paid)
        took, back = (sum(payment[what] for payment in paid) for what in ("amount_received", "amount_refunded"))
        if times > 1:
            twice.append((number, f"{times} times"))
        owed = (charge, refunded) if state in {"completed", "refunded"} else (0, 0)
        if (took, back) != owed:
            wrong.append((number, state, f"ours {owed[0]} − {owed[1]}, theirs {took} − {back}"))
    books.report("an order was charged more than once", twice)
    books.report("charged and given back is not the same here and at the provider", wrong)


def _check_repayments(books: Books, repayments: list[dict[str, Any]]) -> None:
    """Each refund that we call sent went out once, under the key we wrote down; and no other did."""
    by_key: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for repayment in repayments:
        by_key[repayment["metadata"].get("key", "?")].append(repayment)
    wrong, ours = [], set()
    for refund, key, amount, sent in books.read(REFUNDS):
        there = by_key.get(key, []) if key else []
        ours.add(key)
        if [repayment["amount"] for repayment in there] != ([amount] if sent else []):
            wrong.append((refund, f"{amount} {'sent' if sent else 'not sent'}", [one["amount"] for one in there]))
    books.report("a refund did not go out once", wrong)
    strange = [(key, [one["amount"] for one in there]) for key, there in by_key.items() if key not in ours]
    books.report("money went back that is no refund of ours", strange)
