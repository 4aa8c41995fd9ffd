"""Our books against the provider's: every charge and every repayment there is one of ours, and the other way round."""

from collections import Counter, defaultdict
from typing import Any

from portal.domains.payments import order_of
from tests.chaos.books import Books

# What a cheaper move gave back was charged before, and is no part of the order's charge any more.
ORDERS = """
SELECT number, state, (charge + back)::int, (refunded + back)::int FROM orders CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount), 0) AS back FROM moves WHERE order_id = orders.id AND moves.state = 'moved'
) AS cheaper
"""
CHARGES = "SELECT key FROM payment_attempts WHERE kind = 'charge'"
REFUNDS = """
SELECT r.id::text, r.attempt_key, coalesce(a.amount, r.amount)::int, r.state IN ('sent', 'settled'), a.state, o.number
FROM refunds r JOIN orders o ON o.id = r.order_id LEFT JOIN payment_attempts a ON a.key = r.attempt_key
WHERE r.amount > 0
"""
HEARD = {"succeeded": "done", "failed": "failed", "pending": "pending"}
"""What we say of a repayment once its end was told to us."""


def check(books: Books) -> None:
    """Reports each kind of difference once."""
    there = books.trial.house.provider.books()
    lost = there["webhooks"]["lost"]
    books.notes.count("webhooks that never came", lost)
    came_back = _check_repayments(books, there["refunds"], lost)
    _check_charges(books, there["payments"], came_back)


def _check_charges(books: Books, payments: list[dict[str, Any]], came_back: Counter[str]) -> None:
    """Charged once where sold, never where not; and what went back is what we say."""
    of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for payment in payments:
        if payment["times_charged"]:
            of[order_of(payment["metadata"].get("order", "?"))].append(payment)
    orders = {row[0]: row for row in books.read(ORDERS)}
    strange = [(number,) for number in of.keys() - orders.keys()]
    books.report("the provider charged for an order that is not there", strange)
    keys = {key for (key,) in books.read(CHARGES)}
    charged = [(payment["id"], payment["metadata"].get("key")) for paid in of.values() for payment in paid]
    books.report(
        "the provider charged under a key that we never wrote down", [one for one in charged if one[1] not in keys]
    )
    twice, wrong = [], []
    for number, state, charge, refunded in orders.values():
        paid = of.get(number, [])
        times = max(_times(paid).values(), default=0)
        took, back = (sum(payment[what] for payment in paid) for what in ("amount_received", "amount_refunded"))
        if times > 1:
            twice.append((number, f"{times} times"))
        taken = state in {"completed", "refunded"} or refunded  # late money of a cancelled order went back whole
        owed = (charge, refunded - came_back[number]) if taken else (0, 0)
        if (took, back) != owed:
            wrong.append((number, state, f"ours {owed[0]} − {owed[1]}, theirs {took} − {back}"))
    books.report("an order was charged more than once", twice)
    books.report("charged and given back is not the same here and at the provider", wrong)


def _times(paid: list[dict[str, Any]]) -> dict[str, int]:
    """How often each was charged: the order itself, and each of its moves."""
    times: Counter[str] = Counter()
    for payment in paid:
        times[payment["metadata"].get("order", "?")] += payment["times_charged"]
    return times


def _check_repayments(books: Books, repayments: list[dict[str, Any]], lost: int) -> Counter[str]:
    """Each refund that we call sent went out once, under the key we wrote down, and no other did.

    Returns what the bank gave back to us after it was accepted, by order: staff find it on a list, and our books still
    say that it went. Where its webhook was lost, we say so of what has ended there and not yet here.
    """
    by_key: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for repayment in repayments:
        by_key[repayment["metadata"].get("key", "?")].append(repayment)
    came_back: Counter[str] = Counter()
    wrong, untrue, ours, unheard = [], [], set(), 0
    for refund, key, amount, sent, attempt, number in books.read(REFUNDS):
        ours.add(key)
        there = by_key.get(key, [])
        stands = [(one["amount"], one["status"]) for one in there]
        if len(there) > 1 or (there and not sent and there[0]["status"] != "failed") or (sent and not there):
            wrong.append((refund, f"{amount} {'sent' if sent else 'not sent'}", stands))
        elif sent and there[0]["amount"] != amount:
            wrong.append((refund, amount, stands))
        elif sent:
            status = there[0]["status"]
            unheard += attempt == "pending" != HEARD[status]
            if attempt not in {HEARD[status], "pending"}:
                untrue.append((refund, attempt, stands))
            if status == "failed":
                came_back[number] += amount
    books.report("a refund did not go out once", wrong)
    books.report("a refund has another end there", untrue)
    books.report(
        "a refund has ended there, and no lost webhook explains that we do not know", [(unheard,)] * (unheard > lost)
    )
    strange = [(key, [one["amount"] for one in there]) for key, there in by_key.items() if key not in ours]
    books.report("money went back that is no refund of ours", strange)
    books.notes.count("refunds whose end we never heard of", unheard)
    return came_back
