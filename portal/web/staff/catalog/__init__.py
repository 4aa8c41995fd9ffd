"""The catalog's rooms in the back office: categories, products with prices and stock, resources with their times."""

from portal.web.staff.catalog import (
    attributes,
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
    "attributes",
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
