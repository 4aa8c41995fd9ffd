"""How a story ended, from three books at once: our database, the provider's, and the mails; without ids and times."""

from typing import Any

from sqlalchemy import text

from portal.domains import payments
from tests.crash.house import House
from tests.crash.scenarios import Begun

OURS = {
    "saga": "SELECT kind, state FROM sagas WHERE key = :key ORDER BY begun_at",
    "steps": "SELECT kind, step, phase, outcome FROM saga_steps JOIN sagas ON id = saga_id WHERE key = :key"
    " ORDER BY begun_at, seq",
    "order": "SELECT state, total, points_used, charge, refunded, points_returned, points_accrued, refusal"
    " FROM orders WHERE id = :order_id",
    "lines": "SELECT kind, state FROM order_lines WHERE order_id = :order_id ORDER BY position",
    "places": "SELECT status, order_id IS NOT NULL AS ordered, expires_at > now() + interval '4 minutes' AS waits"
    " FROM reservations WHERE account_id = :account_id ORDER BY created_at",
    "points": "SELECT balance, held, floor FROM points_accounts WHERE account_id = :account_id",
    "ledger": "SELECT kind, delta FROM points_entries WHERE account_id = :account_id ORDER BY at, delta",
    "payment": "SELECT state, amount, refunding, refunded FROM payments WHERE order_id = :order_id ORDER BY created_at",
    "attempts": "SELECT a.kind, a.state FROM payment_attempts a JOIN payments p ON p.id = a.payment_id"
    " WHERE p.order_id = :order_id ORDER BY a.created_at",
    "refund": "SELECT state, amount, points, accrual, fee, tries FROM refunds WHERE order_id = :order_id"
    " ORDER BY created_at, amount",
    "moves": "SELECT state, before, after, charge, amount, points, refusal, action_url FROM moves"
    " WHERE order_id = :order_id",
    "times": "SELECT status, upper(during) - lower(during), lower(during) - min(lower(during)) OVER ()"
    " FROM reservations WHERE account_id = :account_id ORDER BY lower(during), upper(during), status",
    "stock": "SELECT stock FROM products WHERE id = :goods_id",
    "mails": "SELECT template FROM mails WHERE account_id = :account_id ORDER BY created_at",
}


def ending(house: House, begun: Begun) -> dict[str, list[Any]]:
    """Everything that counts about one story, ready to be compared with another run of it."""
    given = vars(begun)
    with house.engine.connect() as connection:
        found: dict[str, list[Any]] = {
            name: [tuple(row) for row in connection.execute(text(query), given)] for name, query in OURS.items()
        }
        number = connection.execute(text("SELECT number FROM orders WHERE id = :order_id"), given).scalar_one()
        balance = "SELECT coalesce(sum(delta), 0) FROM points_entries WHERE account_id = :account_id"
        found["sum of the ledger"] = [connection.execute(text(balance), given).scalar_one()]
    books = house.provider.books()
    ours = [p for p in books["payments"] if payments.order_of(p["metadata"].get("order") or "") == number]
    found["charged at the provider"] = [(p["amount"], p["amount_refunded"]) for p in ours if p["amount_received"]]
    refs = {payment["id"] for payment in ours}
    found["sent back by the provider"] = [
        (refund["amount"], refund["status"]) for refund in books["refunds"] if refund["payment_intent"] in refs
    ]
    return found
