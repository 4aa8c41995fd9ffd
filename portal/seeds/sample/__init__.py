"""The sample world of the demo: people, places, products, and some days that are full already."""

from portal.seeds.sample.bookings import book
from portal.seeds.sample.people import Person, invite
from portal.seeds.sample.world import build

__all__ = ["Person", "book", "build", "invite"]
