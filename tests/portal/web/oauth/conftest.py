"""The shop of the API's tests, with other apps at its door."""

import pytest
from redis import Redis

from portal.kernel.redis import client as redis_client
from tests.portal.web.api.conftest import Shop, customer, shop
from tests.support import apps
from tests.support.apps import App

__all__ = ["customer", "shop"]


@pytest.fixture
def public(shop: Shop, redis_url: str) -> App:
    """A program on people's own devices."""
    redis: Redis = redis_client(redis_url)
    redis.flushdb()
    return apps.register(shop.app, shop.engine, "a-phone-app")


@pytest.fixture
def confidential(shop: Shop) -> App:
    """A site with a secret."""
    return apps.register(shop.app, shop.engine, "a-site", confidential=True)


@pytest.fixture(params=["public", "confidential"])
def app_of_either_kind(request: pytest.FixtureRequest) -> App:
    found: App = request.getfixturevalue(request.param)
    return found
