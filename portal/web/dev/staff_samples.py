"""Made-up records for the back-office parts of the components page."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 30, 21, 0, tzinfo=SEOUL)


def saga_steps() -> list[dict[str, Any]]:
    """The payment saga stuck after its pivot."""
    rows = [
        ("look up order", "orders", "SYNC", "READ", "done", 1, "", ""),
        ("create order", "orders", "ASYNC", "COMPENSATABLE", "done", 1, "", "cancel order"),
        ("look up points", "points", "SYNC", "READ", "done", 1, "", ""),
        ("use points", "points", "ASYNC", "COMPENSATABLE", "done", 1, "", "cancel point use"),
        ("request payment", "payments", "SYNC", "PIVOT", "done", 3, "", ""),
        ("accrue points", "points", "ASYNC", "RETRYABLE", "parked", 8, "OperationalError: too many connections", ""),
        ("complete order", "orders", "ASYNC", "RETRYABLE", "todo", 0, "", ""),
        ("send e-mail", "notifications", "ASYNC", "RETRYABLE", "todo", 0, "", ""),
    ]
    return [
        {
            "name": name, "service": service, "mode": mode, "kind": kind, "state": state, "attempts": attempts,
            "error": error, "undo": undo, "at": NOW if attempts else None,
        }
        for name, service, mode, kind, state, attempts, error, undo in rows
    ]  # fmt: skip


def events() -> list[dict[str, Any]]:
    """What happened to an order, newest first."""
    rows = [
        (0, "Refund approved", "Park Jiwoo", "confirmed", "Goodwill, rain"),
        (2, "Refund of ₩96,000 requested", "Kim Minseo", "waiting", ""),
        (24, "Card charged ₩99,400", "", "plain", ""),
        (25, "Two places held", "Kim Minseo", "held", ""),
        (48, "A first payment was refused", "", "cancelled", "card_declined"),
    ]
    return [
        {"at": NOW - timedelta(hours=hours), "text": text, "actor": actor, "tone": tone, "note": note}
        for hours, text, actor, tone, note in rows
    ]


def bars() -> list[dict[str, Any]]:
    """Bookings of a week."""
    counts = [("Mon", 41), ("Tue", 38), ("Wed", 52), ("Thu", 47), ("Fri", 74), ("Sat", 96), ("Sun", 88)]
    return [{"label": label, "value": value, "current": label == "Sat"} for label, value in counts]


def refunds() -> list[dict[str, Any]]:
    """The queue, one per state."""
    rows = [
        ("R-1042", "J-90XB5L", "Kim Minseo", "Studio A", 30000, "requested", "I caught a cold.", "2 hours"),
        ("R-1041", "J-55ZK0A", "Lee Doyun", "Kayak on the bay", 60000, "requested", "Too windy", "5 hours"),
        ("R-1040", "J-31PP7E", "Choi Haeun", "Lanterns of Bukchon", 70000, "approved", "Cannot come", "1 day"),
        ("R-1038", "J-08MN4T", "Anna Berg", "Deep rest massage", 120000, "sent", "Flight moved", "2 days"),
        ("R-1036", "J-77QD1R", "Jung Siwoo", "Wheel throwing", 48000, "settled", "Twice by mistake", "4 days"),
        ("R-1035", "J-61HB9V", "Han Yuna", "Seminar room", 110000, "failed", "Meeting moved", "6 days"),
        ("R-1031", "J-20CE3S", "Kang Minho", "Morning yoga", 22000, "rejected", "After the class", "8 days"),
    ]
    names = ("id", "order", "customer", "product", "amount", "state", "reason", "age")
    return [
        dict(zip(names, row, strict=True), asked_at=NOW - timedelta(hours=3 * n), suggestion="Full: a day before")
        for n, row in enumerate(rows)
    ]


def orders() -> list[dict[str, Any]]:
    """The list of orders, one per state; the second is stuck."""
    rows = [
        ("Kim Minseo", "completed", "Studio A"),
        ("Lee Doyun", "processing", "Wheel throwing"),
        ("Choi Haeun", "awaiting_payment", "Kayak on the bay"),
        ("Anna Berg", "completed", "Lanterns of Bukchon"),
        ("Jung Siwoo", "refunding", "Deep rest massage"),
        ("Han Yuna", "cancelled", "Morning yoga"),
        ("Kang Minho", "refunded", "Seminar room"),
    ]
    return [
        {
            "number": f"J-{7000 + 131 * n}", "customer": name, "email": f"customer{n + 1}@example.com",
            "state": state, "product": product, "start": NOW + timedelta(days=n, hours=14),
            "total": 30000 + 12000 * n, "points": 1000 * (n % 3), "stuck": n == 1,
        }
        for n, (name, state, product) in enumerate(rows)
    ]  # fmt: skip
