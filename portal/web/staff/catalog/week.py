"""A week of opening hours as staff type it: a field a day, «09:00-12:00, 13:00-18:00», empty for closed."""

import re
from collections.abc import Collection, Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired

from portal.domains.resources import Hours
from portal.kernel.errors import N_, Invalid
from portal.web.forms import Form, stripped
from portal.web.staff.catalog.fields import Day

TIMES = re.compile(r"(\d{1,2}):(\d{2})\s*[-–~]\s*(\d{1,2}):(\d{2})", re.ASCII)
NO_TIMES = N_("«%(times)s» is not a time from and to; write one such as 09:00-18:00.")
SAME_TIME = N_("«%(times)s» would be open for 24 hours. Write another time to close; day and night is 00:00-24:00.")


class WeekForm(Form):
    """Its fields are named by the weekday, 0 is Monday."""

    day0 = StringField(filters=[stripped])
    day1 = StringField(filters=[stripped])
    day2 = StringField(filters=[stripped])
    day3 = StringField(filters=[stripped])
    day4 = StringField(filters=[stripped])
    day5 = StringField(filters=[stripped])
    day6 = StringField(filters=[stripped])

    def hours(self, kept: Collection[Hours] = ()) -> list[Hours]:
        """The openings. From a time to the same one is 24 hours, more likely mistyped than meant: only what is `kept`
        already may stay so, as it can come in a file. Raises Invalid, by day."""
        faults: dict[str, tuple[str, dict[str, str]]] = {}
        found: list[Hours] = []
        for day in range(7):
            for times in filter(None, (part.strip() for part in self.text(f"day{day}").split(","))):
                read = _read(times)
                if read is None:
                    faults[f"day{day}"] = NO_TIMES, {"times": times[:40]}
                elif read[0] and read[1] - read[0] == 1440 and Hours(day, *read) not in kept:
                    faults[f"day{day}"] = SAME_TIME, {"times": times[:40]}
                else:
                    found.append(Hours(day, *read))
        if faults:
            raise Invalid(faults)
        return found

    def by_day(self, fact: Invalid, hours: list[Hours]) -> Invalid:
        """The domain's faults, which are told by row, told by day."""
        told = {name: (text, params) for name, (text, params) in fact.faults.items()}
        for number, row in enumerate(hours):
            if fault := told.pop(f"hours-{number}", None):
                told.setdefault(f"day{row.weekday}", fault)
        return Invalid(told)


class DatedForm(WeekForm):
    """A week that holds on some days only."""

    first: Any = Day(_("From"), [InputRequired(_("This cannot be empty."))])
    last: Any = Day(_("To"), description=_("Left empty: that one day."))


def write_times(hours: Iterable[Hours]) -> str:
    """One day's openings, to be typed on."""
    return ", ".join(f"{_clock(row.opens)}-{_clock(row.closes)}" for row in hours)


def _read(times: str) -> tuple[int, int] | None:
    """Minutes from and to; closing before opening is after midnight."""
    typed = TIMES.fullmatch(times)
    if typed is None:
        return None
    hours, minutes, to_hours, to_minutes = (int(number) for number in typed.groups())
    opens, closes = hours * 60 + minutes, to_hours * 60 + to_minutes
    if hours > 23 or minutes > 59 or to_minutes > 59 or closes > 1440:
        return None
    return opens, closes if closes > opens else closes + 1440


def _clock(minute: int) -> str:
    shown = minute if minute <= 1440 else minute - 1440
    return f"{shown // 60:02}:{shown % 60:02}"
