"""Data for mails as the domains above write it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from portal.domains.notifications import Claimed
from portal.kernel.ids import new_id

LINES = [
    {"title": "Kayak <tour>", "quantity": 2, "amount": "30000.00", "kind": "booking"},
    {"title": "Towel", "quantity": 1, "amount": "5000.00", "kind": "goods"},
]
EVENT = {
    "uid": "018f-hold@jari",
    "sequence": 0,
    "title": "Kayak <tour>",
    "starts_at": "2026-12-01T01:00:00+00:00",
    "ends_at": "2026-12-01T02:00:00+00:00",
    "time_zone": "Asia/Seoul",
    "place": "Pier 3, Busan",
    "status": "CONFIRMED",
}
MOVED = {"starts_at": "2026-12-02T01:00:00+00:00", "ends_at": "2026-12-02T02:00:00+00:00", "sequence": 1}
DATA: dict[str, dict[str, Any]] = {
    "order_confirmed": {
        "number": "J-4K7Q-9ZPM",
        "currency": "KRW",
        "total": "35000.00",
        "points_used": 500,
        "charged": "34500.00",
        "points_accrued": 345,
        "lines": LINES,
        "events": [EVENT],
    },
    "late_given_back": {
        "number": "J-4K7Q-9ZPM",
        "currency": "KRW",
        "amount": "34500.00",
        "refusal": "slot-taken",
        "lines": LINES,
    },
    "booking_moved": {
        "number": "J-4K7Q-9ZPM",
        "currency": "KRW",
        "price": "45000.00",
        "charged": "15000.00",
        "amount": "0.00",
        "points": 0,
        "reason": "",
        "before": [EVENT],
        "events": [EVENT | MOVED],
    },
    "move_given_up": {
        "number": "J-4K7Q-9ZPM",
        "currency": "KRW",
        "price": "45000.00",
        "charged": "15000.00",
        "amount": "0.00",
        "points": 0,
        "reason": "",
        "before": [EVENT],
        "refusal": "not-confirmed",
    },
    "order_cancelled": {"number": "J-4K7Q-9ZPM", "currency": "KRW", "refusal": "card-declined", "points": 500},
    "waiting_payment": {
        "number": "J-4K7Q-9ZPM",
        "currency": "KRW",
        "charged": "34500.00",
        "pay_by": "2026-12-01T02:00:00+00:00",
        "time_zone": "Asia/Seoul",
        "lines": LINES,
    },
    "refund_done": {
        "number": "J-4K7Q-9ZPM",
        "currency": "KRW",
        "amount": "34500.00",
        "points": 500,
        "accrual": 345,
        "lines": LINES,
        "events": [EVENT | {"status": "CANCELLED", "sequence": 1}],
    },
    "refund_rejected": {
        "number": "J-4K7Q-9ZPM",
        "currency": "KRW",
        "amount": "34500.00",
        "reason": "The tour took place.\nYou were on it.",
    },
}
ABOUT_ORDERS = frozenset(DATA) | {"late_booked"}
DATA["password_reset"] = {"path": "/password/link?token=abc"}
DATA["sign_in_code"] = {"code": "271828"}
DATA["security_changed"] = {
    "what": "password",
    "at": "2026-12-01T02:00:00+00:00",
    "time_zone": "Asia/Seoul",
    "address": "192.0.2.7",
    "agent": "Firefox · Windows",
}
DATA["waiting_offer"] = {
    "title": "Kayak <tour>",
    "quantity": 2,
    "amount": "30000.00",
    "currency": "KRW",
    "until": "2026-12-01T00:30:00+00:00",
    "time_zone": "Asia/Seoul",
    "event": {name: EVENT[name] for name in ("title", "starts_at", "ends_at", "time_zone", "place")},
}
DATA["late_booked"] = DATA["order_confirmed"]


@dataclass(frozen=True)
class Reader:
    """Somebody who gets mail."""

    email: str = "minji@example.com"
    name: str = "Kim Minji"
    locale: str = "en"
    time_zone: str = "Asia/Seoul"


def written(template: str, **changes: Any) -> Claimed:
    """A mail row of this template as the relay has it."""
    data = DATA[template] | changes
    return Claimed(new_id(), new_id(), template, data, 1, datetime(2026, 11, 30, tzinfo=UTC))
