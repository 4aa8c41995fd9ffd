"""Identifiers sort by time, and numbers can be read aloud."""

import re
import time
from uuid import RFC_4122

from portal.kernel.ids import new_id, new_number


def test_ids_are_version_seven_and_sort_by_the_time_they_were_made() -> None:
    first = new_id()
    time.sleep(0.002)
    second = new_id()
    assert (first.version, first.variant) == (7, RFC_4122)
    assert first < second
    assert abs((first.int >> 80) - time.time_ns() // 1_000_000) < 10_000


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000


def test_numbers_have_two_groups_without_letters_that_sound_or_look_alike() -> None:
    numbers = [new_number() for _ in range(200)]
    assert all(re.fullmatch(r"J-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", number) for number in numbers)
    assert len(set(numbers)) == 200
    assert new_number("R").startswith("R-")


def test_ids_made_in_a_row_sort_in_that_row() -> None:
    made = []
    for _ in range(200):
        made.append(new_id())
        time.sleep(0.000_002)
    assert made == sorted(made)
    assert {one.version for one in made} == {7}
