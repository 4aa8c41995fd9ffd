"""Facts and failures as pages, as a note for htmx, and as problems for machines: never a stack trace."""

from collections.abc import Mapping
from typing import Any

import psycopg
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from redis import RedisError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, TooManyRequests
from werkzeug.http import HTTP_STATUS_CODES

from portal.domains import identity
from portal.kernel import log, troubles, wire, words
from portal.kernel.errors import N_, Fact, Invalid, KeyReused, NotFound
from portal.web import htmx
from portal.web.i18n import language
from portal.web.redis_session import SessionsAway
from portal.web.requests import request_id

logger = log.get("web.errors")

PAGES = {
    400: "errors/400.html",
    403: "errors/403.html",
    404: "errors/404.html",
    409: "errors/409.html",
    422: "errors/422.html",
    429: "errors/429.html",
    500: "errors/500.html",
    503: "errors/503.html",
}
DETAILS = {
    400: N_("This request cannot be read. Nothing was changed."),
    401: N_("Sign in first: send an access token."),
    403: N_("This is not open to you. Nothing was changed."),
    404: NotFound.message,
    405: N_("This address does not know this method."),
    413: N_("This is more than can be taken at once. Nothing was changed."),
    415: N_("Send JSON, and say so: Content-Type: application/json."),
    429: N_("That was too often. Try again a little later."),
    500: N_("Something went wrong on our side. Send it again with the same Idempotency-Key: nothing happens twice."),
    503: N_("A part of the house is away for a moment. Try again soon."),
}
"""What a problem says where nobody says it better."""
IN_BODIES = {"with": "served_by"}
"""Fields that have another name in a body than in a form."""
FORM_OUT_OF_DATE = N_("This page was open for a long time, or cookies are switched off. Nothing was changed.")
FORM_SENT_BEFORE = N_(
    "This was sent before, with other contents, and that counts. See what became of it, and send this only if you still"
    " want it."
)


def install(app: Flask) -> None:
    """Answers for every error there can be."""
    app.register_error_handler(Fact, _fact)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    for away in (SessionsAway, identity.TooBusy, RedisError, PoolTimeout):
        app.register_error_handler(away, _away)
    for of_database in (DBAPIError, psycopg.Error, wire.EarlierFailed):
        app.register_error_handler(of_database, _of_database)
    app.register_error_handler(Exception, _unexpected)


def say(message: str, params: Mapping[str, Any] | None = None) -> str:
    """A domain's message in the reader's language."""
    fills = {name: _told(fill) for name, fill in (params or {}).items()}
    return str(gettext(message, **fills))


def _told(fill: Any) -> Any:
    return fill.told(language()) if isinstance(fill, words.Days | words.When) else fill


def words_of(fact: Fact) -> str:
    """What the fact says to people, in the reader's language."""
    if isinstance(fact, KeyReused) and not _of_api():
        return say(FORM_SENT_BEFORE)
    return say(fact.message, fact.params)


def faults_of(fact: Fact) -> dict[str, str]:
    """Field -> what is wrong with it, in the reader's language; empty for a fact that blames no field."""
    if isinstance(fact, Invalid):
        return {field: say(text, params) for field, (text, params) in fact.faults.items()}
    return {fact.field: words_of(fact)} if fact.field else {}


def status_of(fact: Fact) -> int:
    """404 not found, 422 invalid, 409 anything else that is so and stops the act."""
    # An Idempotency-Key that came with another request is a fault of the input, whichever domain noticed it.
    unusable = isinstance(fact, Invalid) or fact.code == "idempotency-mismatch"
    return 404 if isinstance(fact, NotFound) else 422 if unusable else 409


def problem(fact: Fact) -> dict[str, Any]:
    """The fact as the body of an `application/problem+json` answer (RFC 9457); its `status` is the answer's."""
    body = _problem(status_of(fact), words_of(fact), fact.code)
    if faults := faults_of(fact):
        body["errors"] = [{"field": IN_BODIES.get(field, field), "message": told} for field, told in faults.items()]
    return body


def answer(
    status: int,
    message: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    code: str = "",
    more: Mapping[str, Any] | None = None,
) -> Response:
    """The error as whoever asks understands it: problem+json (with `more` members), a note for htmx, or a page."""
    if _of_api():
        response = as_problem(_problem(status, message, code) | dict(more or {}))
    elif htmx.is_fragment() and status in {409, 422}:
        note = htmx.render_block("errors/note.html", "note", message=message)
        response = make_response(note, status, {"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"})
    else:
        response = make_response(_page(status, message), status)
    response.headers.update(headers or {})
    return response


def as_problem(body: Mapping[str, Any]) -> Response:
    """The body, with its status and media type."""
    response = jsonify(body)
    response.status_code = int(body["status"])
    response.mimetype = "application/problem+json"
    return response


def _problem(status: int, detail: str = "", code: str = "") -> dict[str, Any]:
    """The members every problem has. Without a code it is the status in words: `method-not-allowed`."""
    title = HTTP_STATUS_CODES.get(status, "Error")
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code or title.lower().replace(" ", "-"),
        "detail": detail or say(DETAILS.get(status, DETAILS[400 if status < 500 else 500])),
    }


def _of_api() -> bool:
    return request.path.startswith("/api/")


def _fact(fact: Fact) -> ResponseReturnValue:
    if _of_api():
        return as_problem(problem(fact))
    said = " ".join(faults_of(fact).values()) or words_of(fact)
    # «There is nothing here by that name» is what the page says itself, and better.
    plain = isinstance(fact, NotFound) and fact.message == NotFound.message
    return answer(status_of(fact), "" if plain else said)


def _forged(_error: CSRFError) -> ResponseReturnValue:
    return answer(400, say(FORM_OUT_OF_DATE), code="csrf")


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    headers = {name: value for name, value in error.get_headers() if name not in {"Content-Type", "Content-Length"}}
    if isinstance(error, TooManyRequests):
        return answer(429, str(error.description) if error.retry_after else "", headers=headers)
    if error.code == 401:  # asked by an extension; our own guards redirect
        return answer(403, headers=headers)
    return answer(error.code, headers=headers)


def _away(error: Exception) -> ResponseReturnValue:
    logger.error("a part of the house is away", error=repr(error), path=request.path)
    return answer(503, headers={"Retry-After": "30"})


def _of_database(error: Exception) -> ResponseReturnValue:
    return _away(error) if troubles.passes(error) else _unexpected(error)


def _unexpected(error: Exception) -> ResponseReturnValue:
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        error = error.original_exception
    logger.error("unexpected", path=request.path, method=request.method, exc_info=error)
    return answer(500)


def _page(status: int, message: str) -> str:
    name = PAGES.get(status) or PAGES[400 if status < 500 else 500]
    return render_template(name, message=message, error_id=request_id() if status >= 500 else None)
