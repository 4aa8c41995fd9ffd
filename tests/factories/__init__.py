"""Small makers of what tests need to begin with: an account, something to book, something to buy.

Every maker takes the transaction first, fills in what the test does not care about, and flushes.
"""

from tests.factories.catalog import category, goods, price, product
from tests.factories.identity import account
from tests.factories.resources import Bookable, also, bookable, offering, resource

__all__ = ["also", "Bookable", "account", "bookable", "category", "goods", "offering", "price", "product", "resource"]
