"""Times that staff type as a clock shows them: one that the clock skips is refused, of one that comes twice they say
which."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _

from portal.domains import resources
from portal.kernel import clock, words
from portal.kernel.errors import N_, Invalid
from portal.web.staff.face import settings

SKIPPED = N_("The clock never shows %(time)s on that day: it goes from %(before)s to %(after)s. Choose one of these.")
TWICE = N_("The clock shows %(time)s twice on that day. Say which of the two you mean.")
BOTH = N_("The clock shows %(time)s twice on that day. Choose a time that comes once.")
SHOWN = "%H:%M"


def here(field: Any) -> datetime | None:
    """What was typed into the field, on the clock of the house; None where nothing was."""
    return field.data and moment_of(field, field.data, clock.zone(settings().default_time_zone))


def moment_of(field: Any, shown: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clock shows this, typed into the field. Raises Invalid on the field."""
    found = resources.readings(shown, zone)
    if not found:
        raise Invalid({field.short_name: _skipped(shown, zone)})
    if len(found) == 1:
        return found[0]
    # The page then asks with a choice beside the field (components/forms.html).
    field.twice = [
        ("", "–"),
        ("first", _("the first: %(zone)s", zone=words.zone_name(found[0], zone))),
        ("second", _("the second: %(zone)s", zone=words.zone_name(found[1], zone))),
    ]
    field.which = request.form.get(f"{field.name}-which", "")
    if field.which not in ("first", "second"):
        raise Invalid({field.short_name: (TWICE, _times(time=shown))})
    return found[field.which == "second"]


def unclear(shown: datetime, zone: ZoneInfo) -> tuple[str, dict[str, str]] | None:
    """Why this is no time to open or close at: the clock skips it or shows it twice. Midnight is always one."""
    found = resources.readings(shown, zone)
    if len(found) == 1 or shown.time() == time():
        return None
    return (BOTH, _times(time=shown)) if found else _skipped(shown, zone)


def _skipped(shown: datetime, zone: ZoneInfo) -> tuple[str, dict[str, str]]:
    before, after = resources.neighbours(shown, zone)
    return SKIPPED, _times(time=shown, before=before, after=after)


def _times(**shown: datetime) -> dict[str, str]:
    return {name: f"{one:{SHOWN}}" for name, one in shown.items()}
