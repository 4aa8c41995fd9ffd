"""The categories of the sample world, parents first."""

from typing import NamedTuple


class Shelf(NamedTuple):
    """A category: its address, its name, its parent's address, a line about it, and whether it is in no list."""

    slug: str
    name: str
    parent: str | None
    description: str
    unlisted: bool = False


SHELVES = (
    Shelf("rooms", "Rooms", None, "A door you can close behind you, for an hour or an evening."),
    Shelf("studios", "Studios", "rooms", "For playing, recording and taking pictures."),
    Shelf("meeting-rooms", "Meeting rooms", "rooms", "For thinking together."),
    Shelf("classes", "Classes", None, "Small groups, patient teachers, and something to take home."),
    Shelf("hands", "With your hands", "classes", "Clay, dough and everything that needs washing off afterwards."),
    Shelf("movement", "Movement", "classes", "Slow enough to breathe."),
    Shelf("outside", "Out and about", None, "Places are best understood on foot, or from the water."),
    Shelf("walks", "City walks", "outside", "With people who have lived there long enough to have opinions."),
    Shelf("water", "On the water", "outside", "부산: the sea is right there."),
    Shelf("rest", "Rest", None, "Warm rooms and good hands."),
    Shelf("extras", "Things to take along", None, "Add them to any booking and find them waiting for you."),
    Shelf("practice", "Practice", None, "For trying out how booking works. Nothing really happens here.", True),
)
