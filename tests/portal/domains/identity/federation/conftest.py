"""A provider that lies, and our client of it."""

from collections.abc import Iterator

import pytest

from portal.domains.identity.federation import Provider
from portal.outside import OutsideProvider
from tests.support import hostile
from tests.support.hostile import CLIENT, SECRET, Hostile

BACK = "http://localhost/sign-in/with/liar/back"


@pytest.fixture
def liar() -> Iterator[Hostile]:
    with hostile.running() as provider:
        yield provider


@pytest.fixture
def ours(liar: Hostile) -> Provider:
    """Our side, as on one machine: the provider is next door."""
    return client_of(liar)


def client_of(liar: Hostile, *, anywhere: bool = True, **more: object) -> Provider:
    facts = {"name": "liar", "issuer": liar.issuer, "client_id": CLIENT, "client_secret": SECRET, **more}
    return Provider(OutsideProvider.model_validate(facts), anywhere=anywhere)
