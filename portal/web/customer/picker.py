"""What the slot picker shows for one product: which week, how many, how long, and what is free then."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from portal.domains import reservations, resources
from portal.domains.catalog import Product
from portal.domains.reservations import Hold, Slot
from portal.domains.resources import Offering, Part, Resource
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.reports.next_free import next_free
from portal.web.customer import face, week, words
from portal.web.errors import say

FAR_AHEAD = 60
"""Days behind the shown week in which the next free day is looked for."""


@dataclass(frozen=True)
class Moves:
    """The booking that looks for another time: where its pages are, what it has now, and when it is."""

    address: Mapping[str, Any]
    hold_id: UUID
    starts_at: datetime
    minutes: int


@dataclass(frozen=True)
class Choice:
    """What somebody looks for. Wrong values were replaced by what the product allows."""

    first: date
    quantity: int
    minutes: int
    chosen: datetime | None = None
    served_by: tuple[UUID, ...] = ()
    """Whom they wish for, one of a part at most."""
    shown: date | None = None
    """The day that is open on a phone, which shows one day at a time."""
    moves: Moves | None = None

    def address(self, product: Product, **other: Any) -> str:
        """The page of the week with this choice: the product's, or that of the booking that moves."""
        asked: dict[str, Any] = {"week": self.first.isoformat()} | self.asked | other
        if self.moves:
            return url_for("customer.move", **self.moves.address, **asked)
        return url_for("customer.product", slug=product.slug, **asked)

    def month(self, product: Product, day: date) -> str:
        """The page of a month with this choice."""
        if self.moves:
            return url_for("customer.move_month", **self.moves.address, day=day.isoformat(), **self.asked)
        return url_for("customer.month", slug=product.slug, day=day.isoformat(), **self.asked)

    @property
    def besides(self) -> UUID | None:
        """The hold whose places count as free."""
        return self.moves.hold_id if self.moves else None

    @property
    def asked(self) -> dict[str, Any]:
        """How many, how long and with whom, for an address."""
        wishes = [str(one) for one in self.served_by] or None
        return {"quantity": self.quantity, "length": self.minutes, "with": wishes}


@dataclass(frozen=True)
class Venue:
    """On what and where a product can be booked."""

    offering: Offering
    resource: Resource
    parts: Sequence[Part] = ()

    @property
    def choosable(self) -> list[Part]:
        """The parts of which people may say who it shall be."""
        return [part for part in self.parts if part.choosable and len(part.candidates) > 1]

    @property
    def zone(self) -> ZoneInfo:
        return clock.zone(self.resource.time_zone)

    @property
    def most(self) -> int:
        if not self.parts:
            return min(self.offering.max_quantity, self.resource.units)
        shared = [max((one.units for one in part.candidates), default=0) for part in self.parts if not part.once]
        return max(1, min(self.offering.max_quantity, *shared))

    @property
    def lengths(self) -> list[int]:
        """Minutes a booking may last; one of them where the length is fixed."""
        o = self.offering
        return list(range(o.min_length, o.max_length + 1, o.length_step))


def venue_of(tx: Tx, product: Product) -> Venue | None:
    """Where the product can be booked; None for goods and for what is offered nowhere."""
    found = resources.offering_in_parts(tx, product.id)
    return Venue(*found) if found else None


def choice_of(venue: Venue, given: MultiDict[str, str], now: datetime) -> Choice:
    """Reads the choice from an address or a form; what makes no sense becomes the nearest that does."""
    quantity, minutes = face.whole(given.get("quantity")) or 1, face.whole(given.get("length"))
    return Choice(
        first=first_day(venue, face.day(given.get("week")), now),
        quantity=min(max(quantity, 1), venue.most),
        minutes=minutes if minutes in venue.lengths else venue.offering.min_length,
        served_by=_wished(venue, wishes_of(given)),
        chosen=(start := face.moment(given.get("start"))),
        shown=face.day(given.get("slot-day")) or (start.astimezone(venue.zone).date() if start else None),
    )


def first_day(venue: Venue, asked: date | None, now: datetime) -> date:
    """The first day of the week to show; today, unless another one that can be booked is asked for."""
    return week.clamped(asked, today=now.astimezone(venue.zone).date(), horizon=venue.offering.horizon_days)


