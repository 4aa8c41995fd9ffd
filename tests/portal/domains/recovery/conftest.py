"""The shop, for every cure."""

from tests.support.till import provider, shop

__all__ = ["provider", "shop"]
