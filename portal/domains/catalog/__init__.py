"""The catalog: what is sold, in which category, for how much from when, and how much of it is in stock.

Owns categories, products, prices and stock_movements. Promises: two prices of one product never overlap, and a price
that began is never changed; the stock never goes below zero and is the sum of its movements, each made once per key;
an edit never overwrites one it has not seen; withdrawing hides and keeps.
"""

from portal.domains.catalog.categories import (
    CategoryFields,
    create_category,
    edit_category,
    restore_category,
    withdraw_category,
)
from portal.domains.catalog.listing import Listed, ProductPage, list_products, staff_products
from portal.domains.catalog.models import Category, Price, Product, StockMovement
from portal.domains.catalog.prices import PriceHasBegun, cancel_price, schedule_price
from portal.domains.catalog.products import (
    KINDS,
    ProductFields,
    create_product,
    edit_product,
    publish_product,
    withdraw_product,
)
from portal.domains.catalog.queries import (
    Offer,
    find_product,
    get_product,
    offers,
    on_sale,
    price_at,
    price_history,
    stock_movements,
)
from portal.domains.catalog.rules import UNITS_OF, total_for
from portal.domains.catalog.stock import (
    OutOfStock,
    adjust_stock,
    return_stock,
    return_taken_stock,
    set_stock,
    take_stock,
)
from portal.domains.catalog.tree import Node, category_tree, find_category, flat, get_category, path_of

__all__ = [
    "KINDS",
    "UNITS_OF",
    "Category",
    "CategoryFields",
    "Listed",
    "Node",
    "Offer",
    "OutOfStock",
    "Price",
    "PriceHasBegun",
    "Product",
    "ProductFields",
    "ProductPage",
    "StockMovement",
    "adjust_stock",
    "cancel_price",
    "category_tree",
    "create_category",
    "create_product",
    "edit_category",
    "edit_product",
    "find_category",
    "find_product",
    "flat",
    "get_category",
    "get_product",
    "list_products",
    "offers",
    "on_sale",
    "path_of",
    "price_at",
    "price_history",
    "publish_product",
    "restore_category",
    "return_stock",
    "return_taken_stock",
    "schedule_price",
    "set_stock",
    "staff_products",
    "stock_movements",
    "take_stock",
    "total_for",
    "withdraw_category",
    "withdraw_product",
]
