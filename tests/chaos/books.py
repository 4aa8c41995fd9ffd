"""When all is quiet: our database against itself, against the provider's books, and against the mail that arrived."""

import email
from collections import defaultdict
from typing import Any

import psycopg
from psycopg.rows import dict_row

from local.mail.store import Store
from tests.chaos.answers import Notes
from tests.chaos.house import House
from tests.chaos.promises import FIGURES, NEVER
from tests.chaos.world import GOODS

SHOWN = 4
BUSY = """
SELECT (SELECT count(*) FROM sagas WHERE state NOT IN ('done', 'compensated', 'parked', 'handed_over'))
     + (SELECT count(*) FROM mails WHERE state = 'queued')
"""
ORDERS = """
SELECT o.number, o.state, o.charge, o.refunded, coalesce(s.state, '') AS saga
FROM orders o LEFT JOIN sagas s ON s.kind = 'payment' AND s.command ->> 'order_id' = o.id::text
"""


class Books:
    """Reads them, and says of each broken promise which rows break it."""

    def __init__(self, house: House, notes: Notes) -> None:
        self.house, self.notes = house, notes

    def busy(self) -> int:
        """Sagas under way and mails not sent; more than none as long as the database does not answer."""
        try:
            return int(self._read(BUSY)[0][0])
        except psycopg.OperationalError:
            return 1

    def challenges(self) -> list[str]:
        """Pages of the provider on which a customer has yet to confirm."""
        return [
            row[0]
            for row in self._read("SELECT action_url FROM orders WHERE state = 'awaiting_payment' AND action_url <> ''")
        ]

    def check(self) -> None:
        for never, query in NEVER.items():
            found = self._read(query, GOODS if "%(" in query else None)
            if found:
                shown = "; ".join(str(tuple(map(str, row))) for row in found[:SHOWN])
                self.notes.breaks(f"{never} ({len(found)}): {shown}")
        self._check_answers()
        self._check_provider()
        self._check_mails()

    def figures(self) -> dict[str, int]:
        counted = {name: int(self._read(query)[0][0]) for name, query in FIGURES.items()}
        for reason, times in self._read("SELECT park_reason, count(*) FROM sagas WHERE state = 'parked' GROUP BY 1"):
            counted[f"parked: {reason}"] = int(times)
        return counted

    def _check_answers(self) -> None:
        """Whatever was answered with «accepted» is there, once."""
        keys = dict(self._read("SELECT number, idempotency_key FROM orders"))
        for number, key in self.notes.accepted.items():
            if keys.get(number) != key:
                self.notes.breaks(f"order {number} was accepted and is not there")
        refunds = dict(self._read("SELECT id::text, state FROM refunds"))
        for refund in self.notes.refunds - refunds.keys():
            self.notes.breaks(f"refund {refund} was accepted and is not there")
        for refund in self.notes.approved:
            if refunds.get(refund) in {"requested", "rejected"}:
                self.notes.breaks(f"refund {refund} was approved and is {refunds[refund]}")

    def _check_provider(self) -> None:
        """Charged once where sold, never where not; and what went back is what we say."""
        charged: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for payment in self.house.provider.books()["payments"]:
            if payment["times_charged"]:
                charged[payment["metadata"].get("order", "?")].append(payment)
        with psycopg.connect(self.house.database_url, row_factory=dict_row) as connection:
            orders = {row["number"]: row for row in connection.execute(ORDERS)}
        for number in charged.keys() - orders.keys():
            self.notes.breaks(f"the provider charged for order {number}, which is not there")
        for number, order in orders.items():
            paid = charged.get(number, [])
            times = sum(payment["times_charged"] for payment in paid)
            took = sum(payment["amount_received"] for payment in paid)
            back = sum(payment["amount_refunded"] for payment in paid)
            if times > 1:
                self.notes.breaks(f"order {number} was charged {times} times")
            if order["saga"] in {"parked", "handed_over"} or order["state"] == "refunding":
                continue  # on the screen of stuck money; promises.py sees to it that nothing else is left like this
            sold = order["state"] in {"completed", "refunded"}
            if (took, back) != ((order["charge"], order["refunded"]) if sold else (back, took)):
                ours = f"{order['state']}, {order['charge']} − {order['refunded']}"
                self.notes.breaks(f"order {number} is {ours}; the provider took {took} and gave back {back}")

    def _check_mails(self) -> None:
        """Every mail arrived; none arrived that our books do not know."""
        ours = {row[0] for row in self._read("SELECT id::text FROM mails WHERE state = 'sent'")}
        arrived: dict[str, int] = defaultdict(int)
        for caught in Store(self.house.mail.directory).all():
            arrived[str(email.message_from_bytes(caught.content)["Message-ID"]).strip("<>").partition("@")[0]] += 1
        for mail in ours - arrived.keys():
            self.notes.breaks(f"mail {mail} is said to be sent and did not arrive")
        for mail in arrived.keys() - ours:
            self.notes.breaks(f"mail {mail} arrived and is not in our books")
        self.notes.count("mails that arrived twice", sum(times - 1 for times in arrived.values()))

    def _read(self, query: str, given: Any = None) -> list[Any]:
        with psycopg.connect(self.house.database_url, connect_timeout=5) as connection:
            return connection.execute(query.encode(), given).fetchall()
