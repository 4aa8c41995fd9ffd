"""All customers at once, each a booking after the other."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Customer = TypeVar("Customer")


def everybody(
    customers: Sequence[Customer], book: Callable[[Customer, int], float], *, each: int, first: int
) -> list[float]:
    """Each books `each` times; their bookings have the numbers from `first` on. The seconds that each booking took."""

    def shop(index: int) -> list[float]:
        numbers = range(first + index, first + each * len(customers), len(customers))
        return [book(customers[index], number) for number in numbers]

    with ThreadPoolExecutor(len(customers)) as pool:
        return [seconds for took in pool.map(shop, range(len(customers))) for seconds in took]
