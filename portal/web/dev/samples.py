"""Made-up records for the components page, one of every look, in the shapes the macros of templates/components take."""

from datetime import datetime, timedelta
from typing import Any

from portal.web.dev import staff_samples
from portal.web.dev.staff_samples import NOW, SEOUL

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
        "stories": stories(),
        "saga_steps": staff_samples.saga_steps(),
        "events": staff_samples.events(),
        "bars": staff_samples.bars(),
        "refunds": staff_samples.refunds(),
        "orders": staff_samples.orders(),
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
    state = "full" if left in (0, 1) or offset == 4 else "few" if left < 4 else "free"
    if offset == 0:
        state = "past" if start.hour < 15 else "soon"
    if offset == 1 and start.hour == 14:
        state = "yours"
    waiting = "/waiting?start=" if state == "full" and offset == 4 and start.hour > 15 else ""
    return {
        "start": start, "end": start + timedelta(hours=1), "state": state,
        "left": max(left, 1), "capacity": 12, "waiting_url": waiting,
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
            "number": number, "start": NOW + timedelta(days=n + 1, hours=13),
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


def stories() -> list[dict[str, Any]]:
    """The payment under way, done, and gone back."""
    at = NOW
    before = ["We wrote down your order", "Your points are set aside", "Your card was charged"]
    words = [*before, "Your points arrive", "Your place is confirmed"]
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
            "headline": "Your place is kept", "tone": "confirmed",
            "note": "The mail with the calendar file is on its way.",
            "items": [{"text": text, "state": "done", "at": at} for text in words],
        },
        {
            "headline": "Your card was declined. Nothing was charged.", "tone": "cancelled",
            "note": "Your points are back, and your place is held for five more minutes.",
            "items": [
                {"text": "We wrote down your order", "state": "undone", "at": at},
                {"text": "Your points are set aside", "state": "undone", "at": at},
                {"text": "Your card", "state": "failed", "at": at, "note": "Not enough money, says the bank"},
            ],
        },
    ]  # fmt: skip
