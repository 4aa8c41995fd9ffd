"""One machine for signing in and for confirming later who one is: what was shown, and what is still to be shown.

A challenge is a value: it is kept in the session it belongs to, and ended by time. Methods are words of METHODS.
Whoever signs people in by another way (an identity provider) begins a challenge with what that way has shown, such as
`begin(account, Purpose.SIGN_IN, shown=vouched.shown(provider), …)`, and goes on from there like everybody else.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

LIFETIME = 600.0
"""Seconds from the beginning of a challenge to its end."""

METHODS = ("pwd", "fed", "passkey", "totp", "sms", "email", "recovery", "device", "mfa")
"""Shown by a person: password, identity provider, passkey, authenticator app, code by text message, code by mail,
recovery code; a browser remembered before; and what a provider says of itself: it asked for more than one factor."""
STRONG = frozenset({"passkey", "totp"})
"""Second factors nobody can be talked out of by phone or robbed of with a mailbox. Staff have one of these."""
SECOND = frozenset({"passkey", "totp", "sms", "email", "recovery"})
FIRST = frozenset({"pwd", "fed", "passkey"})


class Purpose(StrEnum):
    """What somebody shows who they are for."""

    SIGN_IN = "sign-in"
    ACT = "act"
    """Something that cannot be undone: money, tokens. One factor, the strongest there is."""
    ACCOUNT = "account"
    """A change of what protects the account: all of it again."""


@dataclass(frozen=True)
class Holds:
    """What a person can show: `factors` of passkey, totp, sms, email; `recovery`: there are codes left."""

    factors: frozenset[str] = frozenset()
    password: bool = True
    recovery: bool = False
    staff: bool = False


@dataclass(frozen=True)
class Challenge:
    """`id` names it to the codes sent for it; `began` in seconds since 1970; `wanted` is the page to go on to."""

    id: str
    account: str
    purpose: Purpose
    began: float
    shown: tuple[str, ...] = ()
    wanted: str = ""

    def is_over(self, now: float) -> bool:
        return not 0 <= now - self.began < LIFETIME

    def kept(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {**asdict(self), "shown": list(self.shown), "purpose": self.purpose.value}


def begin(account: str, purpose: Purpose, *, now: float, shown: Iterable[str] = (), wanted: str = "") -> Challenge:
    """A new challenge of this account."""
    return Challenge(secrets.token_urlsafe(16), account, purpose, now, _known(shown), wanted)


def read(kept: Mapping[str, Any] | None, now: float) -> Challenge | None:
    """The challenge a session kept, unless it is over."""
    if not kept:
        return None
    values = {**kept, "shown": tuple(kept["shown"]), "purpose": Purpose(kept["purpose"])}
    found = Challenge(**values)
    return None if found.is_over(now) else found


def show(challenge: Challenge, method: str) -> Challenge:
    """The challenge with one more thing shown."""
    return replace(challenge, shown=_known((*challenge.shown, method)))


def missing(challenge: Challenge, has: Holds) -> frozenset[str]:
    """The methods of which one has to be shown next; empty when all is shown."""
    shown = set(challenge.shown)
    if "passkey" in shown:
        return frozenset()  # it is in the person's hand, and the device has asked for finger or PIN
    if challenge.purpose is Purpose.ACT:
        asked = _strongest(has) or _first(has)
        return frozenset() if shown & asked else asked
    if not shown & FIRST:
        return _first(has)
    asked = _strongest(has) if challenge.purpose is Purpose.ACCOUNT else _second(has)
    enough = set(asked)
    if challenge.purpose is Purpose.SIGN_IN:
        enough |= {"mfa"} if has.staff else {"mfa", "device"}
    return frozenset() if not asked or shown & enough else asked


def is_proven(shown: Iterable[str], has: Holds) -> bool:
    """Whether a second factor was shown, and for staff one that counts."""
    counted = {*STRONG, "recovery", "mfa"} if has.staff else {*SECOND, "mfa", "device"}
    return bool(counted & set(shown))


def vouches_for(shown: Iterable[str], has: Holds) -> bool:
    """Whether signing in like this was as much as any confirmation asks: then none is asked for a while."""
    return "device" not in shown and not missing(Challenge("", "", Purpose.ACCOUNT, 0, tuple(shown)), has)


def _first(has: Holds) -> frozenset[str]:
    first = {"pwd"} if has.password else {"fed"}
    return frozenset(first | (has.factors & {"passkey"}))


def _second(has: Holds) -> frozenset[str]:
    """Any of the person's factors; of staff only those that count, once they have one."""
    factors = has.factors & STRONG if has.staff and has.factors & STRONG else has.factors
    return _with_recovery(factors, has)


def _strongest(has: Holds) -> frozenset[str]:
    """The strongest kind there is. A code by mail is never enough: a mailbox is open for hours."""
    return _with_recovery(has.factors & STRONG or has.factors & {"sms"}, has)


def _with_recovery(factors: frozenset[str], has: Holds) -> frozenset[str]:
    return factors | {"recovery"} if factors and has.recovery else factors


def _known(shown: Iterable[str]) -> tuple[str, ...]:
    methods = tuple(dict.fromkeys(shown))
    if unknown := set(methods) - set(METHODS):
        raise ValueError(f"no such method: {', '.join(sorted(unknown))}")
    return methods
