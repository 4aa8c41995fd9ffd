"""Answers one call of this face: checks the secret key, meets the fault that was ordered, and books exactly once."""

import base64
import hashlib
import json
import re
import sys
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.provider.answer import Answer
from local.provider.books import Tx
from local.provider.company import Company
from local.provider.errors import ApiError
from local.provider.exchange import Reply, Request, json_reply
from local.provider.moment import Moment, moment
from local.provider.striking import struck
from local.provider.toss import payments, transactions
from local.provider.toss.errors import TossError, broken, in_flight, invalid, not_found, unauthorized

KEY_LIVES_MS = 15 * 24 * 60 * 60 * 1000
LONGEST_KEY = 300
ROUTES: tuple[tuple[str, str, str, Callable[..., Answer]], ...] = (
    ("POST", "/v1/payments/confirm", "confirm", payments.confirm),
    ("POST", "/v1/payments/([^/]+)/cancel", "refund", payments.cancel),
    ("GET", "/v1/payments/orders/([^/]+)", "search", payments.of_order),
    ("GET", "/v1/payments/([^/]+)", "retrieve", payments.retrieve),
    ("GET", "/v1/transactions", "retrieve", transactions.list_all),
)


def is_ours(path: str) -> bool:
    return path.startswith("/v1/payments/") or path == "/v1/transactions"


def call(company: Company, request: Request) -> Reply | None:
    """Return the reply, or None when the connection is to be cut without one."""
    route = _route(request)
    if route is None:
        return _reply(not_found().answer)
    name, function, names = route

    def carry_out(*, delay: float = 0, spoiled: bool = False) -> Reply:
        try:
            return _reply(_carry_out(company, request, name, function, names, delay, spoiled))
        except TossError as error:
            return _reply(error.answer)
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return _reply(broken().answer)

    return struck(company, name, carry_out, broken=_reply(broken().answer), missing=_reply(not_found().answer))


def _route(request: Request) -> tuple[str, Callable[..., Answer], list[str]] | None:
    """Its name for faults and counts, what carries it out, and the names in the address."""
    for method, pattern, name, function in ROUTES:
        found = re.fullmatch(pattern, request.path) if method == request.method else None
        if found:
            return name, function, [unquote(part) for part in found.groups()]
    return None


def _carry_out(
    company: Company,
    request: Request,
    name: str,
    function: Callable[..., Answer],
    names: list[str],
    delay: float,
    spoiled: bool,
) -> Answer:
    """`delay` seconds pass while the key is in flight; `spoiled` books the effect and answers, and keeps, a 500."""
    secret = _secret(request)
    if request.method == "GET":
        company.stopping.wait(delay)
        with company.books.reading() as tx:
            answer = function(tx, moment(tx, company.public_url), dict(parse_qsl(request.query)), *names)
        company.tally.count(name, "executed")
        return broken().answer if spoiled else answer
    body, scope = _body(request), _scope(request, secret)
    try:
        with company.keys.held(scope):
            company.stopping.wait(delay)
            with company.books.transaction() as tx:
                answer, replayed = _once(tx, moment(tx, company.public_url), scope, function, body, names, spoiled)
    except ApiError:
        company.tally.count(name, "conflicts")
        raise in_flight() from None
    company.tally.count(name, "replayed" if replayed else "executed")
    company.ring()
    return answer


def _once(
    tx: Tx,
    now: Moment,
    scope: str | None,
    function: Callable[..., Answer],
    body: dict[str, Any],
    names: list[str],
    spoiled: bool,
) -> tuple[Answer, bool]:
    """Effect, webhook and the answer under the key: one transaction. True if the answer is an earlier one."""
    tx.execute("DELETE FROM toss_keys WHERE created_ms < ?", (now.ms - KEY_LIVES_MS,))
    row = tx.execute("SELECT * FROM toss_keys WHERE scope = ?", (scope,)).fetchone()
    if row is not None:
        return Answer(row["status"], json.loads(row["body"])), True
    tx.execute("SAVEPOINT effect")
    try:
        answer = function(tx, now, body, *names)
    except TossError as error:
        if not error.kept:
            raise
        tx.execute("ROLLBACK TO effect")
        answer = error.answer
    answer = broken().answer if spoiled else answer
    if scope is not None:
        kept = (scope, answer.status, json.dumps(answer.body), now.ms)
        tx.execute("INSERT INTO toss_keys (scope, status, body, created_ms) VALUES (?, ?, ?, ?)", kept)
    return answer, False


def _secret(request: Request) -> str:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        secret, colon, rest = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        raise unauthorized() from None
    if scheme.lower() != "basic" or not colon or rest or not secret.startswith(("test_sk_", "test_gsk_")):
        raise unauthorized()
    return secret


def _scope(request: Request, secret: str) -> str | None:
    """What makes two requests one: key, secret key, method and address. The body is not looked at."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST_KEY:
        raise TossError(400, "INVALID_IDEMPOTENCY_KEY", f"An Idempotency-Key has 1 to {LONGEST_KEY} characters.")
    return hashlib.sha256(json.dumps([key, secret, request.method, request.path]).encode()).hexdigest()


def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise invalid("Send a JSON object.")
    return body


def _reply(answer: Answer) -> Reply:
    return json_reply(answer.status, answer.body)
