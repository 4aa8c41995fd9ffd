"""In which language a page speaks: asked for by ?lang=, chosen before, or the best of what the browser reads."""

from typing import Any

from babel.support import NullTranslations
from flask import Blueprint, Flask, Response, current_app, g, request
from flask_babel import Babel, get_locale, get_translations
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from werkzeug.local import LocalProxy

from portal.config import Settings
from portal.domains import identity
from portal.web import redis_session
from portal.web.database import transaction
from portal.web.guards import public, safe_next
from portal.web.htmx import see_other

LANGUAGES = ("en", "ko")
YEAR = 365 * 24 * 3600

blueprint = Blueprint("language", __name__)


def install(app: Flask, settings: Settings) -> None:
    """Connects gettext to templates and code; `locale` in templates is the language's code."""
    Babel(
        app,
        default_locale=LANGUAGES[0],
        default_timezone=settings.default_time_zone,
        default_translation_directories="portal/translations",
        locale_selector=_select,
    )
    app.jinja_env.globals |= {"locale": LocalProxy(language), "_": told, "gettext": told}
    app.after_request(_keep)
    app.register_blueprint(blueprint)


def language() -> str:
    """The code of the language this request is answered in."""
    kept = _kept()
    if kept is None:
        return LANGUAGES[0]
    if (known := kept.get("language")) is None:
        known = kept.language = str(get_locale() or LANGUAGES[0])
    return str(known)


@pass_context
def told(context: Context, text: str, /, **given: Any) -> str:
    """`_("…")` in templates, in one step: Jinja's own asks for the language each time, and a page says `_` a lot."""
    said = _words().ugettext(text)
    if context.eval_ctx.autoescape:
        said = Markup(said)  # noqa: S704  # ours; what is given is escaped by Markup
    return said % given if given or "%" in said else said


def _words() -> NullTranslations:
    """What this request's language calls things."""
    kept = _kept()
    if kept is None:
        return get_translations()
    found: NullTranslations | None = kept.get("words")
    if found is None:
        found = kept.words = get_translations()
    return found


def _kept() -> Any:
    """What this request keeps, or None outside of one. A page asks hundreds of times, and each look through the proxy
    costs as much as what is looked for."""
    return g._get_current_object() if g else None


def choose(code: str | None) -> None:
    """Answers from here on in this language, and remembers it in the browser. An unknown code changes nothing."""
    if code in LANGUAGES:
        g.chosen_language = code


@blueprint.post("/language")
@public
def change() -> Response:
    """Chooses a language (field `lang`), for this browser and for the account, and goes back (field `next`)."""
    code = request.form.get("lang")
    choose(code)
    if code in LANGUAGES and current_user.is_authenticated:
        with transaction() as tx:
            identity.set_locale(tx, current_user.id, code)
    return see_other(safe_next(request.form.get("next")))


def _select() -> str:
    # Neither session nor account is asked: an error page must find its words when Redis and the database are away.
    # Signing in puts the account's language into the cookie of a browser that has none (web/auth).
    for code in (g.get("chosen_language"), request.args.get("lang"), request.cookies.get(_cookie())):
        if code in LANGUAGES:
            return str(code)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def has_chosen() -> bool:
    """Whether this browser remembers a language."""
    return request.cookies.get(_cookie()) in LANGUAGES


def _keep(response: Response) -> Response:
    code = g.get("chosen_language") or request.args.get("lang")
    if code in LANGUAGES and code != request.cookies.get(_cookie()):
        flags = redis_session.cookie_flags(current_app.extensions["settings"])
        response.set_cookie(_cookie(), code, max_age=YEAR, **flags)
    response.headers.setdefault("Content-Language", language())
    return response


def _cookie() -> str:
    return redis_session.cookie_name("lang", current_app.extensions["settings"])
