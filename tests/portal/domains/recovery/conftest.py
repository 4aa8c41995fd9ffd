"""The shop, for every test of the two sagas."""

from tests.support.till import provider, shop

__all__ = ["provider", "shop"]
