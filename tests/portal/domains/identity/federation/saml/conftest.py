"""A SAML provider that can lie, and our client of it."""

import pytest

from portal.domains.identity.federation.saml.client import SamlClient
from tests.support.saml import Idp, Pair

ACS = "http://localhost/sign-in/with/acme/acs"
AUDIENCE = "http://localhost/sign-in/with/acme/metadata"
PAIR = Pair.new()


@pytest.fixture
def idp() -> Idp:
    return Idp(pair=PAIR)


@pytest.fixture
def ours(idp: Idp) -> SamlClient:
    return client_of(idp)


class Memory(set[str]):
    """Remembers names as Redis would."""

    def use_once(self, name: str, seconds: float) -> bool:
        assert 0 < seconds < 3600
        first = name not in self
        self.add(name)
        return first


@pytest.fixture
def memory() -> Memory:
    return Memory()


def client_of(idp: Idp, **more: object) -> SamlClient:
    return SamlClient(idp.as_settings(**more), anywhere=True)
