"""When a part was struck and when it was well again."""

import time
from datetime import UTC, datetime

from tests.chaos.away import Away


def test_a_blow_lasts_until_its_part_is_well() -> None:
    away, before = Away(), time.monotonic()
    time.sleep(0.01)
    away.strike("web-0")
    during = time.monotonic()
    time.sleep(0.01)
    away.well("web-0")
    time.sleep(0.01)
    after = time.monotonic()

    assert away.was("web-0", during, during)
    assert away.was("web-0", before, after)
    assert not away.was("web-0", before, before)
    assert not away.was("web-0", after, after)
    assert away.was("web-0", after, after, after=1.0)
    assert not away.was("web-1", before, after)


def test_an_answer_to_an_older_question_heals_nothing() -> None:
    away, asked = Away(), time.monotonic()
    time.sleep(0.01)
    away.strike("web-0")
    away.well("web-0", since=asked)
    assert away.now("web-0")
    time.sleep(0.01)
    away.well("web-0", since=time.monotonic())
    assert not away.now("web-0")


def test_times_of_logs_are_times_of_ours() -> None:
    assert abs(Away().moment(datetime.now(UTC)) - time.monotonic()) < 1
