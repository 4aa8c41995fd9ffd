"""Toss Payments behind the port: the customer agrees in its window first, then we confirm; unsigned webhooks.

It takes money only when we confirm, so an authorisation that nobody confirms within ten minutes was never a charge.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from portal.domains.payments.gateways.port import (
    Back,
    Charge,
    Event,
    Forged,
    Movement,
    Repayment,
    RepaymentRefused,
    Taken,
)
from portal.domains.payments.gateways.toss_wire import Refused, Wire
from portal.kernel.money import from_minor, to_minor
from portal.kernel.steps import Unknown

STATUS = {
    "READY": "action_needed",
    "IN_PROGRESS": "open",
    "WAITING_FOR_DEPOSIT": "working",
    "DONE": "paid",
    "PARTIAL_CANCELED": "paid",
    "CANCELED": "paid",
    "ABORTED": "refused",
    "EXPIRED": "cancelled",
}
"""What was cancelled after it was paid is a paid charge with repayments."""
BEGUN = {"IN_PROGRESS", "WAITING_FOR_DEPOSIT", "DONE", "PARTIAL_CANCELED", "CANCELED"}
REPAYMENT = {"DONE": "done", "IN_PROGRESS": "pending", "ABORTED": "failed"}
DECLINES = re.compile(r"(REJECT|INVALID_REJECT|EXCEED|INVALID_STOPPED|INVALID_CARD|NOT_ALLOWED|NOT_SUPPORTED|BELOW)_")
"""Answers to a confirmation that are the card company's no."""
NOT_BACK = re.compile(r"(NOT_CANCELABLE|ALREADY_CANCELED|EXCEED_CANCEL|NOT_ALLOWED_PARTIAL|INVALID_REFUND)_")
"""Answers to a cancellation that mean that this money will not go back."""
SEOUL = ZoneInfo("Asia/Seoul")
PAGE = 1000
"""Rows of the list of transactions asked for at once."""
CLOSED = {"PAY_PROCESS_CANCELED", "USER_CANCEL"}
"""The customer closed the window: they may open it again."""
ORDER_REF = re.compile(r"[A-Za-z0-9_-]{6,64}")
CHARGE_REF = re.compile(r"[A-Za-z0-9_-]{1,200}")
"""It comes from a browser and goes into an address: nothing but letters gets there."""


