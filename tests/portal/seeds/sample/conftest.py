"""The shop, for the tests that let the sample people pay."""

from tests.support.till import provider, shop

__all__ = ["provider", "shop"]
