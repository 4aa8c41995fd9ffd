"""Who calls: an access token, checked by Authlib's resource protector, and the account behind it as it is now."""

from collections.abc import Mapping
from typing import Any, NoReturn, cast
from uuid import UUID

from authlib.integrations.flask_oauth2 import ResourceProtector
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import MissingAuthorizationError
from flask import Flask, abort, current_app, g

from portal.config import Settings
from portal.domains import identity
from portal.domains.identity import Person, tokens
from portal.kernel import clock, questions
from portal.kernel.errors import N_
from portal.web import records
from portal.web.database import db
from portal.web.errors import answer, say

REALM = "jari"
BAD_TOKEN = N_("The access token is not valid, or not any more. Get a new one.")
NO_TOKEN = N_("This needs an access token with the scope «%(scope)s».")
NARROW_TOKEN = N_("The access token does not have the scope «%(scope)s».")
TOO_LONG_AGO = N_(
    "This needs a token of somebody who signed in just now. Send the person to sign in again, with this max_age."
)
NOT_ALLOWED = N_("Your role does not allow this. Nothing was changed.")


def install(app: Flask, settings: Settings) -> None:
    """Prepares the protector. The token is checked without the database; the account is looked up at every call."""
    keys = tokens.KeyRing(lambda: tokens.published_keys(db.session(), now=clock.now()))
    protector = ResourceProtector()
    protector.register_token_validator(tokens.AccessTokenValidator(settings.base_url, keys, realm=REALM))
    app.extensions["api.keys"], app.extensions["api.protector"] = keys, protector


def admit(scope: str) -> None:
    """Lets the call pass, or answers in its place: 401 without a good token, 403 with one that is not good for this.

    The scope is what the owner allowed; where it needs a permission too, the role decides as it is at this moment.
    """
    try:
        token = current_app.extensions["api.protector"].acquire_token([scope])
    except MissingAuthorizationError:
        _turn_away(401, NO_TOKEN, scope)
    except OAuth2Error as error:
        if error.status_code == 403:
            _turn_away(403, NARROW_TOKEN, scope, error="insufficient_scope")
        _turn_away(401, BAD_TOKEN, scope, error="invalid_token")
    person = _person(token)
    if person is None or not person.is_active:
        _turn_away(401, BAD_TOKEN, scope, error="invalid_token")
    needed = tokens.SCOPES[scope].permission
    if needed and not person.may(needed):
        records.denied(person.id, [needed])
        abort(answer(403, say(NOT_ALLOWED), code="forbidden"))
    g.caller, g.client_id, g.auth_time = person, str(token["client_id"]), token.get("auth_time")


def need_lately(scope: str, within: int) -> None:
    """Lets the call pass if the person behind the token showed who they are not longer ago than that, in seconds;
    answers 401 in its place as RFC 9470 asks. A partner's token says nothing of a person, so it never does."""
    shown_at = g.auth_time
    if isinstance(shown_at, int) and 0 <= clock.now().timestamp() - shown_at <= within:
        return
    _turn_away(401, TOO_LONG_AGO, scope, error="insufficient_user_authentication", max_age=str(within))


def caller() -> Person:
    """Whose token it is."""
    return cast(Person, g.caller)


def client_id() -> str:
    """Through which client they call."""
    return cast(str, g.client_id)


def _person(token: Mapping[str, Any]) -> Person | None:
    """Whose it is; None if somebody took it back: its owner, the app, or whoever closed the account."""
    try:
        account_id = UUID(token["sub"])
        grant_id = UUID(token["grant_id"]) if "grant_id" in token else None
    except (ValueError, TypeError, AttributeError):
        return None
    stands = tokens.stands_question(account_id, grant_id=grant_id, issued_at=int(token["iat"]))
    person, good = questions.answers(db.session(), identity.person_question(account_id), stands)
    return person if good else None


def _turn_away(status: int, message: str, scope: str, error: str = "", max_age: str = "") -> NoReturn:
    """Answers as RFC 6750 asks: who sent nothing is told of no error, only of the way in."""
    said = {"realm": REALM, "error": error, "scope": scope, "max_age": max_age}
    challenge = "Bearer " + ", ".join(f'{name}="{value}"' for name, value in said.items() if value)
    code = error.replace("_", "-") or "token-missing"
    abort(answer(status, say(message, {"scope": scope}), headers={"WWW-Authenticate": challenge}, code=code))
