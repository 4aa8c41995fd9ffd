"""Made-up records for the components page, one of every look, in the shapes the macros of templates/components take."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 30, 21, 0, tzinfo=SEOUL)
COVERS = (
    "studio-room", "seminar-room", "pottery-class", "yoga-class", "cooking-class", "kayak", "walking-tour",
    "night-tour", "massage", "sauna", "goods-towel", "goods-tea", "photo-studio", "harbour-tour", "generic",
)  # fmt: skip


def everything() -> dict[str, Any]:
    """All samples by the name the page uses them under."""
    return {
        "now": NOW,
        "covers": COVERS,
        "products": products(),
        "week": week(),
        "month_days": month_days(),
        "hold": hold(),
        "bookings": bookings(),
        "price_rows": price_rows(),
        "price_history": price_history(),
        "receipt": receipt(),
        "stories": stories(),
        "saga_steps": saga_steps(),
        "events": events(),
        "bars": bars(),
        "refunds": refunds(),
        "orders": orders(),
    }


def products() -> list[dict[str, Any]]:
    """Cards of the catalog in every state of availability."""
    rows = [
        ("Studio A, a bright room", "Rooms", "Seongsu, Seoul", "studio-room", 30000, "hour", 37, "free"),
        ("Wheel throwing for beginners", "Classes", "Mangwon, Seoul", "pottery-class", 48000, "person", 61, "few"),
        ("Kayak on the bay", "Water", "Gwangalli, Busan", "kayak", 15000, "half hour", 39, "free"),
        ("Lanterns of Bukchon", "Tours", "Bukchon, Seoul", "night-tour", 35000, "person", 94, "few"),
        ("Deep rest massage, 90 minutes", "Wellness", "Haeundae, Busan", "massage", 120000, "", None, "full"),
        ("Morning yoga on the roof", "Classes", "Hannam, Seoul", "yoga-class", 22000, "person", 34, "free"),
        ("Seminar room for twelve", "Rooms", "Jongno, Seoul", "seminar-room", 55000, "hour", 62, "free"),
        ("Alleys and rice cakes", "Tours", "Ikseon-dong, Seoul", "walking-tour", 28000, "person", 38, "free"),
        ("Pine sauna by the sea", "Wellness", "Songjeong, Busan", "sauna", 40000, "person", None, "closed"),
    ]
    return [
        {
            "name": name, "url": "/p", "category": category, "place": place, "cover": cover, "from_price": price,
            "unit": unit, "state": state, "next_free": NOW + timedelta(hours=hours) if hours else None,
        }
        for name, category, place, cover, price, unit, hours, state in rows
    ]  # fmt: skip


def week() -> list[dict[str, Any]]:
    """Seven days of slots: past, closed, full, few, free and one held by the reader."""
    days = []
    for offset in range(7):
        midnight = (NOW + timedelta(days=offset)).replace(hour=0)
        day: dict[str, Any] = {"date": midnight.date(), "slots": [], "note": ""}
        days.append(day)
        if offset == 2:
            day["note"] = "Closed for cleaning"
            continue
        for hour in range(10, 20, 1):
            if offset == 5 and hour > 16:
                continue
            day["slots"].append(slot(midnight.replace(hour=hour), offset))
    return days


def slot(start: datetime, offset: int) -> dict[str, Any]:
    """One slot whose look follows from its hour, so that each look appears."""
    left = (start.hour * 7 + offset * 5) % 13
    state = "past" if offset == 0 else "full" if left in (0, 1) or offset == 4 else "few" if left < 4 else "free"
    if offset == 1 and start.hour == 14:
        state = "yours"
    waiting = "/waiting" if state == "full" and offset == 4 and start.hour > 15 else ""
    return {
        "start": start, "end": start + timedelta(hours=1), "state": state, "left": max(left, 1), "capacity": 12,
        "waiting_url": waiting,
    }  # fmt: skip


def month_days() -> list[dict[str, Any]]:
    """December 2026 in whole weeks."""
    first = datetime(2026, 11, 30, tzinfo=SEOUL).date()
    looks = ["free", "free", "few", "free", "full", "closed", "free"]
    days = []
    for n in range(35):
        date = first + timedelta(days=n)
        state = "past" if n == 0 else "full" if n in (10, 11, 12) else looks[n % 7]
        outside = date.month != 12
        days.append({"date": date, "state": state, "url": "/p", "selected": n == 8, "outside": outside})
    return days


def hold() -> dict[str, Any]:
    """A hold with nine minutes left."""
    return {
        "name": "Wheel throwing for beginners", "cover": "pottery-class", "start": NOW + timedelta(hours=17),
        "end": NOW + timedelta(hours=18), "quantity": 2, "price": 96000, "now": NOW,
        "expires_at": NOW + timedelta(minutes=9, seconds=41), "seconds": 600,
    }  # fmt: skip


def bookings() -> list[dict[str, Any]]:
    """My bookings, one per state."""
    rows = [
        ("Wheel throwing for beginners", "pottery-class", "completed", "Mangwon, Seoul", 96000, "J-7K2M9Q"),
        ("Kayak on the bay", "kayak", "awaiting_payment", "Gwangalli, Busan", 60000, "J-4TR81C"),
        ("Studio A, a bright room", "studio-room", "refunding", "Seongsu, Seoul", 30000, "J-90XB5L"),
        ("Lanterns of Bukchon", "night-tour", "cancelled", "Bukchon, Seoul", 70000, "J-2WD66P"),
    ]
    return [
        {
            "name": name, "url": "/order", "cover": cover, "state": state, "place": place, "total": total,
            "number": number, "start": NOW + timedelta(days=n + 1, hours=13), "end": NOW + timedelta(days=n + 1, hours=15),
        }
        for n, (name, cover, state, place, total, number) in enumerate(rows)
    ]  # fmt: skip


def price_rows() -> list[dict[str, Any]]:
    """Every kind of row of a price."""
    return [
        {"label": "2 places", "note": "₩48,000 each", "amount": 96000, "kind": "base"},
        {"label": "Tea set", "amount": 18000, "kind": "base"},
        {"label": "Early bird", "amount": -9600, "kind": "discount"},
        {"label": "Points", "amount": -5000, "kind": "points"},
        {"label": "To pay by card", "amount": 99400, "kind": "total"},
    ]


def price_history() -> list[dict[str, Any]]:
    """A scheduled, the present and two past prices."""
    return [
        {"amount": 52000, "since": NOW + timedelta(days=32), "until": None, "state": "scheduled", "note": "New kiln"},
        {"amount": 48000, "since": NOW - timedelta(days=120), "until": None, "state": "active", "note": ""},
        {"amount": 45000, "since": NOW - timedelta(days=480), "until": NOW - timedelta(days=121), "state": "past"},
    ]


def receipt() -> dict[str, Any]:
    """A paid order on paper."""
    return {
        "number": "J-7K2M9Q", "issued_at": NOW, "seller": ["Jari Studio Seoul", "12 Seongsui-ro, Seongdong-gu", "Seoul"],
        "buyer": ["Kim Minseo", "customer@example.com"],
        "lines": [
            {"name": "Wheel throwing for beginners", "when": NOW + timedelta(hours=17), "quantity": 2, "amount": 96000},
            {"name": "Tea set", "when": None, "quantity": 1, "amount": 18000},
        ],
        "rows": price_rows()[2:], "paid_by": "Paid by card ending in 4242", "note": "Prices include value added tax.",
    }  # fmt: skip


def stories() -> list[dict[str, Any]]:
    """The payment under way, done, and gone back."""
    at = NOW
    words = ["We wrote down your order", "Your points are set aside", "Your card was charged", "Your points arrive", "Your place is confirmed"]
    return [
        {
            "headline": "Your card was charged. Confirming your place…", "tone": "waiting",
            "note": "You can close this page. We finish it and send you a mail.",
            "items": [
                {"text": text, "state": "done" if n < 3 else "doing" if n == 3 else "todo", "at": at if n < 3 else None}
                for n, text in enumerate(words)
            ],
        },
        {
            "headline": "Your place is kept", "tone": "confirmed", "note": "The mail with the calendar file is on its way.",
            "items": [{"text": text, "state": "done", "at": at} for text in words],
        },
        {
            "headline": "Your card was declined. Nothing was charged.", "tone": "cancelled",
            "note": "Your points are back, and your place is held for five more minutes.",
            "items": [
                {"text": "We wrote down your order", "state": "undone", "at": at},
                {"text": "Your points are set aside", "state": "undone", "at": at},
                {"text": "Your card", "state": "failed", "at": at, "note": "The bank said: not enough money in the account"},
            ],
        },
    ]  # fmt: skip


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
    """What happened to an order."""
    return [
        {"at": NOW, "text": "Refund approved", "actor": "Park Jiwoo", "tone": "confirmed", "note": "Goodwill, rain"},
        {"at": NOW - timedelta(hours=2), "text": "Refund of ₩96,000 requested", "actor": "Kim Minseo", "tone": "waiting"},
        {"at": NOW - timedelta(days=1), "text": "Card charged ₩99,400", "tone": "plain"},
        {"at": NOW - timedelta(days=1), "text": "Two places held", "actor": "Kim Minseo", "tone": "held"},
        {"at": NOW - timedelta(days=2), "text": "A first payment was refused", "tone": "cancelled", "note": "card_declined"},
    ]


def bars() -> list[dict[str, Any]]:
    """Bookings of a week."""
    counts = [("Mon", 41), ("Tue", 38), ("Wed", 52), ("Thu", 47), ("Fri", 74), ("Sat", 96), ("Sun", 88)]
    return [{"label": label, "value": value, "current": label == "Sat"} for label, value in counts]


def refunds() -> list[dict[str, Any]]:
    """The staff's queue, one per state."""
    rows = [
        ("R-1042", "J-90XB5L", "Kim Minseo", "Studio A, a bright room", 30000, "requested", "I caught a cold.", "2 hours"),
        ("R-1041", "J-55ZK0A", "Lee Doyun", "Kayak on the bay", 60000, "requested", "Too windy that day", "5 hours"),
        ("R-1040", "J-31PP7E", "Choi Haeun", "Lanterns of Bukchon", 70000, "approved", "Two of us cannot come", "1 day"),
        ("R-1038", "J-08MN4T", "Anna Berg", "Deep rest massage", 120000, "sent", "Flight moved", "2 days"),
        ("R-1036", "J-77QD1R", "Jung Siwoo", "Wheel throwing", 48000, "settled", "Twice by mistake", "4 days"),
        ("R-1035", "J-61HB9V", "Han Yuna", "Seminar room for twelve", 110000, "failed", "Meeting moved", "6 days"),
        ("R-1031", "J-20CE3S", "Kang Minho", "Morning yoga", 22000, "rejected", "After the class", "8 days"),
    ]
    return [
        {
            "id": id, "order": order, "customer": customer, "product": product, "amount": amount, "state": state,
            "reason": reason, "age": age, "asked_at": NOW - timedelta(hours=3 * n), "suggestion": "Full, more than 24 h before",
        }
        for n, (id, order, customer, product, amount, state, reason, age) in enumerate(rows)
    ]  # fmt: skip


def orders() -> list[dict[str, Any]]:
    """The staff's list of orders."""
    names = ["Kim Minseo", "Lee Doyun", "Choi Haeun", "Anna Berg", "Jung Siwoo", "Han Yuna", "Kang Minho", "Yoon Seojun"]
    states = ["completed", "processing", "awaiting_payment", "completed", "refunding", "cancelled", "refunded", "completed"]
    return [
        {
            "number": f"J-{7000 + 131 * n}", "customer": name, "email": f"customer{n + 1}@example.com", "state": state,
            "product": products()[n]["name"], "start": NOW + timedelta(days=n, hours=14), "total": 30000 + 12000 * n,
            "points": 1000 * (n % 3), "placed_at": NOW - timedelta(hours=5 * n), "stuck": n == 1,
        }
        for n, (name, state) in enumerate(zip(names, states, strict=True))
    ]  # fmt: skip
