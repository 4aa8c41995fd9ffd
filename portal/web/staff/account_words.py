"""What happened to an account, and the names of roles and of ways to show who one is, for staff to read."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from portal.web.staff.face import blueprint

WAYS: Mapping[str, Callable[[], str]] = {
    "pwd": lambda: _("password"),
    "fed": lambda: _("another provider"),
    "passkey": lambda: _("passkey"),
    "totp": lambda: _("authenticator app"),
    "sms": lambda: _("text message"),
    "email": lambda: _("mail"),
    "address": lambda: _("mail"),
    "recovery": lambda: _("recovery codes"),
    "device": lambda: _("remembered device"),
    "mfa": lambda: _("second factor there"),
}
ROLES: Mapping[str, Callable[[], str]] = {
    "catalog": lambda: _("Catalog"),
    "bookings": lambda: _("Bookings"),
    "refunds": lambda: _("Refunds"),
    "finance": lambda: _("Finance"),
    "admin": lambda: _("Access"),
}
MAY: Mapping[str, Callable[[], str]] = {
    "catalog": lambda: _("keeps products, prices, resources and refund policies"),
    "bookings": lambda: _("sees orders and refunds"),
    "refunds": lambda: _("sees orders, decides about refunds"),
    "finance": lambda: _("sees orders, cures stuck money"),
    "admin": lambda: _("everything, and decides who may do what"),
}
ACCOUNTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "sign_in.done": lambda d: _("Signed in (%(how)s)", how=_ways(d.get("shown", ()))),
    "sign_in.refused": lambda d: _("A sign-in was refused (%(how)s)", how=_ways([d.get("factor", "")])),
    "sign_in.linked": lambda d: _("A sign-in of %(name)s was linked", name=d.get("provider", "")),
    "sign_in.unlinked": lambda d: _("A linked sign-in was taken away"),
    "sign_out": lambda d: _("Signed out"),
    "confirmation.done": lambda d: _("Confirmed who it was (%(how)s)", how=_ways(d.get("shown", ()))),
    "confirmation.refused": lambda d: _("A confirmation was refused (%(how)s)", how=_ways([d.get("factor", "")])),
    "code.sent": lambda d: _("A code was sent (%(how)s)", how=_ways([d.get("factor", "")])),
    "factor.added": lambda d: _("A second factor was added: %(how)s", how=_ways([d.get("factor", "")])),
    "factor.removed": lambda d: _("A second factor was removed: %(how)s", how=_ways([d.get("factor", "")])),
    "device.forgotten": lambda d: _("A remembered device was forgotten"),
    "session.ended": lambda d: _("Sessions were ended"),
    "access.denied": lambda d: _("A page was refused: %(page)s", page=d.get("page", "")),
    "account.opened": lambda d: _("The account was opened"),
    "account.password_changed": lambda d: _("The password was changed"),
    "account.password_reset": lambda d: _("A new password was set by a link"),
    "account.reset_asked": lambda d: _("A link for a new password was asked for"),
    "account.email_changed": lambda d: _("The e-mail address was changed"),
    "account.roles_changed": lambda d: _(
        "Roles given: %(given)s; taken: %(taken)s",
        given=_roles(d.get("given", ())) or "–",
        taken=_roles(d.get("taken", ())) or "–",
    ),
    "account.closed": lambda d: _("The account was closed"),
    "account.reopened": lambda d: _("The account was opened again"),
    "app.connected": lambda d: _("The app %(name)s was allowed to act for them", name=d.get("client", "")),
    "app.disconnected": lambda d: _("The app %(name)s was disconnected", name=d.get("client", "")),
    "app.signed_out": lambda d: _("The app %(name)s signed out", name=d.get("client", "")),
    "token.issued": lambda d: _("An access token was made on the command line"),
}


@blueprint.app_template_global("ways_in_words")
def ways_in_words(ways: Iterable[str]) -> str:
    """Second factors as a list, always in the same order."""
    return _ways(sorted(ways, key=list(WAYS).index))


@blueprint.app_template_global("roles_in_words")
def roles_in_words(roles: Iterable[str]) -> str:
    return _roles(roles)


@blueprint.app_template_global("what_a_role_may")
def what_a_role_may(role: str) -> str:
    return MAY[role]()


def _roles(roles: Iterable[str]) -> str:
    return ", ".join(ROLES[role]() if role in ROLES else role for role in sorted(roles))


def _ways(ways: Iterable[str]) -> str:
    """In the order in which they were shown; a word nobody knows stays as it is."""
    return ", ".join(WAYS[way]() if way in WAYS else way for way in ways)
