"""What pretix sells: series of times in a week, each with a quota, for nothing. Its own shell reads this file.

What a shop may leave out is left out: names, addresses, waiting lists, plugins; and it goes straight to the checkout.
"""

import os
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django_scopes import scopes_disabled
from pretix.base.models import Event, Organizer, Quota, SubEvent

LEFT_OUT = ("attendee_names_asked", "invoice_address_asked", "waiting_list_enabled")
HALF_AN_HOUR = timedelta(minutes=30)


def make(organizer: Organizer, slug: str, per_day: int, places: int) -> None:
    """A series that is open, with so many times on each day of the week after next."""
    today = datetime.now(ZoneInfo("UTC")).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today + timedelta(days=14 - today.weekday())
    event = Event.objects.create(
        organizer=organizer, name=slug, slug=slug, currency="EUR", date_from=monday, has_subevents=True, plugins=""
    )
    event.set_defaults()
    for name in LEFT_OUT:
        event.settings.set(name, False)
    event.settings.redirect_to_checkout_directly = True
    event.settings.event_list_type = "week"
    item = event.items.create(name="A place", default_price=0)
    starts = [monday + timedelta(days=day, hours=8) + n * HALF_AN_HOUR for day in range(7) for n in range(per_day)]
    times = SubEvent.objects.bulk_create(
        SubEvent(event=event, name="Half an hour", active=True, date_from=start, date_to=start + HALF_AN_HOUR)
        for start in starts
    )
    quotas = Quota.objects.bulk_create(Quota(event=event, subevent=time, name="places", size=places) for time in times)
    belongs = Quota.items.through
    belongs.objects.bulk_create(belongs(quota_id=quota.pk, item_id=item.pk) for quota in quotas)
    event.live = True
    event.save()


with scopes_disabled():
    shops = Organizer.objects.create(name="Shops", slug="shops")
    for asked in os.environ["PER_DAY"].split():
        make(shops, f"week-{asked}", int(asked), int(os.environ["PLACES"]))
