"""The books as a page for people who look at the demo: payments, refunds, webhooks, and the faults in force."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from typing import Any

from local.provider import look, overview
from local.provider.company import Company
from local.provider.exchange import Reply
from local.provider.money import written

SHOWN = 100
WORDS = {
    "requires_payment_method": "not paid",
    "requires_confirmation": "not confirmed yet",
    "requires_action": "waits for the customer",
    "succeeded": "paid",
    "canceled": "cancelled",
}


def books_page(company: Company) -> Reply:
    with company.books.reading() as tx:
        data = overview.books(tx)
        deliveries = tx.execute(
            "SELECT d.*, e.type FROM deliveries d JOIN events e ON e.id = d.event ORDER BY d.seq DESC LIMIT ?", (SHOWN,)
        ).fetchall()
    counts = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in data["webhooks"].items() if count)
    faults = [
        f"{fault['fault']} on {fault['on']}" + (f", {fault['times']} more" if fault["times"] else "")
        for fault in company.faults.listed()
    ]
    content = f"""<h1>Practice payment provider</h1>
<p class="soft">Everything it knows, newest first (up to {SHOWN} of each); times are UTC.
As JSON: <a href="/_control/books">/_control/books</a></p>
<p>Faults in force: {escape("; ".join(faults) or "none")}</p>
<h2>Payments ({len(data["payments"])})</h2>{_payments(data["payments"])}
<h2>Refunds ({len(data["refunds"])})</h2>{_refunds(data["refunds"])}
<h2>Webhooks{escape(f" ({counts})" if counts else "")}</h2>{_deliveries(deliveries)}"""
    return look.page("Practice payment provider", content)


def _payments(payments: list[dict[str, Any]]) -> str:
    rows = [
        (
            _money(p["amount"], p["currency"]),
            f'<span class="{p["status"]}">{WORDS[p["status"]]}</span>',
            _money(p["amount_refunded"], p["currency"]) if p["amount_refunded"] else "",
            escape(p["description"] or ""),
            _time(p["created"]),
            f"<code>{p['id']}</code>",
            _names(p["metadata"]),
        )
        for p in payments[: -SHOWN - 1 : -1]
    ]
    return _table(("Amount", "State", "Given back", "For", "When", "Payment", "Metadata"), rows)


def _refunds(refunds: list[dict[str, Any]]) -> str:
    rows = [
        (
            _money(r["amount"], r["currency"]),
            f'<span class="{r["status"]}">{r["status"]}</span>',
            f"<code>{r['payment_intent']}</code>",
            _time(r["created"]),
            f"<code>{r['id']}</code>",
            _names(r["metadata"]),
        )
        for r in refunds[: -SHOWN - 1 : -1]
    ]
    return _table(("Amount", "State", "Of payment", "When", "Refund", "Metadata"), rows)


def _deliveries(rows: list[sqlite3.Row]) -> str:
    cells = [
        (
            escape(row["type"]),
            f'<span class="{row["state"]}">{row["state"].replace("_", " ")}</span>',
            str(row["attempts"]),
            escape(row["last_answer"] or ""),
            escape(row["fault"] or ""),
        )
        for row in rows
    ]
    return _table(("Event", "State", "Attempts", "The shop said", "Fault"), cells)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Cells are HTML already."""
    rows = list(rows)
    if not rows:
        return '<p class="soft">None yet.</p>'
    kinds = {"Amount": ' class="number"', "Given back": ' class="number"', "Metadata": ' class="wide"'}
    kinds |= {"For": ' class="wide"', "The shop said": ' class="wide"'}
    marks = [kinds.get(head, "") for head in heads]
    top = "".join(f"<th{mark}>{head}</th>" for head, mark in zip(heads, marks, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{mark}>{cell}</td>" for cell, mark in zip(row, marks, strict=True)) + "</tr>"
        for row in rows
    )
    # Focusable, so that a table wider than the screen can be scrolled with the keyboard.
    return f'<div class="scroll" tabindex="0"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _money(amount: int, currency: str) -> str:
    return escape(written(amount, currency))


def _names(metadata: dict[str, str]) -> str:
    return escape(", ".join(f"{name} {value}" for name, value in metadata.items()))
