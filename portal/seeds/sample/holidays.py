"""Korea's public holidays, with the days off in lieu (Regulations on Public Holidays of Government Offices, 2023)."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

DAY = timedelta(days=1)

FIXED = {
    (1, 1): "New Year's Day",
    (3, 1): "Independence Movement Day",
    (5, 5): "Children's Day",
    (6, 6): "Memorial Day",
    (8, 15): "Liberation Day",
    (10, 3): "National Foundation Day",
    (10, 9): "Hangeul Day",
    (12, 25): "Christmas",
}
IN_LIEU = " (day off in lieu)"
WITHOUT_LIEU = {"New Year's Day", "Memorial Day"}

# By the moon: the middle day of Seollal and of Chuseok, and the Buddha's birthday.
SEOLLAL = {2026: (2, 17), 2027: (2, 7), 2028: (1, 27)}
CHUSEOK = {2026: (9, 25), 2027: (9, 15), 2028: (10, 3)}
BUDDHA = {2026: (5, 24), 2027: (5, 13), 2028: (5, 2)}


def holidays(first: date, last: date) -> dict[date, str]:
    """The holidays from `first` to `last`, in order. Those by the moon are known for the years 2026 to 2028."""
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        found |= _of_year(year)
    return {day: found[day] for day in sorted(found) if first <= day <= last}


def stretches(days: dict[date, str]) -> Iterator[tuple[date, date, str]]:
    """Holidays that follow each other, as one: first day, last day, their names."""
    numbered = enumerate(sorted(days))
    for _, run in groupby(numbered, key=lambda pair: pair[1] - pair[0] * DAY):
        run_days = [day for _, day in run]
        yield run_days[0], run_days[-1], ", ".join(dict.fromkeys(days[day].removesuffix(IN_LIEU) for day in run_days))


def _of_year(year: int) -> dict[date, str]:
    single = {date(year, month, day): name for (month, day), name in FIXED.items()}
    if year in BUDDHA:
        single[date(year, *BUDDHA[year])] = "Buddha's Birthday"
    found = dict(single)
    in_lieu: list[tuple[date, str]] = []
    for name, middle in (("Seollal", SEOLLAL.get(year)), ("Chuseok", CHUSEOK.get(year))):
        if middle is None:
            continue
        three = [date(year, *middle) + n * DAY for n in (-1, 0, 1)]
        if any(day.weekday() == 6 or day in single for day in three):
            in_lieu.append((three[-1], name))
        found |= dict.fromkeys(three, name)
    in_lieu += [(day, name) for day, name in single.items() if name not in WITHOUT_LIEU and day.weekday() >= 5]
    for day, name in sorted(in_lieu):
        while day.weekday() >= 5 or day in found:
            day += DAY
        found[day] = name + IN_LIEU
    return found
