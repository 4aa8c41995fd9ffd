"""Opening hours as people write them."""

import pytest

from portal.domains.resources import Hours
from portal.seeds.week import read_week


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Mon 09:00-22:00", [(0, 540, 1320)]),
        ("Fri-Sun 9:00 - 10:30", [(4, 540, 630), (5, 540, 630), (6, 540, 630)]),
        ("Sat-Mon 10:00-11:00", [(0, 600, 660), (5, 600, 660), (6, 600, 660)]),
        ("Tue,Thu 10:00-11:00; Wednesday 00:00-24:00;", [(1, 600, 660), (2, 0, 1440), (3, 600, 660)]),
        ("sun 10:00-12:00, 14:00–16:00", [(6, 600, 720), (6, 840, 960)]),
        ("Fri 18:00-02:00", [(4, 1080, 1560)]),
        ("Fri 18:00-18:00", [(4, 1080, 2520)]),
        ("월-화 09:00~18:00; 토 10:00-11:00", [(0, 540, 1080), (1, 540, 1080), (5, 600, 660)]),
        ("daily 00:00-24:00", [(day, 0, 1440) for day in range(7)]),
    ],
)
def test_hours_are_read(text: str, hours: list[tuple[int, int, int]]) -> None:
    assert read_week(text) == [Hours(*row) for row in hours]


@pytest.mark.parametrize(
    "text",
    [
        "always",
        "Mon",
        "Mon 9-22",
        "Xyz 09:00-22:00",
        "Mon 24:00-25:00",
        "Mon 09:60-10:00",
        "M-F 09:00-22:00",
        "Mon 09:00",
    ],
)
def test_other_writing_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"Mon-Fri 09:00-22:00|00:00 to 24:00"):
        read_week(text)
