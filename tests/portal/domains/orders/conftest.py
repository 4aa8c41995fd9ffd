"""The shop, for tests of orders that go through to the saga."""

from tests.support.till import provider, shop

__all__ = ["provider", "shop"]
