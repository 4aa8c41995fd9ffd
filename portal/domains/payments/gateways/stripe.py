"""Stripe behind the port, by its official SDK: intents that are opened, then confirmed; refunds; signed webhooks."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import stripe

from portal.domains.payments.gateways.port import (
    Back,
    Charge,
    ChargeStatus,
    Event,
    Forged,
    Movement,
    Repayment,
    RepaymentRefused,
    RepaymentStatus,
    Taken,
)
from portal.domains.payments.gateways.stripe_http import PooledClient
from portal.kernel.money import from_minor, to_minor
from portal.kernel.steps import Unknown

T = TypeVar("T")

STATUS: Mapping[str, ChargeStatus] = {
    "requires_confirmation": "open",
    "requires_action": "action_needed",
    "processing": "working",
    "succeeded": "paid",
    "canceled": "cancelled",
}
REPAYMENT: Mapping[str, RepaymentStatus] = {
    "succeeded": "done",
    "pending": "pending",
    "requires_action": "pending",
    "failed": "failed",
    "canceled": "failed",
}
NO_FROM_CUSTOMER = "payment_intent_authentication_failure"
"""The bank asked, and the customer did not confirm."""


class StripeGateway:
    """The SDK never repeats a call by itself here: whether to send again is the saga engine's to decide."""

    name = "stripe"
    customer_begins = False

    def __init__(
        self, api_key: str, *, webhook_secret: str, api_base: str | None = None, timeout: float = 10.0
    ) -> None:
        self._client = stripe.StripeClient(
            api_key,
            http_client=PooledClient(api_base or stripe.DEFAULT_API_BASE, timeout=timeout),
            base_addresses={"api": api_base} if api_base else {},
            max_network_retries=0,
        )
        self._webhook_secret = webhook_secret

    def open(self, *, amount: Decimal, currency: str, order_number: str, return_url: str, key: str) -> Charge:
        params: Any = {
            "amount": to_minor(amount, currency),
            "currency": currency.lower(),
            "payment_method_types": ["card"],
            "description": f"Jari {order_number}",
            "metadata": {"order": order_number, "key": key},
        }
        with _unknown_unless_answered():
            return _charge(self._client.v1.payment_intents.create(params, {"idempotency_key": f"{key}:create"}))

    def confirm(
        self, ref: str, *, amount: Decimal, currency: str, order_number: str, token: str, return_url: str, key: str
    ) -> Charge:
        params: Any = {"payment_method": token, "return_url": return_url}
        options: Any = {"idempotency_key": f"{key}:confirm"}
        return self._charge(ref, lambda: self._client.v1.payment_intents.confirm(ref, params, options))

    def cancel(self, ref: str, *, key: str) -> Charge:
        options: Any = {"idempotency_key": f"{key}:cancel"}
        return self._charge(ref, lambda: self._client.v1.payment_intents.cancel(ref, {}, options))

    def find(self, ref: str) -> Charge | None:
        intent = self._retrieve(ref)
        return _charge(intent) if intent else None

    def find_by_key(self, order_number: str, key: str) -> Charge | None:
        query = f"metadata['order']:'{order_number}'"
        with _unknown_unless_answered():
            found = self._client.v1.payment_intents.search({"query": query, "limit": 100})
        return next((_charge(intent) for intent in found.data if _key_of(intent) == key), None)

    def taken(self, ref: str) -> Taken | None:
        intent = self._retrieve(ref, {"expand": ["latest_charge"]})
        if intent is None or intent.status != "succeeded":
            return None
        currency = intent.currency.upper()
        repaid = intent.latest_charge.amount_refunded
        return Taken(from_minor(intent.amount_received, currency), currency, from_minor(repaid, currency))

    def repay(self, charge_ref: str, *, amount: Decimal, currency: str, key: str) -> Repayment:
        params: Any = {"payment_intent": charge_ref, "amount": to_minor(amount, currency), "metadata": {"key": key}}
        try:
            with _unknown_unless_answered():
                return _repayment(self._client.v1.refunds.create(params, {"idempotency_key": f"{key}:refund"}))
        except stripe.InvalidRequestError as refusal:
            if refusal.http_status != 400:
                raise Unknown(f"the provider did not understand: {refusal}") from refusal
            # A request that was understood and not followed; an amount above what is left has no code of its own.
            raise RepaymentRefused(refusal.code or f"{refusal.param}_refused") from refusal

    def find_repayment(self, charge_ref: str, key: str) -> Repayment | None:
        with _unknown_unless_answered():
            listed = self._client.v1.refunds.list({"payment_intent": charge_ref, "limit": 100})
        return next((_repayment(refund) for refund in listed.data if _key_of(refund) == key), None)

    def order_ref(self, order_number: str, key: str) -> str:
        return order_number

    def read_return(self, query: Mapping[str, str]) -> Back | None:
        """The charge is known here, so that whoever comes back can only say that it is time to ask."""
        return Back() if "payment_intent" in query else None

    def movements(self, since: datetime, until: datetime) -> Iterator[Movement]:
        span: Any = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        with _unknown_unless_answered():
            for intent in self._client.v1.payment_intents.list({"created": span, "limit": 100}).auto_paging_iter():
                if intent.status == "succeeded":
                    yield _movement("charge", intent, intent.id, intent.amount_received, "paid")
            for refund in self._client.v1.refunds.list({"created": span, "limit": 100}).auto_paging_iter():
                status = REPAYMENT.get(refund.status or "", "pending")
                yield _movement("repayment", refund, str(refund.payment_intent), refund.amount, status)

    def read_event(self, headers: Mapping[str, str], body: bytes) -> Event:
        try:
            stripe.WebhookSignature.verify_header(
                body.decode(), headers.get("Stripe-Signature", ""), self._webhook_secret, tolerance=300
            )
            event = json.loads(body)
            return _event(event)
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError) as error:
            raise Forged(str(error)) from error

    def _retrieve(self, ref: str, params: Any = None) -> Any:
        """The intent; None where there is no such."""
        try:
            with _unknown_unless_answered():
                return self._client.v1.payment_intents.retrieve(ref, params)
        except stripe.InvalidRequestError as error:
            if error.code == "resource_missing":
                return None
            raise Unknown(f"the provider did not understand: {error}") from error

    def _charge(self, ref: str, act: Callable[[], Any]) -> Charge:
        """The charge after an act; a declined card and «not in this state» are answers, told apart by asking."""
        try:
            with _unknown_unless_answered():
                return _charge(act())
        except stripe.CardError as declined:
            return _refused(ref, _decline(declined))
        except stripe.InvalidRequestError as error:
            if error.code == "payment_intent_unexpected_state" and (found := self.find(ref)):
                return found
            raise Unknown(f"the provider did not understand: {error}") from error


