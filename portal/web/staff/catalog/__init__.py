"""The catalog's rooms in the back office: categories, products with prices and stock, resources with their times."""

from portal.web.staff.catalog import (
    categories,
    closures,
    hours,
    offerings,
    policies,
    prices,
    products,
    publishing,
    resources,
    stock,
    words,
)

__all__ = [
    "categories",
    "closures",
    "hours",
    "offerings",
    "policies",
    "prices",
    "products",
    "publishing",
    "resources",
    "stock",
    "words",
]
