"""A refund rule in one sentence of the reader's language: for whoever is about to buy, to give back, or to write it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from flask_babel import gettext as _

from portal.domains.catalog import RefundTerms, Tier
from portal.kernel import words
from portal.web.i18n import language


@dataclass(frozen=True)
class Sold:
    """Something with its terms. With a start, the sentence tells moments on the clock of `zone`; else hours before.

    `timed` is false for what has no start at all: things bought without a booking.
    """

    title: str
    terms: RefundTerms
    starts_at: datetime | None = None
    zone: str | tzinfo = "UTC"
    timed: bool = True


def rule_of(sold: Sold, now: datetime | None = None) -> str:
    """What comes back until when, and what is kept; nothing that is over by `now`."""
    terms, starts_at = sold.terms, sold.starts_at
    if not terms.refundable:
        return _("Not refundable: once it is paid, nothing comes back.")
    if not sold.timed:
        return _got_back(_share(terms.tiers[0]), terms)
    left = [tier for tier in terms.tiers if not (starts_at and now and starts_at - timedelta(hours=tier.hours) <= now)]
    if not left and starts_at and now and starts_at > now:
        return _("It is too late: nothing comes back any more.")
    if not left:
        return _("It has begun, so nothing comes back.")
    return _got_back(", ".join(_tier(tier, sold) for tier in left), terms)


def rules_of(things: Iterable[Sold], now: datetime | None = None) -> list[str]:
    """The sentences for several things: one where it is the same for all, else each with what it is about."""
    titles: dict[str, list[str]] = {}
    for sold in things:
        titles.setdefault(rule_of(sold, now), []).append(sold.title)
    if len(titles) < 2:
        return list(titles)
    return [f"{', '.join(dict.fromkeys(about))}: {sentence}" for sentence, about in titles.items()]


def _got_back(tiers: str, terms: RefundTerms) -> str:
    if terms.fee_percent:
        fee = _("%(percent)s of the price", percent=f"{terms.fee_percent} %")
    else:
        fee = words.money(terms.fee, terms.currency, language()) if terms.fee else ""
    if fee:
        return _("You get back %(tiers)s, less a fee of %(fee)s.", tiers=tiers, fee=fee)
    return _("You get back %(tiers)s.", tiers=tiers)


def _share(tier: Tier) -> str:
    return {100: _("everything"), 50: _("half")}.get(tier.percent, f"{tier.percent} %")


def _tier(tier: Tier, sold: Sold) -> str:
    share = _share(tier)
    if not tier.hours:
        return _("%(share)s until it begins", share=share)
    if sold.starts_at is None:
        return _before(share, tier.hours)
    moment = words.moment(sold.starts_at - timedelta(hours=tier.hours), sold.zone, language())
    return _("%(share)s until %(moment)s", share=share, moment=moment)


def _before(share: str, hours: int) -> str:
    """Up to two days in hours, as people say it; beyond, in days where they are whole."""
    if hours > 48 and hours % 24 == 0:
        return _("%(share)s until %(days)s days before", share=share, days=hours // 24)
    return _("%(share)s until %(hours)s hours before", share=share, hours=hours)