@contextmanager
def _unknown_unless_answered() -> Iterator[None]:
    """Lets answers through, refusals included; everything else becomes Unknown."""
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError):
        raise
    except stripe.StripeError as error:
        raise Unknown(f"{type(error).__name__}: {error}") from error


def _key_of(thing: Any) -> str | None:
    """The key we sent it under. What somebody made by hand at the provider has none."""
    return getattr(getattr(thing, "metadata", None), "key", None)


def _charge(intent: Any) -> Charge:
    if intent.status == "requires_payment_method":
        # The SDK's objects have only the fields that were sent.
        error = getattr(intent, "last_payment_error", None)
        if not error:
            return Charge(intent.id, "open")
        return _refused(intent.id, getattr(error, "decline_code", None) or error.code)
    action = getattr(intent, "next_action", None)
    address = getattr(action, "redirect_to_url", None)
    url = address.url if address and intent.status == "requires_action" else None
    return Charge(intent.id, STATUS.get(intent.status, "working"), url=url)


def _refused(ref: str, reason: str) -> Charge:
    return Charge(ref, "unconfirmed" if reason == NO_FROM_CUSTOMER else "refused", reason=reason)


def _movement(kind: Any, thing: Any, charge_ref: str, minor: int, status: Any) -> Movement:
    currency = thing.currency.upper()
    return Movement(
        kind=kind,
        ref=thing.id,
        charge_ref=charge_ref,
        amount=from_minor(minor, currency),
        currency=currency,
        at=datetime.fromtimestamp(thing.created, UTC),
        status=status,
        order_number=getattr(getattr(thing, "metadata", None), "order", None),
        key=_key_of(thing),
    )


def _repayment(refund: Any) -> Repayment:
    reason = getattr(refund, "failure_reason", None)
    return Repayment(refund.id, REPAYMENT.get(refund.status, "pending"), reason)


def _decline(error: stripe.CardError) -> str:
    details = error.error
    return (getattr(details, "decline_code", None) if details else None) or error.code or "card_declined"


def _event(event: Mapping[str, Any]) -> Event:
    thing = event["data"]["object"]
    repayment = None
    if thing.get("object") == "refund":
        status = REPAYMENT.get(thing["status"], "pending")
        repayment = Repayment(thing["id"], status, thing.get("failure_reason"))
    charge_ref = thing.get("payment_intent") if repayment else thing.get("id")
    number = (thing.get("metadata") or {}).get("order")
    paid = event["type"] == "payment_intent.succeeded"
    return Event(event["id"], event["type"], number, charge_ref, repayment, paid=paid)
