"""How the shop speaks: units, lengths and cards, in the reader's language."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.domains import catalog
from portal.domains.catalog import Listed, Tag
from portal.kernel import clock, words
from portal.kernel.errors import N_
from portal.kernel.money import Money
from portal.reports.next_free import Outlook
from portal.web.pictures import Cover

UNITS = {"person": N_("person"), "half_hour": N_("half hour"), "hour": N_("hour")}


def unit_of(price: Tag | None) -> str:
    """What a price is for, behind a slash; nothing where the price is for the whole thing."""
    return _(UNITS[price.unit]) if price and price.unit in UNITS else ""


def money_of(price: Tag | None) -> Money | None:
    return Money(price.amount, price.currency) if price else None


def length(minutes: int) -> str:
    """«90 minutes» is «1 hour 30 minutes»."""
    hours, rest = divmod(minutes, 60)
    said = [ngettext("%(num)d hour", "%(num)d hours", hours)] if hours else []
    said += [ngettext("%(num)d minute", "%(num)d minutes", rest)] if rest else []
    return " ".join(said)


def notice(minutes: int) -> str:
    """Why a time to come cannot be booked any more."""
    return _("Book at least %(length)s before it begins.", length=length(minutes))


def city(zone: ZoneInfo, at: datetime) -> str:
    """«Seoul (KST)»: whose clock the times are told by."""
    return f"{zone.key.rpartition('/')[2].replace('_', ' ')} ({words.zone_name(at, zone)})"


def your_time(at: datetime, zone: str | ZoneInfo) -> datetime | None:
    """The moment on the reader's own clock; None where it shows the same as the venue's, or nobody is known."""
    if not current_user.is_authenticated:
        return None
    own, there = at.astimezone(clock.zone(current_user.time_zone)), at.astimezone(_zone(zone))
    return own if own.utcoffset() != there.utcoffset() else None


def card_of(item: Listed, outlook: Outlook | None, cover: Cover, to: str) -> dict[str, Any]:
    """The product as the card of a list takes it, with the lowest price it may have at any time to come; of what is
    sold in variants, all of them together. `to`: what its address begins with."""
    product, price = item.product, item.price
    goods = product.kind == "goods"
    asked = catalog.amounts(price, clock.now().date()) if price else []
    return {
        "name": product.name,
        "url": to + product.slug,
        "cover": cover,
        "category": product.category.name,
        "place": outlook.place if outlook else "",
        "from_price": Money(min(asked), price.currency) if price else None,
        "from_more": item.in_variants or len(set(asked)) > 1,
        "unit": unit_of(price),
        "next_free": outlook.start if outlook else None,
        "state": None if goods else outlook.state if outlook and price else "closed",
        "stock": sum(one.product.stock or 0 for one in item.sold) if goods else None,
    }


def soonest(outlooks: Sequence[Outlook | None]) -> Outlook | None:
    """The outlook of whichever is free first; of those that are not, one that is at least open."""
    known = [one for one in outlooks if one is not None]
    free = [one for one in known if one.start is not None]
    if free:
        return min(free, key=attrgetter("start"))
    return max(known, key=lambda one: one.state == "full", default=None)


def _zone(zone: str | ZoneInfo) -> ZoneInfo:
    return clock.zone(zone) if isinstance(zone, str) else zone
