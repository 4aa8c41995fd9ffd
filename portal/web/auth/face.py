"""The blueprint of the auth face, closed to everything when sessions are away, and where its visitors go on to."""

from typing import cast

from flask import Blueprint, current_app, request, url_for

from portal.config import Settings
from portal.domains import identity
from portal.domains.identity import Person, Vault
from portal.web import sessions
from portal.web.filters import has_endpoint
from portal.web.guards import safe_next

blueprint = Blueprint("auth", __name__)
# Nothing here works without sessions: say so before somebody types a password for nothing.
blueprint.before_request(sessions.require)


def settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def vault() -> Vault:
    return cast(Vault, current_app.extensions["vault"])


def password_rule() -> str:
    """What a new password must be here, to be translated."""
    return identity.PASSWORD_RULE if settings().password_composition else identity.PLAIN_PASSWORD_RULE


def asked_next() -> str:
    """The page the visitor wanted, if it is one of ours; empty if none."""
    return safe_next(request.args.get("next"), "")


def home_of(person: Person | None = None) -> str:
    """Where somebody goes on to who wanted no page in particular."""
    first = "staff.home" if person is not None and person.is_staff else "customer.catalog"
    return url_for(first) if has_endpoint(first) else "/"
