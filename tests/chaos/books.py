"""When all is quiet: our database against itself, and against the answers that customers and staff were given."""

from typing import Any

import psycopg

from tests.chaos.promises import FIGURES, NEVER
from tests.chaos.trial import Trial
from tests.chaos.world import GOODS

SHOWN = 4
BUSY = """
SELECT kind || ' ' || key || ' ' || state, epoch, next_at FROM sagas
WHERE state NOT IN ('done', 'compensated', 'parked', 'handed_over')
UNION ALL SELECT 'mail ' || id, attempts, next_at FROM mails WHERE state = 'queued'
"""
OVERDUE = f"SELECT * FROM ({BUSY}) busy WHERE next_at < now() - interval '15 seconds' ORDER BY 1"


class Books:
    """Reads them, and says of each broken promise which rows break it."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.notes = trial, trial.notes
        self.url = trial.house.database_url

    def busy(self) -> list[str]:
        """Sagas under way and mails not sent; the database itself as long as it does not answer."""
        try:
            return [str(row[0]) for row in self.read(BUSY)]
        except psycopg.OperationalError:
            return ["the database"]

    def forgotten(self) -> list[Any]:
        """What somebody should have looked at long ago."""
        try:
            return self.read(OVERDUE)
        except psycopg.OperationalError:
            return []

    def challenges(self) -> list[str]:
        """Pages of the provider on which a customer has yet to confirm."""
        return [
            row[0]
            for row in self.read("SELECT action_url FROM orders WHERE state = 'awaiting_payment' AND action_url <> ''")
        ]

    def check(self) -> None:
        for never, query in NEVER.items():
            self.report(never, self.read(query, GOODS if "%(" in query else None))
        self._check_answers()

    def report(self, never: str, found: list[Any]) -> None:
        if found:
            shown = "; ".join(" ".join(map(str, row)) for row in found[:SHOWN])
            self.notes.breaks(f"{never} ({len(found)}): {shown}")

    def figures(self) -> dict[str, int]:
        return {name: int(self.read(query)[0][0]) for name, query in FIGURES.items()}

    def read(self, query: str, given: Any = None) -> list[Any]:
        with psycopg.connect(self.url, connect_timeout=5) as connection:
            return connection.execute(query.encode(), given).fetchall()

    def _check_answers(self) -> None:
        """Whatever was answered with «accepted» is there, once."""
        keys = dict(self.read("SELECT number, idempotency_key FROM orders"))
        lost = [(number,) for number, key in self.notes.accepted.items() if keys.get(number) != key]
        self.report("an order was accepted and is not there", lost)
        twice = self.read("SELECT account_id, idempotency_key, count(*) FROM orders GROUP BY 1, 2 HAVING count(*) > 1")
        self.report("one press made two orders", twice)
        refunds = dict(self.read("SELECT id::text, state FROM refunds"))
        self.report("a refund was accepted and is not there", [(one,) for one in self.notes.refunds - refunds.keys()])
        undone = [(one, refunds[one]) for one in self.notes.approved if refunds.get(one) in {"requested", "rejected"}]
        self.report("a refund was approved and is not", undone)
