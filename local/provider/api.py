"""Answers one call of the API: checks the key to the door, meets the fault that was ordered, and books exactly once."""

import base64
import sys
import traceback

from local.provider import ids
from local.provider.answer import Answer
from local.provider.company import Company
from local.provider.errors import ApiError, broken, invalid, no_such, unauthorized
from local.provider.exchange import Reply, Request, json_reply
from local.provider.forms import nested, pairs
from local.provider.idempotency import fingerprint, recall, remember
from local.provider.moment import moment
from local.provider.params import Params
from local.provider.routes import Route, find_route
from local.provider.striking import struck


def call(company: Company, request: Request) -> Reply | None:
    """Return the reply, or None when the connection is to be cut without one."""
    found = find_route(request.method, request.path)
    if found is None:
        message = f"Unrecognized request URL ({request.method}: {request.path})."
        return _error(ApiError(404, "invalid_request_error", message))
    route, names = found

    def carry_out(*, delay: float = 0, spoiled: bool = False) -> Reply:
        return _carry_out(company, request, route, names, delay=delay, spoiled=spoiled)

    missing = no_such("payment_intent", "hidden", "intent")
    return struck(company, route.name, carry_out, broken=_error(broken()), missing=_error(missing))


def _carry_out(
    company: Company, request: Request, route: Route, names: list[str], *, delay: float = 0, spoiled: bool = False
) -> Reply:
    """`delay` seconds pass while the key is in flight; `spoiled` books the effect and answers, and keeps, a 500."""
    number = ids.new("req", 14)
    headers = {"Request-Id": number}
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    replayed = None
    try:
        _check_door(request)
        form = pairs(_encoded(request))
        if route.method == "GET":
            company.stopping.wait(delay)
            with company.books.reading() as tx:
                answer = route.function(tx, moment(tx, company.public_url, number), Params(nested(form)), *names)
            answer = Answer(500, broken().body) if spoiled else answer
        else:
            with company.keys.held(key):
                company.stopping.wait(delay)
                answer, replayed = _write(company, request, route, names, form, number, key, spoiled)
            headers |= {"Idempotency-Key": key} if key else {}
            headers |= {"Idempotent-Replayed": "true", "Original-Request": replayed} if replayed else {}
            if answer.status >= 500 and key:
                headers["Stripe-Should-Retry"] = "false"  # the key would only bring the same 500 again
            company.tally.count(route.name, "replayed" if replayed else "executed")
    except ApiError as error:
        if error.status == 409:
            company.tally.count(route.name, "conflicts")
        return _error(error, headers)
    except Exception:
        traceback.print_exc(file=sys.stderr)
        return _error(broken(), headers)
    return json_reply(answer.status, answer.body, headers)


def _write(
    company: Company,
    request: Request,
    route: Route,
    names: list[str],
    form: list[tuple[str, str]],
    number: str,
    key: str | None,
    spoiled: bool,
) -> tuple[Answer, str | None]:
    """Effect, events, webhooks and the answer under the key: one transaction. Returns the request replayed, if any."""
    mark = fingerprint(request.path, form)
    with company.books.transaction() as tx:
        now = moment(tx, company.public_url, number, key)
        remembered = recall(tx, now, request.path, mark)
        if remembered is not None:
            return remembered.answer, remembered.request
        tx.execute("SAVEPOINT effect")
        try:
            answer = route.function(tx, now, Params(nested(form)), *names)
        except ApiError as error:
            if not error.executed:
                raise
            tx.execute("ROLLBACK TO effect")
            answer = Answer(error.status, error.body)
        answer = Answer(500, broken().body) if spoiled else answer
        remember(tx, now, request.path, mark, answer)
    company.ring()
    return answer, None


def _check_door(request: Request) -> None:
    """Any test key will do, as a bearer token or as the user name of basic authentication."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            secret = base64.b64decode(secret, validate=True).decode().partition(":")[0]
        except ValueError:
            secret = ""
    if not secret:
        raise unauthorized("You did not provide an API key. Send it as: Authorization: Bearer YOUR_SECRET_KEY")
    if not secret.startswith(("sk_test_", "rk_test_")):
        raise unauthorized(f"Invalid API Key provided: {secret[:8]}***. This practice provider takes test keys only.")


def _encoded(request: Request) -> str:
    try:
        return request.query if request.method == "GET" else request.body.decode()
    except UnicodeDecodeError:
        raise invalid("The request is not UTF-8.") from None


def _error(error: ApiError, headers: dict[str, str] | None = None) -> Reply:
    return json_reply(error.status, error.body, headers)
