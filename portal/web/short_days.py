"""Days in few letters, for headings where the year is plain: «Tue 1 Dec», «Tue»."""

from datetime import date
from functools import lru_cache

from flask_babel import gettext as _

from portal.web.i18n import language


def short_day(day: date) -> str:
    """Tue 1 Dec · 12월 1일 (화)."""
    return _short_day(day.year, day.month, day.day, language())


def weekday(day: date) -> str:
    """Tue · 화."""
    return _weekday(day.weekday(), language())


@lru_cache(maxsize=1000)
def _short_day(year: int, month: int, day: int, spoken: str) -> str:
    months = (
        _("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"),
        _("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec"),
    )  # fmt: skip
    name = _weekday(date(year, month, day).weekday(), spoken)
    return _("%(weekday)s %(day)s %(month)s", weekday=name, day=day, month=months[month - 1])


@lru_cache(maxsize=50)
def _weekday(number: int, _spoken: str) -> str:
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))[number]
