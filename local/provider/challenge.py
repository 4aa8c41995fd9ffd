"""The page on which the customer confirms or refuses a payment, before the card is charged (3-D Secure)."""

import sqlite3
from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

from local.provider import charging, look
from local.provider.books import Tx
from local.provider.cards import CARDS
from local.provider.company import Company
from local.provider.exchange import Reply, Request
from local.provider.moment import moment
from local.provider.money import written

DECIDED = {
    "succeeded": ("This payment is confirmed", "You do not need to do anything more."),
    "canceled": ("This payment was cancelled", "The shop ended it before it was confirmed. Nothing was charged."),
    "requires_payment_method": ("This payment was not made", "Nothing was charged."),
}


def challenge(company: Company, request: Request) -> Reply:
    """GET shows the payment; POST `decision=confirm` charges it, anything else refuses it; then back to the shop."""
    name = request.path.removeprefix("/challenge/")
    if request.method == "GET":
        with company.books.reading() as tx:
            intent = _find(tx, name)
        return _ask(intent) if intent and intent["status"] == "requires_action" else _tell(intent)
    decision = parse_qs(request.body.decode(errors="replace")).get("decision", [""])[0]
    with company.books.transaction() as tx:
        intent = _find(tx, name)
        if intent and intent["status"] == "requires_action":
            now = moment(tx, company.public_url)
            if decision == "confirm":
                charging.attempt(tx, now, intent["id"], authenticated=True)
            else:
                charging.refuse(tx, now, intent["id"])
            intent = _find(tx, name)
    company.ring()
    back = _way_back(intent)
    return Reply(303, headers={"Location": back, "Cache-Control": "no-store"}) if back else _tell(intent)


def _find(tx: Tx, name: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = tx.execute("SELECT * FROM intents WHERE challenge = ?", (name,)).fetchone()
    return row


def _ask(intent: sqlite3.Row) -> Reply:
    shop = urlsplit(intent["return_url"] or "").netloc
    facts = {"For": intent["description"], "Shop": shop, "Card": f"Visa ending {CARDS[intent['payment_method']].last4}"}
    rows = "".join(f"<dt>{name}</dt><dd>{escape(fact)}</dd>" for name, fact in facts.items() if fact)
    amount = escape(written(intent["amount"], intent["currency"]))
    content = f"""<div class="card"><h1>Confirm your payment</h1>
<p class="amount">{amount}</p>
<dl>{rows}</dl>
<form method="post"><button name="decision" value="confirm">Confirm {amount}</button>
<button class="plain" name="decision" value="refuse">Refuse</button></form></div>
<p class="soft">A real bank would ask for a code or a fingerprint here. This practice page asks for a button.</p>"""
    return look.page("Confirm your payment", content, narrow=True)


def _tell(intent: sqlite3.Row | None) -> Reply:
    if intent is None:
        title, text, status = "This page has expired", "Go back to the shop and start the payment again.", 404
    else:
        title, text = DECIDED[intent["status"]]
        status = 200
    back = _way_back(intent)
    link = f'<form><a class="button" href="{escape(back)}">Back to the shop</a></form>' if back else ""
    content = f'<div class="card"><h1>{title}</h1><p class="soft">{text}</p>{link}</div>'
    return look.page(title, content, narrow=True, status=status)


def _way_back(intent: sqlite3.Row | None) -> str | None:
    """The shop's return_url, with the names that Stripe adds to it."""
    if intent is None or intent["return_url"] is None:
        return None
    parts = urlsplit(str(intent["return_url"]))
    added = urlencode(
        {
            "payment_intent": intent["id"],
            "payment_intent_client_secret": intent["secret"],
            "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
        }
    )
    return parts._replace(query=f"{parts.query}&{added}" if parts.query else added).geturl()
