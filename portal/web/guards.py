"""Who may open what. Every face is closed: a view opens itself by `@public`, `@customer` or `@staff("permission")`.

@blueprint.get("/staff/refunds")
@staff("refunds")
def refunds() -> Response: ...
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_required

from portal.domains import identity
from portal.domains.identity import Purpose
from portal.kernel import log, questions
from portal.web import htmx, records, redis_session, sessions
from portal.web.database import db
from portal.web.people import Guest, Visitor

logger = log.get("web.guards")

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

GUARDED_BY_THEMSELVES = {"api", "hooks", "oauth_endpoints", "saml"}
"""Blueprints that read a token, a secret or a signature instead of a session, in their own before_request."""


@dataclass(frozen=True)
class Guard:
    """What a view asks for: nothing, somebody signed in, or staff with one of these permissions; and whether one has
    to have shown lately who one is."""

    who: str
    permissions: frozenset[str] = frozenset()
    fresh: Purpose | None = None


def public(view: View) -> View:
    """Opens a view to everybody."""
    return _mark(view, Guard("public"))


def customer(view: View) -> View:
    """Opens a view to whoever is signed in."""
    return _mark(view, Guard("customer"))


def staff(*permissions: str) -> Callable[[View], View]:
    """Opens a view to staff who hold one of the permissions and have shown a second factor."""
    unknown = set(permissions) - set().union(*identity.PERMISSIONS.values())
    if unknown or not permissions:
        raise ValueError(f"no such permission: {', '.join(sorted(unknown)) or 'none named'}")
    return lambda view: _mark(view, Guard("staff", frozenset(permissions)))


def fresh(purpose: Purpose) -> Callable[[View], View]:
    """Opens a view only shortly after one has shown who one is; stands above `@customer` or `@staff`."""

    def mark(view: View) -> View:
        guard: Guard = view.guard  # type: ignore[attr-defined]  # the decorator below has set it
        return _mark(view, replace(guard, fresh=purpose))

    return mark


class SignedInOnly(LoginManager):
    """flask-login for `current_user` and `login_required`. Its «remember me» cookie outlives signing out: never."""

    def _update_remember_cookie(self, response: object) -> object:
        return response

    def _load_user_from_remember_cookie(self, cookie: str) -> None:
        return None


def install(app: Flask) -> None:
    """Knows who is asking and stops who may not."""
    manager = SignedInOnly()
    manager.init_app(app, add_context_processor=False)  # it would look for the user on error pages, too
    manager.session_protection = None
    manager.anonymous_user = Guest
    manager.user_loader(_load)
    manager.unauthorized_handler(_to_sign_in)
    app.jinja_env.globals["current_user"] = current_user
    app.before_request(check)


def check() -> ResponseReturnValue | None:
    """Runs before every request: lets it pass (None) or answers in the view's place."""
    if request.endpoint is None or request.endpoint == "static" or request.blueprint in GUARDED_BY_THEMSELVES:
        return None
    view = current_app.view_functions[request.endpoint]
    guard: Guard | None = getattr(view, "guard", None)
    if guard and guard.who == "public":
        return None
    if sessions.current().stored is None and sessions.current().lost:
        raise redis_session.SessionsAway
    if guard is None:
        logger.error("view without a guard", endpoint=request.endpoint)
        return _signed_in_or_else() or abort(403)
    return (
        _signed_in_or_else()
        or (_staff_or_else(guard.permissions) if guard.who == "staff" else None)
        or (_fresh_or_else(guard.fresh) if guard.fresh else None)
    )


def safe_next(target: str | None, default: str = "/") -> str:
    """The path to go on to after signing in: one of this site's own, whatever the address bar was made to say."""
    target = target or ""
    # Browsers read a backslash as a slash and drop tabs and line ends: «/\\evil» and «/<tab>/evil» are other sites.
    odd = any(c in "\\@" or ord(c) < 33 or ord(c) == 127 for c in target)
    own = target.startswith("/") and not target.startswith("//")
    return target if own and not odd else default


def _mark(view: View, guard: Guard) -> View:
    view.guard = guard  # type: ignore[attr-defined]  # functions take attributes
    return view


def _load(_user_id: str) -> Visitor | None:
    account_id = sessions.account_id()
    person = identity.find_person(db.session(), account_id) if account_id else None
    if person is None or not person.is_active:
        # The account was closed: the session ends with it, at the first request after.
        session.clear()
        return None
    return Visitor.of(person, session)


def who_question() -> list[questions.Question[identity.Person | None]]:
    """What will be asked about who is looking, to be asked ahead; nothing where nobody is signed in."""
    account_id = sessions.account_id()
    return [identity.person_question(account_id)] if account_id else []


@login_required
def _pass() -> None:
    return None


def _signed_in_or_else() -> ResponseReturnValue | None:
    answer: ResponseReturnValue | None = _pass()
    return answer


def _staff_or_else(permissions: frozenset[str]) -> ResponseReturnValue | None:
    if not permissions & current_user.permissions:
        records.denied(current_user.id, permissions)
        abort(403)
    if not current_user.has_strong_factor:
        return _go(url_for("auth.security", need="staff"))
    if not (current_user.proven and current_user.as_staff):
        # The role or the second factor is younger than this session: it does not vouch for enough.
        return _to_sign_in()
    return None


def _fresh_or_else(purpose: Purpose) -> ResponseReturnValue | None:
    """To the page where one shows who one is, and back to the page one came from: what was posted is not kept."""
    if sessions.is_fresh(purpose):
        return None
    back = _here() if request.method == "GET" else _path_of(htmx.current_url())
    return _go(url_for("auth.confirm", purpose=purpose.value, next=safe_next(back, "") or None))


def _to_sign_in() -> ResponseReturnValue:
    """To the sign-in page and, for a page that was only looked at, back again. What was posted is not kept."""
    return _go(url_for("auth.sign_in", next=safe_next(_here(), "") or None))


def _here() -> str:
    """The page that is looked at; empty if something was sent from it without htmx."""
    if htmx.is_fragment():
        return _path_of(htmx.current_url())
    return request.full_path.removesuffix("?") if request.method in {"GET", "HEAD"} else ""


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _go(url: str) -> ResponseReturnValue:
    if htmx.is_fragment():
        return htmx.redirected(url, status=401)
    return redirect(url, 303)
