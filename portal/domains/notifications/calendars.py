"""Calendar files for bookings (RFC 5545, 5546): in the venue's time zone, with an id that a later word can refer to."""

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText

PRODUCT = "-//Jari//Bookings//EN"
EVENT = b"BEGIN:VEVENT"


def calendar_file(
    event: Mapping[str, Any], *, organizer: Address, attendee: Address, written_at: datetime, url: str
) -> tuple[str, bytes]:
    """The method (REQUEST or CANCEL) and the file. One event a file: RFC 5546 allows these methods no more.

    A REQUEST with the guest already accepted, not a PUBLISH: only so do the common calendars enter it by themselves and
    take it out again when a CANCEL with the same uid and a higher sequence comes.
    """
    cancelled = event["status"] == "CANCELLED"
    method = "CANCEL" if cancelled else "REQUEST"
    zone = ZoneInfo(event["time_zone"])
    entry = Event()
    entry.add("uid", event["uid"])
    entry.add("sequence", event["sequence"])
    entry.add("dtstamp", written_at)
    entry.add("dtstart", datetime.fromisoformat(event["starts_at"]).astimezone(zone))
    entry.add("dtend", datetime.fromisoformat(event["ends_at"]).astimezone(zone))
    entry.add("summary", event["title"])
    if event.get("served_by"):
        entry.add("description", event["served_by"])
    if event.get("place"):
        entry.add("location", event["place"])
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("url", url)
    entry.add("organizer", _person(organizer))
    entry.add("attendee", _person(attendee, {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(entry)
    return method, calendar.to_ical().replace(EVENT, _clock(zone) + EVENT, 1)


@lru_cache(maxsize=100)
def _clock(zone: ZoneInfo) -> bytes:
    """What a calendar is told of the zone before its event, nothing for UTC. The library looks at every hour of seventy
    years and writes more lines than an event has, so it is asked once."""
    entry, calendar = Event(), Calendar()
    entry.add("dtstart", datetime(2000, 1, 1, tzinfo=zone))
    calendar.add_component(entry)
    return b"".join(Timezone.from_tzid(name).to_ical() for name in calendar.get_missing_tzids())


def _person(address: Address, parameters: Mapping[str, str] | None = None) -> vCalAddress:
    person = vCalAddress(f"mailto:{address.addr_spec}")
    # A double quote cannot be written in a calendar's parameter at all.
    named = {"CN": address.display_name.replace('"', "'")} if address.display_name else {}
    for name, value in {**named, **(parameters or {})}.items():
        person.params[name] = vText(value)
    return person
