"""The rules of identity that need no database: what a password must be, and what a role may do."""

import unicodedata
from collections.abc import Iterable
from typing import Protocol

from portal.kernel.errors import N_

SHORTEST, LONGEST = 12, 128

PASSWORD_RULE = N_(
    "12 to 128 characters, with an upper-case letter, a lower-case letter, a digit and a special character."
)

PLAIN_PASSWORD_RULE = N_("12 to 128 characters. A few words that do not belong together are good.")

DESK = "desk"
"""What every member of staff may do: enter the back office and see the day."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "catalog": frozenset({DESK, "catalog"}),
    "bookings": frozenset({DESK, "bookings"}),
    "refunds": frozenset({DESK, "bookings", "refunds"}),
    "finance": frozenset({DESK, "bookings", "finance"}),
    "admin": frozenset({DESK, "catalog", "bookings", "refunds", "finance", "admin"}),
}
"""Role -> permissions. Views and API calls name a permission, never a role. Refunds and money are read off orders."""


class HasRoles(Protocol):
    """Anybody whose roles are known."""

    @property
    def roles(self) -> frozenset[str]: ...


def permitted(roles: Iterable[str]) -> frozenset[str]:
    """Everything these roles allow together. A role nobody knows allows nothing."""
    return frozenset().union(*(PERMISSIONS.get(role, frozenset()) for role in roles))


def permissions(account: HasRoles) -> frozenset[str]:
    """Everything this person may do in the back office: empty for a customer."""
    return permitted(account.roles)


def as_typed(password: str) -> str:
    """The password in one spelling: Korean typed on a Mac arrives in pieces (NFD), elsewhere composed (NFC)."""
    return unicodedata.normalize("NFC", password)


def as_address(email: str) -> str:
    """The e-mail address in the one spelling it is kept and looked up by."""
    return unicodedata.normalize("NFKC", email).strip().lower()


def password_fault(password: str, *, composition: bool = True) -> str | None:
    """What is wrong with a new password, for people; None if nothing. The four classes were asked for (R3.6);
    `composition=False` leaves only the length, as ASVS 5.0 6.2.5 and NIST 800-63B would have it."""
    password = as_typed(password)
    if len(password) < SHORTEST:
        return N_("The password is shorter than 12 characters.")
    if len(password) > LONGEST:
        return N_("The password is longer than 128 characters.")
    if composition and not (
        any(c.isupper() for c in password)
        and any(c.islower() for c in password)
        and any(c.isdigit() for c in password)
        and any(not c.isalnum() and not c.isspace() for c in password)
    ):
        return N_("The password needs an upper-case letter, a lower-case letter, a digit and a special character.")
    return None
