"""The shop of the API's tests, with other apps at its door."""

from tests.portal.web.api.conftest import customer, shop

__all__ = ["customer", "shop"]
