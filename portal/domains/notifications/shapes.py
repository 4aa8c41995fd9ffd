"""What each mail is told: the shape of `data` for every template, as JSON values (amounts as strings, times ISO 8601).

The texts are templates/mail/<template>.txt and .html.
"""

from typing import Literal, NotRequired, TypedDict

from portal.kernel.errors import N_


class Line(TypedDict):
    """One thing in an order."""

    title: str
    quantity: int
    amount: str


class Event(TypedDict):
    """One booking as a calendar sees it. The uid never changes; a later word about it has a higher sequence."""

    uid: str
    sequence: int
    title: str
    starts_at: str
    ends_at: str
    time_zone: str
    place: str | None
    served_by: NotRequired[str]
    status: Literal["CONFIRMED", "CANCELLED"]


class OrderConfirmed(TypedDict):
    """order_confirmed: the booking stands; with a calendar file for each event."""

    number: str
    currency: str
    total: str
    points_used: int
    charged: str
    points_accrued: int
    lines: list[Line]
    events: list[Event]


class OrderCancelled(TypedDict):
    """order_cancelled: the checkout came to nothing. `refusal` is the order's code; `points` came back."""

    number: str
    currency: str
    refusal: str | None
    points: int
    lines: NotRequired[list[Line]]


class WaitingPayment(TypedDict):
    """waiting_payment: the customer's bank wants a confirmation before `pay_by`."""

    number: str
    currency: str
    charged: str
    pay_by: str
    time_zone: str
    lines: NotRequired[list[Line]]


class RefundDone(TypedDict):
    """refund_done: `amount` is on its way to the card, `points` are back, `accrual` earned points are gone, `fee` was
    kept."""

    number: str
    currency: str
    amount: str
    points: int
    accrual: int
    fee: NotRequired[str]
    lines: list[Line]
    events: list[Event]


class LateBooked(OrderConfirmed):
    """late_booked: the order was cancelled, its money came all the same, and its places were still free."""


class LateGivenBack(TypedDict):
    """late_given_back: the same, but `refusal` (a code) kept it from being booked; the whole `amount` goes back."""

    number: str
    currency: str
    amount: str
    refusal: str | None
    lines: list[Line]


class BookingMoved(TypedDict):
    """booking_moved: from `before` to `events`, with a calendar file; `charged`, or `amount` and `points` come back.
    `reason`: why the house moved it, empty where its customer did."""

    number: str
    currency: str
    price: str
    charged: str
    amount: str
    points: int
    reason: str
    before: list[Event]
    events: list[Event]


class MoveGivenUp(TypedDict):
    """move_given_up: it stands where it was (`before`); `refusal` is a code."""

    number: str
    currency: str
    price: str
    charged: str
    amount: str
    points: int
    reason: str
    before: list[Event]
    refusal: str | None


class RefundRejected(TypedDict):
    """refund_rejected: no, and why, in the words of a member of staff."""

    number: str
    currency: str
    amount: str
    reason: str


class Offered(TypedDict):
    """What is offered, and where it is told."""

    title: str
    starts_at: str
    ends_at: str
    time_zone: str
    place: str | None
    served_by: NotRequired[str]


class WaitingOffer(TypedDict):
    """waiting_offer: a place somebody waited for is held for them. After `until` it is not sent any more."""

    title: str
    quantity: int
    amount: str
    currency: str
    until: str
    time_zone: str
    event: Offered


class Account(TypedDict):
    """About somebody's account rather than an order. What is secret in it travels `sealed`, and after `until` it is not
    sent any more. `to` is an address that is not the account's (yet, or any more)."""

    sealed: NotRequired[str]
    until: NotRequired[str]
    to: NotRequired[str]


class PasswordReset(Account):
    """password_reset: the link by which one may choose a new password; sealed: `path`, the link's way on our site."""


class SignInCode(Account):
    """sign_in_code, and the text message `code`: six digits; sealed: `code`, and for a text message the `number`."""


class SecurityChanged(Account):
    """security_changed: something that protects the account is not as it was; `what` is one of CHANGES."""

    what: str
    at: str
    time_zone: str
    address: str
    agent: str


CHANGES = {
    "password": N_("The password was changed."),
    "email": N_("The e-mail address was changed."),
    "totp": N_("An authenticator app was set up."),
    "totp.removed": N_("The authenticator app was removed."),
    "sms": N_("Codes by text message were switched on."),
    "sms.removed": N_("Codes by text message were switched off."),
    "email_codes": N_("Codes by mail were switched on."),
    "email_codes.removed": N_("Codes by mail were switched off."),
    "passkey": N_("A passkey was added."),
    "passkey.removed": N_("A passkey was removed."),
    "recovery": N_("New recovery codes were made; the old ones are over."),
    "sign_in.linked": N_("Another sign-in was linked: it opens your account from now on."),
    "sign_in.unlinked": N_("A linked sign-in was taken away."),
    "recovery.used": N_("Somebody signed in or confirmed something with a recovery code."),
}
"""What a mail says after something that protects an account was changed."""


def change_of(what: str) -> str:
    """What was changed, in words to be translated."""
    return CHANGES[what]


TEMPLATES = frozenset(
    {
        "password_reset",
        "security_changed",
        "sign_in_code",
        "order_confirmed",
        "order_cancelled",
        "waiting_payment",
        "refund_done",
        "refund_rejected",
        "late_booked",
        "late_given_back",
        "booking_moved",
        "move_given_up",
        "waiting_offer",
    }
)

TEXTS = frozenset({"code"})
"""Text messages: templates/texts/<template>.txt."""

REASONS = {
    "card-declined": N_("Your bank did not accept the card."),
    "confirmation-refused": N_("You did not confirm the payment at your bank."),
    "not-confirmed": N_("The payment was not confirmed in time."),
    "not-enough-points": N_("There were fewer points on your account than the order was to use."),
    "out-of-stock": N_("Something in the order sold out a moment before."),
    "lines-gone": N_("Something in the order is no longer offered."),
    "holds-gone": N_("The time you chose was no longer kept for you."),
    "hold-ended": N_("The time you chose was no longer kept for you."),
    "slot-taken": N_("Somebody else had just taken the time you chose."),
    "not-bookable": N_("The time you chose could not be booked any more."),
    "booked-meanwhile": N_("You had booked the same time again meanwhile."),
    "too-late": N_("It took us too long, so we stopped it."),
    "released": N_("The payment could not be cleared up, so we ended it by hand."),
}
"""Why a checkout came to nothing, by the order's refusal code."""
OTHER_REASON = N_("It could not be completed.")


def reason_of(refusal: str | None) -> str:
    """Why, in words to be translated."""
    return REASONS.get(refusal or "", OTHER_REASON)
