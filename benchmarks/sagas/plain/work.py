"""What there is to do in the plain saga: the next numbers, and whether all their writes are there."""

from typing import Any

from benchmarks.house import House
from benchmarks.sagas.plain import writes


class PlainWork:
    """Orders are numbers; whoever runs one writes it."""

    name = "plain"
    commits_ahead = 0

    def __init__(self, house: House) -> None:
        self.house = house
        self._next = 0
        with house.connect() as connection:
            connection.execute(writes.TABLES.encode())

    def take(self, count: int) -> dict[str, Any]:
        """The next `count` orders, as the processes take them."""
        first = self._next
        self._next += count
        return {"first": first, "count": count}

    def check(self, taken: dict[str, Any]) -> None:
        """Raises unless each of these orders has all its six writes, each once."""
        given = {"first": taken["first"], "beyond": taken["first"] + taken["count"]}
        with self.house.connect() as connection:
            row = connection.execute(writes.COUNT_COMPLETE, given).fetchone()
        if row is None or row[0] != taken["count"]:
            raise RuntimeError(f"{taken['count']} sagas ran, {row and row[0]} left all their writes")