class TossGateway:
    """Every answer comes from one call; whether to send again is the saga engine's to decide."""

    name = "toss"
    customer_begins = True

    def __init__(
        self, secret_key: str, *, window_url: str, api_base: str = "https://api.tosspayments.com", timeout: float = 10.0
    ) -> None:
        self._wire = Wire(api_base, secret_key, timeout)
        self._window_url = window_url

    def open(self, *, amount: Decimal, currency: str, order_number: str, return_url: str, key: str) -> Charge:
        """Nothing is sent: the address of the window carries all that the customer agrees to."""
        asked = {
            "amount": to_minor(amount, currency),
            "orderId": self.order_ref(order_number, key),
            "orderName": f"Jari {order_number}",
            "successUrl": return_url,
            "failUrl": return_url,
        }
        return Charge(None, "action_needed", url=f"{self._window_url}?{urlencode(asked)}")

    def confirm(
        self, ref: str, *, amount: Decimal, currency: str, order_number: str, token: str, return_url: str, key: str
    ) -> Charge:
        body = {
            "paymentKey": ref,
            "orderId": self.order_ref(order_number, key),
            "amount": to_minor(amount, currency),
        }
        try:
            return _charge(self._wire.post("/v1/payments/confirm", body, key=_confirming(key, ref)))
        except Refused as refused:
            if DECLINES.match(refused.code):
                return Charge(ref, "refused", reason=refused.code)
            if refused.code in {"NOT_FOUND_PAYMENT", "NOT_FOUND_PAYMENT_SESSION"}:
                return Charge(ref, "cancelled", reason=refused.code)
            if refused.code in {"ALREADY_PROCESSED_PAYMENT", "DUPLICATED_ORDER_ID"} and (found := self.find(ref)):
                return found
            raise Unknown(f"the provider says {refused}") from refused

    def cancel(self, ref: str, *, key: str) -> Charge | None:
        """There is nothing to close: what we do not confirm ends by itself."""
        return self.find(ref)

    def find(self, ref: str) -> Charge | None:
        found = self._wire.get(f"/v1/payments/{ref}")
        return _charge(found) if found else None

    def find_by_key(self, order_number: str, key: str) -> Charge | None:
        """The charge the customer agreed to. A window that was left, or ran out, is none: it can be opened again."""
        found = self._wire.get(f"/v1/payments/orders/{self.order_ref(order_number, key)}")
        return _charge(found) if found and found.get("status") in BEGUN else None

    def taken(self, ref: str) -> Taken | None:
        paid = self._wire.get(f"/v1/payments/{ref}")
        if paid is None or _charge(paid).status != "paid":
            return None
        amount, left = (Decimal(str(paid[name])) for name in ("totalAmount", "balanceAmount"))
        return Taken(amount, str(paid.get("currency") or "KRW"), amount - left)

    def repay(self, charge_ref: str, *, amount: Decimal, currency: str, key: str) -> Repayment:
        body = {"cancelReason": _reason(key), "cancelAmount": to_minor(amount, currency)}
        try:
            paid = self._wire.post(f"/v1/payments/{charge_ref}/cancel", body, key=f"{key}:refund")
        except Refused as refused:
            if not NOT_BACK.match(refused.code):
                raise Unknown(f"the provider says {refused}") from refused
            if found := self.find_repayment(charge_ref, key):
                return found
            raise RepaymentRefused(refused.code) from refused
        if found := _repayment_of(paid, key):
            return found
        raise Unknown("the provider's answer does not name the repayment")

    def find_repayment(self, charge_ref: str, key: str) -> Repayment | None:
        paid = self._wire.get(f"/v1/payments/{charge_ref}")
        return _repayment_of(paid, key) if paid else None

    def movements(self, since: datetime, until: datetime) -> Iterator[Movement]:
        asked = {"startDate": _seoul(since), "endDate": _seoul(until - timedelta(seconds=1)), "limit": str(PAGE)}
        while page := self._wire.list("/v1/transactions", asked):
            yield from (_movement(row) for row in page)
            if len(page) < PAGE:
                return
            asked["startingAfter"] = str(page[-1]["transactionKey"])

    def order_ref(self, order_number: str, key: str) -> str:
        """`J-7Q2M-K9TD-1`: an orderId is paid once, so that every attempt has one of its own."""
        ref = f"{order_number}-{key.rpartition(':')[2]}"
        if not ORDER_REF.fullmatch(ref):
            raise ValueError(f"{ref} is no orderId")
        return ref

    def read_return(self, query: Mapping[str, str]) -> Back | None:
        order_ref, code = query.get("orderId"), query.get("code")
        if code:
            return Back(order_ref, refused=None if code in CLOSED else code[:100])
        ref = query.get("paymentKey", "")
        if not order_ref or not CHARGE_REF.fullmatch(ref):
            return None
        try:
            amount = from_minor(int(Decimal(query.get("amount", ""))), "KRW")
        except (InvalidOperation, ValueError, OverflowError):
            amount = None
        return Back(order_ref, ref, amount)

    def read_event(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Nobody signs these. An event has no id either: the same change of the same payment is the same event."""
        try:
            event = json.loads(body)
            payment = event["data"]
            kind, order_ref, ref = str(event["eventType"]), payment["orderId"], payment["paymentKey"]
            told = [kind, order_ref, ref, payment.get("status"), payment.get("lastTransactionKey")]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Forged(f"not an event of Toss: {error!r}") from error
        if (
            not isinstance(order_ref, str)
            or not ORDER_REF.fullmatch(order_ref)
            or not isinstance(ref, str)
            or not CHARGE_REF.fullmatch(ref)
        ):
            raise Forged("not an event of Toss: it names no order")
        number = order_ref.rpartition("-")[0] or order_ref
        paid = payment.get("status") == "DONE"
        return Event(_digest(json.dumps(told)), kind[:100], number, ref, paid=paid, signed=False)


def _confirming(key: str, ref: str) -> str:
    """One key for one attempt with one charge. Toss does not compare bodies: a key that two charges shared would
    answer for the second what became of the first."""
    return f"{key}:confirm:{_digest(ref)[:16]}"


def _reason(key: str) -> str:
    """A cancellation has no field for our key but its reason."""
    return f"Jari refund {key}"


def _charge(payment: Mapping[str, Any]) -> Charge:
    failure = payment.get("failure") or {}
    status = STATUS.get(str(payment.get("status")), "working")
    return Charge(str(payment["paymentKey"]), status, reason=failure.get("code"))  # type: ignore[arg-type]  # as in STATUS


def _movement(row: Mapping[str, Any]) -> Movement:
    """One transaction; whatever takes money back is told by its status."""
    paid = row["status"] == "DONE"
    ref, order_ref = str(row["paymentKey"]), str(row["orderId"])
    return Movement(
        kind="charge" if paid else "repayment",
        ref=ref if paid else str(row["transactionKey"]),
        charge_ref=ref,
        amount=abs(Decimal(str(row["amount"]))),
        currency=str(row.get("currency") or "KRW"),
        at=datetime.fromisoformat(str(row["transactionAt"])),
        status="paid" if paid else "done",
        order_number=order_ref.rpartition("-")[0] or order_ref,
    )


def _seoul(moment: datetime) -> str:
    """As Toss writes times: its own clock, without an offset."""
    return moment.astimezone(SEOUL).strftime("%Y-%m-%dT%H:%M:%S")


def _repayment_of(payment: Mapping[str, Any], key: str) -> Repayment | None:
    found = next((one for one in payment.get("cancels") or [] if one.get("cancelReason") == _reason(key)), None)
    if found is None:
        return None
    status = REPAYMENT.get(str(found.get("cancelStatus", "DONE")), "pending")
    return Repayment(str(found["transactionKey"]), status)  # type: ignore[arg-type]  # as in REPAYMENT


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
