"""The shop, for every test of the workers that moves money."""

from tests.support.till import provider, shop

__all__ = ["provider", "shop"]
