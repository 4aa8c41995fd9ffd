"""Searches payment intents in Stripe's query language; what is newer than the lag is not found yet."""

import re
from typing import Any

from local.provider import shapes
from local.provider.answer import Answer
from local.provider.books import Tx
from local.provider.errors import invalid
from local.provider.moment import Moment
from local.provider.params import Params

CLAUSE = re.compile(
    r"""\s*(?P<not>-)?
        (?: metadata\[ (?P<name>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*") \] | (?P<field>[a-z_]+) )
        (?P<sign>:|>=|<=|>|<|=)
        (?P<value>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\d+)
        (?:\s+(?P<join>AND|OR|and|or)\s+(?=\S)|\s*$)""",
    re.VERBOSE,
)
COLUMNS = {"status": "status", "currency": "currency", "amount": "amount", "created": "created_ms / 1000"}
TEXTS = ("status", "currency")


def intents(tx: Tx, moment: Moment, params: Params) -> Answer:
    """Answers a `search_result`, newest first."""
    params.allow("query", "limit", "page", "expand")
    expand = params.expand(*shapes.INTENT_EXPANDS)
    limit = params.integer("limit", least=1, most=100) or 10
    condition, values = _condition(params.needed("query"))
    rows = tx.execute(
        f"SELECT * FROM intents WHERE ({condition}) AND created_ms <= ? AND seq < ? "  # noqa: S608  # names are our own
        "ORDER BY seq DESC LIMIT ?",
        [*values, moment.ms - moment.settings.search_lag_ms, _after(params), limit + 1],
    ).fetchall()
    more = len(rows) > limit
    body = {
        "object": "search_result",
        "url": "/v1/payment_intents/search",
        "has_more": more,
        "next_page": str(rows[limit - 1]["seq"]) if more else None,
        "data": [shapes.intent(tx, moment, row, expand) for row in rows[:limit]],
    }
    return Answer(200, body)


def _condition(query: str) -> tuple[str, list[Any]]:
    """Turn `metadata['order']:'7' AND status:'succeeded'` into SQL and its values."""
    parts: list[str] = []
    values: list[Any] = []
    joins: set[str] = set()
    position = 0
    while position < len(query) or not parts:
        clause = CLAUSE.match(query, position)
        if clause is None:
            raise invalid(f"We were unable to parse your search query: {query}", "query")
        part, more = _clause(clause)
        parts.append(f"NOT ({part})" if clause["not"] else part)
        values += more
        position = clause.end()
        if clause["join"]:
            joins.add(clause["join"].upper())
    if len(joins) > 1:
        raise invalid("A search query cannot mix AND and OR.", "query")
    return f" {joins.pop() if joins else 'AND'} ".join(parts), values


def _clause(clause: re.Match[str]) -> tuple[str, list[Any]]:
    field, sign, value = clause["field"], clause["sign"], _plain(clause["value"])
    if field is None:
        if sign != ":":
            raise invalid("Metadata can only be compared with a colon.", "query")
        found = "EXISTS (SELECT 1 FROM json_each(intents.metadata) WHERE key = ? AND value = ?)"
        return found, [_plain(clause["name"]), value]
    if field not in COLUMNS:
        raise invalid(f"Field `{field}` is an unsupported search field.", "query")
    if field in TEXTS:
        if sign != ":":
            raise invalid(f"Field `{field}` can only be compared with a colon.", "query")
        return f"{COLUMNS[field]} = ?", [value]
    if not value.isdigit():
        raise invalid(f"Field `{field}` needs a number.", "query")
    return f"{COLUMNS[field]} {'=' if sign == ':' else sign} ?", [int(value)]


def _plain(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1]) if quoted[0] in "'\"" else quoted


def _after(params: Params) -> int:
    page = params.text("page")
    if page is None:
        return 2**63 - 1
    if not page.isdigit() or len(page) > 18:
        raise invalid("Invalid page.", "page")
    return int(page)
