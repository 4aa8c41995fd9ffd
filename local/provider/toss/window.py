"""The window in which the customer agrees to a payment, and from which they are sent back; it stands for the SDK's.

`GET /toss/window?amount&orderId&orderName&successUrl&failUrl` is what the SDK's requestPayment does.
"""

import sqlite3
from html import escape
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from local.provider import look
from local.provider.company import Company
from local.provider.exchange import Reply, Request
from local.provider.moment import Moment, moment
from local.provider.money import written
from local.provider.toss import payments
from local.provider.toss.cards import CARDS
from local.provider.toss.errors import TossError
from local.provider.toss.shapes import state_of

CLOSED = ("PAY_PROCESS_CANCELED", "The customer closed the window.")
DECLINED = ("REJECT_CARD_COMPANY", "The card company turned the payment down.")


def window(company: Company, request: Request) -> Reply:
    """Opens the window, shows it, or takes the customer's decision and sends them back to the shop."""
    key = request.path.removeprefix("/toss/window").strip("/")
    try:
        if not key and request.method == "GET":
            return _open(company, dict(parse_qsl(request.query)))
        return _ask(company, key) if request.method == "GET" else _decide(company, key, request.body)
    except TossError as error:
        return _tell(str(error), error.answer.status)


def _open(company: Company, asked: dict[str, str]) -> Reply:
    amount = asked.get("amount", "")
    with company.books.transaction() as tx:
        wish = {**asked, "amount": int(amount) if amount.isdigit() else None}
        row = payments.begin(tx, moment(tx, company.public_url), wish)
    company.ring()
    return Reply(303, headers={"Location": f"/toss/window/{row['payment_key']}", "Cache-Control": "no-store"})


def _ask(company: Company, key: str) -> Reply:
    with company.books.reading() as tx:
        row, now = payments.get(tx, key), moment(tx, company.public_url)
    if state_of(row, now.ms) != "READY":
        return _tell("This window was used before, or has been open for too long.", 410)
    amount = escape(written(row["amount"], "krw"))
    cards = "".join(
        f'<option value="{name}">{escape(card.title)}</option>' for name, card in CARDS.items() if name != "trouble"
    )
    facts = {"For": row["order_name"], "Shop": urlsplit(row["success_url"] or "").netloc, "Order": row["order_id"]}
    rows = "".join(f"<dt>{name}</dt><dd>{escape(fact)}</dd>" for name, fact in facts.items() if fact)
    content = f"""<div class="card"><h1>Pay with Toss (practice)</h1>
<p class="amount">{amount}</p><dl>{rows}</dl>
<form method="post" action="/toss/window/{escape(key)}"><label for="card">Card</label>
<select id="card" name="card">{cards}</select>
<button name="decision" value="pay">Pay {amount}</button>
<button class="plain" name="decision" value="decline">Let the card company decline</button>
<button class="plain" name="decision" value="close">Close the window</button></form></div>
<p class="soft">The shop takes the money after you have come back to it, within ten minutes.</p>"""
    return look.page("Pay with Toss", content, narrow=True)


def _decide(company: Company, key: str, body: bytes) -> Reply:
    sent = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
    with company.books.transaction() as tx:
        row, now = payments.get(tx, key), moment(tx, company.public_url)
        if state_of(row, now.ms) != "READY":
            raise TossError(410, "NOT_FOUND_PAYMENT_SESSION", "This window was used before.")
        back = _decided(sent, row, now, tx)
    company.ring()
    return Reply(303, headers={"Location": back, "Cache-Control": "no-store"}) if back else _tell("Done.", 200)


def _decided(sent: dict[str, str], row: sqlite3.Row, now: Moment, tx: sqlite3.Connection) -> str | None:
    """Books the decision; returns where the customer goes next."""
    if sent.get("decision") == "pay":
        payments.authorise(tx, now, row["payment_key"], sent.get("card", "pays"))
        given = {"paymentType": "NORMAL", "paymentKey": row["payment_key"]}
        return _back(row["success_url"], given | {"orderId": row["order_id"], "amount": row["amount"]})
    code, message = DECLINED if sent.get("decision") == "decline" else CLOSED
    payments.give_up(tx, now, row["payment_key"], code, message)
    return _back(row["fail_url"], {"code": code, "message": message, "orderId": row["order_id"]})


def _back(url: str | None, given: dict[str, object]) -> str | None:
    if not url:
        return None
    parts = urlsplit(url)
    return parts._replace(query="&".join(filter(None, [parts.query, urlencode(given)]))).geturl()


def _tell(text: str, status: int) -> Reply:
    content = f'<div class="card"><h1>Pay with Toss (practice)</h1><p class="soft">{escape(text)}</p></div>'
    return look.page("Pay with Toss", content, narrow=True, status=status)
