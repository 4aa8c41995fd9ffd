"""Lengths in words."""

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.web.customer import words


@pytest.fixture(autouse=True)
def reader(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(30, "30 minutes"), (60, "1 hour"), (61, "1 hour 1 minute"), (90, "1 hour 30 minutes"), (1440, "24 hours")],
)
def test_lengths(minutes: int, said: str) -> None:
    assert words.length(minutes) == said
