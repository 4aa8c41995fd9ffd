"""Public holidays of a country or region, from the library `holidays`, and what staff decided about them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID

import holidays as known
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range, insert

from portal.domains import audit
from portal.domains.resources.closure_models import HolidayChoice
from portal.domains.resources.models import Closure, Resource
from portal.domains.resources.rules import Span, instant
from portal.domains.resources.series_days import gaps
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import N_
from portal.kernel.fields import Faults
from portal.kernel.versions import locked

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Holiday:
    """A day and what it is called there."""

    day: date
    name: str


def countries() -> Sequence[str]:
    """The countries that are known, by their two letters."""
    return sorted(_supported())


def regions(country: str) -> Sequence[str]:
    """The parts of a country that have days of their own, by their codes; none for most."""
    return sorted(_supported().get(country, ()))


@lru_cache(maxsize=256)
def public_holidays(country: str, region: str, year: int, language: str = "en") -> tuple[Holiday, ...]:
    """The holidays of that year in order, days off in lieu among them, named in the language if the library has it.

    None for a country or region that is not known.
    """
    if country not in _supported() or (region and region not in regions(country)):
        return ()
    languages = known.country_holidays(country).supported_languages
    told = [one for wanted in (language, "en") for one in languages if one.split("_")[0] == wanted]
    spoken = next(iter(told), None)
    found = known.country_holidays(country, subdiv=region or None, years=year, language=spoken)
    return tuple(Holiday(day, name) for day, name in sorted(found.items()) if day.year == year)


def undecided(
    tx: Tx, resource_id: UUID, found: Collection[Holiday], *, today: date
) -> tuple[list[Holiday], dict[date, bool]]:
    """The days to come that nobody has decided about, and what was decided about the others."""
    query = select(HolidayChoice.day, HolidayChoice.closed).where(HolidayChoice.resource_id == resource_id)
    rows = tx.execute(query.where(HolidayChoice.day.in_([one.day for one in found])))
    decided = {row.day: row.closed for row in rows}
    return [one for one in found if one.day not in decided and one.day >= today], decided


def adopt_holidays(
    tx: Tx, resource_id: UUID, chosen: Mapping[date, str], declined: Mapping[date, str], *, by: UUID | None = None
) -> list[Span]:
    """Closes the chosen days, where they are not closed already, and notes those that were declined.

    Answers what was closed. Raises Invalid, NotFound.
    """
    resource = locked(tx, Resource, resource_id)
    faults = Faults()
    names = {day: faults.line("days", name, most=120) for day, name in {**chosen, **declined}.items()}
    if not names:
        faults.add("days", N_("There is nothing to decide."))
    faults.stop()
    spans = [span for day in sorted(chosen) for span in _close(tx, resource, day, names[day])]
    rows = [
        {"resource_id": resource_id, "day": day, "name": name, "closed": day in chosen} for day, name in names.items()
    ]
    again = insert(HolidayChoice)
    decided = {"closed": again.excluded.closed, "name": again.excluded.name}
    tx.execute(again.on_conflict_do_update(index_elements=["resource_id", "day"], set_=decided), rows)
    tx.flush()
    told = {"closed": len(chosen), "declined": len(declined)}
    audit.record(tx, by, "holidays.adopted", "resource", str(resource_id), **told)
    return spans


def _close(tx: Tx, resource: Resource, day: date, name: str) -> list[Span]:
    zone = clock.zone(resource.time_zone)
    whole = instant(day, 0, zone), instant(day + DAY, 0, zone)
    during = Closure.during
    query = select(func.lower(during), func.upper(during)).where(
        Closure.resource_id == resource.id, during.overlaps(Range(*whole, bounds="[)"))
    )
    free = gaps(whole, [(start, end) for start, end in tx.execute(query)])
    tx.add_all(Closure(resource_id=resource.id, during=Range(*gap, bounds="[)"), reason=name) for gap in free)
    tx.flush()
    return free


@lru_cache(maxsize=1)
def _supported() -> dict[str, list[str]]:
    return known.list_supported_countries(include_aliases=False)
