"""Public holidays of a resource: staff choose the country, see the days, untick some, and adopt the others."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from babel import Locale
from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import reservations, resources
from portal.domains.resources import Holiday, Resource
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.errors import faults_of
from portal.web.guards import staff
from portal.web.i18n import language
from portal.web.staff.catalog.concerned import Booked, look_first, told
from portal.web.staff.face import blueprint

USUAL = {"Asia/Seoul": "KR", "Asia/Tokyo": "JP", "Europe/Lisbon": "PT", "Europe/Berlin": "DE", "Europe/London": "GB"}
YEARS = 3
"""The running one and those after it."""


@dataclass(frozen=True)
class Choice:
    """Which days are looked at: of a country, perhaps a part of it, in a year."""

    country: str
    region: str
    year: int

    @property
    def days(self) -> tuple[Holiday, ...]:
        return resources.public_holidays(self.country, self.region, self.year, language())


@blueprint.get("/resources/<uuid:resource_id>/holidays")
@staff("catalog")
def holidays(resource_id: UUID) -> ResponseReturnValue:
    """The days nobody has decided about yet; with `?all=1` the others too."""
    return _show(resources.get_resource(db.session(), resource_id))


@blueprint.post("/resources/<uuid:resource_id>/holidays")
@staff("catalog")
def adopt_holidays(resource_id: UUID) -> ResponseReturnValue:
    """Closes the ticked days, and asks about the others no more."""
    resource = resources.get_resource(db.session(), resource_id)
    choice = _choice(resource)
    ticked, listed = set(request.form.getlist("day")), set(request.form.getlist("listed"))
    chosen = {one.day: one.name for one in choice.days if one.day.isoformat() in ticked & listed}
    declined = {one.day: one.name for one in choice.days if one.day.isoformat() in listed - ticked}
    try:
        with transaction() as tx:
            closed = resources.adopt_holidays(tx, resource_id, chosen, declined, by=current_user.id)
            look_first(tx, resource_id, closed)
    except Invalid as fact:
        return _show(resource, error=next(iter(faults_of(fact).values())), status=422)
    except Booked as booked:
        return _show(resource, concerned=booked.concerned, ticked=ticked, status=409)
    flash(_("Saved. The days you ticked are closed; bookings that are there already stay."), "success")
    return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="closures"))


def _show(
    resource: Resource,
    *,
    error: str = "",
    concerned: Any = (),
    ticked: set[str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    tx, now = db.session(), clock.now()
    zone = clock.zone(resource.time_zone)
    choice, today = _choice(resource), now.astimezone(zone).date()
    open_ones, decided = resources.undecided(tx, resource.id, choice.days, today=today)
    everything = bool(request.values.get("all"))
    shown = [one for one in choice.days if one.day >= today] if everything else open_ones
    spans = [_whole(one.day, zone) for one in shown]
    booked = reservations.count_within(tx, resource.id, spans)
    return htmx.render(
        "staff/catalog/holidays.html",
        status=status,
        resource=resource,
        choice=choice,
        countries=_countries(),
        regions=_regions(choice.country),
        years=[(today.year + n, str(today.year + n)) for n in range(YEARS)],
        days=[
            {
                "day": one.day,
                "name": one.name,
                "ticked": one.day.isoformat() in ticked if ticked is not None else decided.get(one.day, True),
                "booked": count,
            }
            for one, count in zip(shown, booked, strict=True)
        ],
        decided=len([one for one in choice.days if one.day in decided]),
        everything=everything,
        concerned=told(tx, concerned, zone),
        error=error,
    )


def _choice(resource: Resource) -> Choice:
    """What was asked for; what is not known becomes the usual."""
    given = request.values
    country = given.get("country", "") or USUAL.get(resource.time_zone, "KR")
    if country not in resources.countries():
        country = "KR"
    region = given.get("region", "")
    this_year = clock.now().astimezone(clock.zone(resource.time_zone)).year
    year = (
        int(typed) if (typed := given.get("year", "")) in {str(this_year + n) for n in range(YEARS)} else this_year + 1
    )
    return Choice(country, region if region in resources.regions(country) else "", year)


def _countries() -> list[tuple[str, str]]:
    """By their names in the reader's language."""
    names = Locale.parse(language()).territories
    return sorted(((code, names.get(code, code)) for code in resources.countries()), key=lambda pair: pair[1])


def _regions(country: str) -> list[tuple[str, str]]:
    """Its parts with days of their own, after the whole; none where there are none."""
    known = resources.regions(country)
    return [("", _("the whole country")), *((code, code) for code in known)] if known else []


def _whole(day: date, zone: Any) -> tuple[Any, Any]:
    return resources.instant(day, 0, zone), resources.instant(day + timedelta(days=1), 0, zone)
