"""The shop with a provider of its own for every test: what others paid there would be a difference here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import local.provider
from tests.support.till import shop

__all__ = ["shop"]


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[local.provider.Provider]:
    with local.provider.running(tmp_path) as provider:
        yield provider
