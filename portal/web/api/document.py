"""The OpenAPI document: what spectree gathers from the calls, and what it has no words for.

It knows one media type and no headers of answers; problems are application/problem+json, and some answers have headers
that a client needs.
"""

from copy import deepcopy
from functools import lru_cache
from typing import Any

from portal.domains.identity import tokens
from portal.web.api.bodies import KEY
from portal.web.api.calls import CALLS, Call, spec
from portal.web.api.face import blueprint

ABOUT = """Find free times, hold them, order, pay, move, and give back. Errors are `application/problem+json` \
(RFC 9457). Times are ISO 8601 with an offset. Money is `{"amount": "30000", "currency": "KRW"}`. Lists come in pages: \
send `next` as `cursor`."""
WHY = {
    400: "It cannot be read, or an Idempotency-Key is missing.",
    401: "There is no access token, or it is not good any more.",
    403: "The token or the role does not allow this.",
    404: "There is no such thing, or it is not the caller's.",
    409: "Something is so, and therefore it did not happen; `code` says what.",
    413: "The body is too large.",
    415: "The body does not say that it is JSON.",
    422: "Some fields are wrong; `errors` names each. Or the Idempotency-Key came with another request.",
    429: "Too many calls; or, as `in-line`, it is not the caller's turn: `position`, `wait` in seconds, and the "
    "`ticket` to send as `Queue-Ticket` with the next try.",
    503: "A part of the house is away for a moment.",
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The document of this application, as OpenAPI 3.1. Needs an application context."""
    made: dict[str, Any] = deepcopy(spec.spec)
    made["info"]["description"] = ABOUT
    made["security"] = []
    for call in CALLS:
        path = f"{blueprint.url_prefix}{call.rule}".replace("<uuid:", "{").replace("<", "{").replace(">", "}")
        _complete(made["paths"][path][call.method.lower()], call)
    scopes = "\n".join(f"- `{name}`: {scope.says}" for name, scope in tokens.SCOPES.items())
    about = f"An access token of this portal (RFC 9068). Scopes:\n{scopes}"
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": about}
    made["components"]["securitySchemes"] = {"bearer": bearer}
    return made


def _complete(operation: dict[str, Any], call: Call) -> None:
    for status, answer in operation["responses"].items():
        if int(status) in call.problems:
            answer["description"] = WHY[int(status)]
            answer["content"] = {"application/problem+json": answer["content"]["application/json"]}
        if headers := _headers(int(status), call):
            answer["headers"] = headers
    if call.repeatable:
        about = "New for every new wish, the same when it is sent again: same answer, done once."
        operation["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
                "description": about,
            }
        )


def _headers(status: int, call: Call) -> dict[str, Any]:
    said = {}
    if call.repeatable and status < 300:
        said["Location"] = "Where it is from now on."
    if status == 401:
        said["WWW-Authenticate"] = "What is wrong with the token, and which scope is needed (RFC 6750)."
    if status in {429, 503}:
        said["Retry-After"] = "Seconds to wait."
    required = {"Location", "WWW-Authenticate"}
    return {
        name: {"description": about, "required": name in required, "schema": {"type": "string"}}
        for name, about in said.items()
    }
