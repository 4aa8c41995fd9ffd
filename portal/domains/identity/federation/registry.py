"""Every provider people may sign in with, of either kind, by name."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from portal.domains.identity.federation.client import Provider
from portal.outside import OutsideProvider
from portal.outside_saml import SamlProvider

if TYPE_CHECKING:
    from portal.domains.identity.federation.saml.client import SamlClient

    AnyProvider: TypeAlias = "Provider | SamlClient"


class Providers:
    """Every provider of the settings, in the order of their buttons. Raises ValueError for SAML ones that cannot be
    asked; with such, the extra for SAML has to be installed."""

    def __init__(
        self, settings: tuple[OutsideProvider, ...], saml: tuple[SamlProvider, ...] = (), *, anywhere: bool
    ) -> None:
        self._oidc = {one.name: Provider(one, anywhere=anywhere) for one in settings}
        self._saml = _clients(saml, anywhere=anywhere) if saml else {}

    def __iter__(self) -> "Iterator[Provider | SamlClient]":
        yield from self._oidc.values()
        yield from self._saml.values()

    def __len__(self) -> int:
        return len(self._oidc) + len(self._saml)

    def find(self, name: str) -> "Provider | SamlClient | None":
        """The provider of this name; None if there is no such, or not any more."""
        return self._oidc.get(name) or self._saml.get(name)

    def find_oidc(self, name: str) -> Provider | None:
        """The same, of OpenID Connect only."""
        return self._oidc.get(name)

    def find_saml(self, name: str) -> "SamlClient | None":
        """The same, of SAML only."""
        return self._saml.get(name)

    @property
    def issuers(self) -> frozenset[str]:
        """The issuers one can come in by today."""
        return frozenset(one.issuer for one in self)


def _clients(saml: tuple[SamlProvider, ...], *, anywhere: bool) -> "dict[str, SamlClient]":
    from portal.domains.identity.federation.saml.client import SamlClient  # it needs the extra

    return {one.name: SamlClient(one, anywhere=anywhere) for one in saml}
