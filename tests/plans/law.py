"""What the plan of a hot query may not be: one that costs more the more has been booked."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import text

from portal.kernel.db import Tx
from tests.plans.capture import Node, Plan, plans_of
from tests.plans.hot import Hot
from tests.plans.world import World

GROWING = frozenset(
    {
        "accounts",
        "audit_entries",
        "holds",
        "mails",
        "moved_places",
        "moves",
        "order_lines",
        "orders",
        "payment_attempts",
        "payments",
        "points_accounts",
        "points_entries",
        "points_lots",
        "points_spendings",
        "refund_lines",
        "refunds",
        "reservations",
        "saga_archive",
        "saga_calls",
        "sagas",
        "waiting_entries",
    }
)
"""Tables with a row for each booking or person; a house's rooms, products and prices are few beside them."""
IN_ORDER = frozenset(
    {"audit_entries_pkey", "orders_placed_at_idx", "refunds_created_at_idx", "waiting_entries_ended_idx"}
)
"""Indexes that lists are read by, from one end, as many rows as are shown."""
OF_WHAT_IS_UNDER_WAY = frozenset(
    {
        "mails_due_idx",
        "payment_attempts_returned_idx",
        "sagas_due_idx",
        "sagas_parked_idx",
        "sagas_under_way_idx",
        "waiting_entries_begins_idx",
        "waiting_entries_offers_idx",
    }
)
"""Partial indexes that only know what is not over: they stay short however much has been, and may be read whole."""
READ_WHOLE = IN_ORDER | OF_WHAT_IS_UNDER_WAY
INDEXES = """
SELECT i.relname, t.relname
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
"""
A_TABLE = 2.5
"""What PostgreSQL counts for planning anew, for each table of a statement and once more (plancache.c)."""


def faults(tx: Tx, world: World, hot: Hot) -> Sequence[str]:
    """What is wrong with the plans of this query, in words. Whatever reads a table whole is forbidden first, so that
    what still does it has no index to use: a small house tells what a large one would suffer."""
    for way in ("seqscan", "hashjoin", "mergejoin"):
        tx.execute(text(f"SET LOCAL enable_{way} = off"))
    tables = tables_of(tx)
    return [
        f"{hot.name}: {fault} in {' '.join(plan.sql.split())[:300]}"
        for plan in plans_of(tx, lambda tx: hot.act(tx, world))
        for fault in read_whole(plan.steps(), tables)
    ]


def tables_of(tx: Tx) -> Mapping[str, str]:
    """The table of each index."""
    return dict(tx.execute(text(INDEXES)).all())


def indexes(plan: Plan, tables: Mapping[str, str]) -> set[str]:
    """The indexes of growing tables that a statement uses."""
    return {step["Index Name"] for step in plan.steps() if tables.get(step.get("Index Name", "")) in GROWING}


def read_whole(steps: Iterator[Node], tables: Mapping[str, str]) -> Iterator[str]:
    """Each growing table, and each index of one, of which all is read, and not only what lies at one of its ends."""
    for step in steps:
        index = step.get("Index Name")
        if step["Node Type"] == "Seq Scan" and step["Relation Name"] in GROWING:
            yield f"all of {step['Relation Name']} is read"
        elif index and tables[index] in GROWING and "Index Cond" not in step and index not in READ_WHOLE:
            yield f"all of {index} is read"


def may_be_kept(plan: Plan) -> bool:
    """Whether PostgreSQL, once it has seen the statement a few times, would go on with the plan that ignores values."""
    if plan.generic is None:
        return False
    planning = A_TABLE * (1 + sum("Relation Name" in step for step in plan.steps()))
    return bool(plan.generic["Total Cost"] < plan.root["Total Cost"] + planning)
