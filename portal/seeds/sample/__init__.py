"""The sample world of the demo: people, places, products, and some days that are full already."""

from portal.seeds.sample.bookings import book
from portal.seeds.sample.living import ask, visit
from portal.seeds.sample.people import Person, invite
from portal.seeds.sample.world import build

__all__ = ["Person", "ask", "book", "build", "invite", "visit"]
