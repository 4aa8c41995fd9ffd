"""The catalog's rooms in the back office: categories, products with prices and stock, resources with their times."""

from portal.web.staff.catalog import (
    addons,
    attributes,
    categories,
    closures,
    hours,
    offerings,
    pictures,
    policies,
    prices,
    products,
    publishing,
    resources,
    stock,
    transfer,
    variants,
    words,
)

__all__ = [
    "addons",
    "attributes",
    "categories",
    "closures",
    "hours",
    "offerings",
    "pictures",
    "policies",
    "prices",
    "products",
    "publishing",
    "resources",
    "stock",
    "transfer",
    "variants",
    "words",
]
