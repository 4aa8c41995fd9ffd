"""The control calls of tests and demos: read the books, order faults, change settings. No password: loopback only."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from local.provider import overview, settings
from local.provider.company import Company
from local.provider.exchange import Reply, Request, json_reply
from local.provider.faults import BadFault
from local.provider.moment import moment
from local.provider.settings import BadSetting
from local.provider.toss import payments as toss
from local.provider.toss.errors import TossError

LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")


def control(company: Company, request: Request) -> Reply:
    if not _from_here(request):
        return json_reply(403, {"error": "control calls come from this machine, not from a page of another site"})
    action = ACTIONS.get((request.method, request.path))
    if action is None:
        return json_reply(404, {"error": "no such control call", "calls": [" ".join(call) for call in ACTIONS]})
    try:
        return json_reply(200, action(company, request))
    except (BadFault, BadSetting, TossError) as error:
        return json_reply(400, {"error": str(error)})


def _from_here(request: Request) -> bool:
    """Loopback keeps other machines out; this keeps out pages of other sites open in a browser on this one."""
    own = request.headers.get("host", "")
    origin = request.headers.get("origin")
    return urlsplit(f"//{own}").hostname in LOCAL_NAMES and (origin is None or urlsplit(origin).netloc == own)


def _health(company: Company, request: Request) -> Any:
    with company.books.reading() as tx:
        tx.execute("SELECT count(*) FROM settings")
    return {"status": "ok"}


def _books(company: Company, request: Request) -> Any:
    with company.books.reading() as tx:
        return overview.books(tx) | {"requests": company.tally.counts()}


def _list_faults(company: Company, request: Request) -> Any:
    return {"faults": company.faults.listed()}


def _add_fault(company: Company, request: Request) -> Any:
    company.faults.add(_wish(request, BadFault))
    return _list_faults(company, request)


def _clear_faults(company: Company, request: Request) -> Any:
    company.faults.clear()
    return _list_faults(company, request)


def _read_settings(company: Company, request: Request) -> Any:
    with company.books.reading() as tx:
        return vars(settings.read(tx))


def _change_settings(company: Company, request: Request) -> Any:
    with company.books.transaction() as tx:
        changed = settings.change(tx, _wish(request, BadSetting))
    company.ring()
    return vars(changed)


def _authorise(company: Company, request: Request) -> Any:
    """What the customer does in the window of Toss: `{"orderId", "amount", "orderName"?, "card"?}`."""
    wish = _wish(request, BadSetting)
    with company.books.transaction() as tx:
        now = moment(tx, company.public_url)
        key = toss.begin(tx, now, wish)["payment_key"]
        toss.authorise(tx, now, key, wish.get("card", "pays"))
    company.ring()
    return {"paymentKey": key}


def _wish(request: Request, bad: type[ValueError]) -> dict[str, Any]:
    try:
        wish = json.loads(request.body)
    except ValueError:
        wish = None
    if not isinstance(wish, dict):
        raise bad("send a JSON object")
    return wish


ACTIONS: dict[tuple[str, str], Callable[[Company, Request], Any]] = {
    ("GET", "/_control/health"): _health,
    ("GET", "/_control/books"): _books,
    ("GET", "/_control/faults"): _list_faults,
    ("POST", "/_control/faults"): _add_fault,
    ("DELETE", "/_control/faults"): _clear_faults,
    ("GET", "/_control/settings"): _read_settings,
    ("POST", "/_control/settings"): _change_settings,
    ("POST", "/_control/toss/authorize"): _authorise,
}