def look(tx: Tx, product: Product, venue: Venue, choice: Choice, now: datetime) -> dict[str, Any]:
    """Everything the block `slots` shows."""
    last = choice.first + (week.DAYS - 1) * week.DAY
    span = timedelta(minutes=choice.minutes)
    slots = reservations.slots(
        tx,
        product.id,
        first=choice.first,
        last=last,
        now=now,
        quantity=choice.quantity,
        length=span,
        served_by=choice.served_by,
        besides=choice.besides,
    )
    mine = [] if choice.moves else _held(tx, now)
    home = clock.zone(current_user.time_zone) if current_user.is_authenticated else None
    yours = {hold.starts_at for hold in mine if hold.product_id == product.id}
    if choice.moves and choice.moves.minutes == choice.minutes:
        yours = {choice.moves.starts_at}
    prices = {slot.price for slot in slots if slot.state in ("free", "few")} or {slot.price for slot in slots}
    today = now.astimezone(venue.zone).date()
    final = today + venue.offering.horizon_days * week.DAY
    return {
        "choice": choice,
        "venue": venue,
        "days": week.days_of(
            slots,
            choice.first,
            venue.zone,
            yours=yours,
            home=home,
            priced=len(prices) > 1,
            waiting="" if choice.moves else _waiting(product, choice),
        ),
        "last": last,
        "wishes": [_wish(part, choice) for part in venue.choosable],
        "price": min(prices) if prices else None,
        "prices_differ": len(prices) > 1,
        "notice": words.notice(venue.offering.lead_time) if any(slot.state == "soon" for slot in slots) else "",
        "lengths": [(minutes, words.length(minutes)) for minutes in venue.lengths],
        "earlier": _week(product, choice, max(today, choice.first - week.DAYS * week.DAY))
        if choice.first > today
        else "",
        "later": _week(product, choice, choice.first + week.DAYS * week.DAY) if last < final else "",
        "month": choice.month(product, choice.first),
        "next_free": "" if week.any_free(slots) else _next_free(tx, product, choice, last, now),
        "city": words.city(venue.zone, now),
        "chosen": choice.chosen.astimezone(venue.zone) if choice.chosen else None,
        "lost": _lost(choice, slots, yours),
        "day_shown": _shown(choice, last),
        "mine": mine,
        "seconds": face.settings().hold_minutes * 60,
    }


def _held(tx: Tx, now: datetime) -> list[Hold]:
    return reservations.holds_of(tx, current_user.id, now) if current_user.is_authenticated else []


def _lost(choice: Choice, slots: Sequence[Slot], yours: Collection[datetime]) -> str:
    """Why the time that was chosen before signing in cannot be held any more; empty while it may be."""
    state = next((slot.state for slot in slots if slot.start == choice.chosen), "")
    if state in ("", "free", "few") or choice.chosen in yours:
        return ""
    return say((reservations.SlotTaken if state == "full" else reservations.NotBookable).message)


def _waiting(product: Product, choice: Choice) -> str:
    """Where one waits for a time that is full for the choice, but for the time, which stands at the end."""
    return url_for("customer.wait", slug=product.slug, quantity=choice.quantity, length=choice.minutes, start="")


def _wish(part: Part, choice: Choice) -> dict[str, Any]:
    """What the field of a part shows."""
    options = [("", _("No preference")), *((str(one.resource_id), one.name) for one in part.candidates)]
    chosen = next((str(id) for id in choice.served_by if str(id) in dict(options)), "")
    return {"id": f"with-{part.number}", "label": part.name, "options": options, "chosen": chosen}


def wishes_of(given: MultiDict[str, str]) -> list[UUID]:
    """Whom a form or an address wishes for; «anyone» is an empty field. Raises NotFound."""
    return face.ids(filter(None, given.getlist("with")))


def _wished(venue: Venue, wishes: Sequence[UUID]) -> tuple[UUID, ...]:
    of_each = [[one.resource_id for one in part.candidates if one.resource_id in wishes] for part in venue.choosable]
    return tuple(found[0] for found in of_each if found)


def _shown(choice: Choice, last: date) -> str:
    """The day to open on a phone; empty where the first free one is as good."""
    return choice.shown.isoformat() if choice.shown and choice.first <= choice.shown <= last else ""


def _next_free(tx: Tx, product: Product, choice: Choice, last: date, now: datetime) -> str:
    """The address of the week that begins with the next day on which something is free; empty if there is none."""
    found = next_free(
        tx,
        [product.id],
        now=now,
        since=last + week.DAY,
        days=FAR_AHEAD,
        quantity=choice.quantity,
        length=timedelta(minutes=choice.minutes),
        served_by=choice.served_by,
    ).get(product.id)
    return _week(product, choice, found.start.date()) if found and found.start else ""


def _week(product: Product, choice: Choice, first: date) -> str:
    return choice.address(product, week=first.isoformat())
