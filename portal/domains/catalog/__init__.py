"""The catalog: what is sold, in which category, for how much from when, and how much of it is in stock.

Owns categories, attributes, products, prices, stock_movements, refund_policies and refund_rules. Promises: a value of a
product is of the kind that was defined, and no definition takes it away; two prices of one product never overlap, and a
price that began is never changed; the stock never goes below zero and is the sum of its movements, each made once per
key; an edit never overwrites one it has not seen; withdrawing hides and keeps; a refund rule that somebody may have
booked under is never changed.
"""

from portal.domains.catalog.attribute_models import Attribute
from portal.domains.catalog.attribute_rules import KINDS_OF_ATTRIBUTE, SHOWN, fault_of
from portal.domains.catalog.attribute_values import attributes_of, free_facts, get_attribute
from portal.domains.catalog.attributes import (
    AttributeFields,
    AttributeInUse,
    create_attribute,
    edit_attribute,
    remove_attribute,
    uses,
)
from portal.domains.catalog.categories import (
    CategoryFields,
    create_category,
    edit_category,
    restore_category,
    withdraw_category,
)
from portal.domains.catalog.filters import AnyOf, Between, Containing, Filter
from portal.domains.catalog.listing import Listed, ProductPage, list_products, staff_products
from portal.domains.catalog.models import Category, Price, Product, RefundPolicy, RefundRule, StockMovement
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
    rule_in_force,
    stock_movements,
)
from portal.domains.catalog.refund_policies import (
    PolicyFields,
    assign_refund_policy,
    create_refund_policy,
    edit_refund_policy,
)
from portal.domains.catalog.refund_rules import (
    ListedPolicy,
    find_refund_policy,
    get_refund_policy,
    products_under,
    refund_policies,
    rules_of,
    terms_in_force,
    terms_of_rules,
)
from portal.domains.catalog.refund_terms import USUAL, RefundTerms, Tier
from portal.domains.catalog.rules import UNITS_OF, total_for
from portal.domains.catalog.shown import public_values, told_values
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
    "AnyOf",
    "Attribute",
    "AttributeFields",
    "AttributeInUse",
    "Between",
    "Category",
    "CategoryFields",
    "Containing",
    "Filter",
    "KINDS",
    "KINDS_OF_ATTRIBUTE",
    "Listed",
    "ListedPolicy",
    "Node",
    "Offer",
    "OutOfStock",
    "PolicyFields",
    "Price",
    "PriceHasBegun",
    "Product",
    "ProductFields",
    "ProductPage",
    "RefundPolicy",
    "RefundRule",
    "RefundTerms",
    "SHOWN",
    "StockMovement",
    "Tier",
    "UNITS_OF",
    "USUAL",
    "adjust_stock",
    "assign_refund_policy",
    "attributes_of",
    "cancel_price",
    "category_tree",
    "create_attribute",
    "create_category",
    "create_product",
    "create_refund_policy",
    "edit_attribute",
    "edit_category",
    "edit_product",
    "edit_refund_policy",
    "fault_of",
    "find_category",
    "find_product",
    "find_refund_policy",
    "flat",
    "free_facts",
    "get_attribute",
    "get_category",
    "get_product",
    "get_refund_policy",
    "list_products",
    "offers",
    "on_sale",
    "path_of",
    "price_at",
    "price_history",
    "products_under",
    "public_values",
    "publish_product",
    "refund_policies",
    "remove_attribute",
    "restore_category",
    "return_stock",
    "return_taken_stock",
    "rule_in_force",
    "rules_of",
    "schedule_price",
    "set_stock",
    "staff_products",
    "stock_movements",
    "take_stock",
    "terms_in_force",
    "terms_of_rules",
    "told_values",
    "total_for",
    "uses",
    "withdraw_category",
    "withdraw_product",
]
