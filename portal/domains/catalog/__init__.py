"""The catalog: what is sold, in which category, for how much from when, and how much of it is in stock.

Owns categories, attributes, products, addons, pictures, prices, price_rates, stock_movements, refund_policies and
refund_rules. Promises: a value of a product is of the kind that was defined, and no definition takes it away; two
prices of one product never overlap, nor two rates of one rank, and what began is never changed, only ended; the stock
never goes below zero and is the sum of its movements, each made once per key; an edit never overwrites one it has not
seen; withdrawing hides and keeps; a refund rule that somebody may have booked under is never changed; of a file that
was sent as a picture nothing is kept but the picture.
"""

from portal.domains.catalog.addons import (
    MOST_ADDONS,
    Along,
    addons_of,
    along_question,
    goods_by_name,
    most_along,
    offered_along,
    set_addons,
)
from portal.domains.catalog.articles import Article
from portal.domains.catalog.attribute_models import Attribute
from portal.domains.catalog.attribute_rules import KINDS_OF_ATTRIBUTE, SHOWN, fault_of
from portal.domains.catalog.attribute_values import attributes_of, find_attribute, free_facts, get_attribute
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
from portal.domains.catalog.listing import Listed, ProductPage, list_products, listed, staff_products
from portal.domains.catalog.models import Category, Price, Product, RefundPolicy, RefundRule, StockMovement
from portal.domains.catalog.picture_models import Picture
from portal.domains.catalog.picture_rules import LARGEST as LARGEST_PICTURE
from portal.domains.catalog.picture_shown import Shown, picture_data, pictures_of, pictures_question
from portal.domains.catalog.pictures import add_picture, edit_picture, remove_picture
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
    history_question,
    offers,
    offers_question,
    on_sale,
    price_at,
    price_history,
    price_question,
    product_question,
    products,
    products_question,
    rate_history,
    rule_in_force,
    stock_movements,
)
from portal.domains.catalog.rate_changes import RateFields, RateIsOver, end_rate, schedule_rate
from portal.domains.catalog.rate_models import PriceRate
from portal.domains.catalog.rates import ALL_DAY, EVERY_DAY, Rate, Tag, amount_by, amounts, price_for
from portal.domains.catalog.reductions import lowest_before
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
from portal.domains.catalog.shop_shelves import Shelf, beneath, shop_shelves
from portal.domains.catalog.shown import Trait, filters_of, public_values, told_values, values_question
from portal.domains.catalog.stock import (
    OutOfStock,
    adjust_stock,
    return_stock,
    return_taken_stock,
    set_stock,
    take_stock,
)
from portal.domains.catalog.tree import Node, category_tree, find_category, flat, get_category, path_of, path_question
from portal.domains.catalog.variants import (
    Variant,
    create_variant,
    edit_variant,
    variants_of,
    variants_on_sale,
    variants_question,
)

__all__ = [
    "Along",
    "ALL_DAY",
    "AnyOf",
    "Article",
    "Attribute",
    "AttributeFields",
    "AttributeInUse",
    "Between",
    "Category",
    "CategoryFields",
    "Containing",
    "EVERY_DAY",
    "Filter",
    "KINDS",
    "KINDS_OF_ATTRIBUTE",
    "LARGEST_PICTURE",
    "MOST_ADDONS",
    "Listed",
    "ListedPolicy",
    "Node",
    "Offer",
    "OutOfStock",
    "Picture",
    "PolicyFields",
    "Price",
    "PriceHasBegun",
    "PriceRate",
    "Product",
    "ProductFields",
    "ProductPage",
    "Rate",
    "RateFields",
    "RateIsOver",
    "RefundPolicy",
    "RefundRule",
    "RefundTerms",
    "SHOWN",
    "Shelf",
    "Shown",
    "StockMovement",
    "Tag",
    "Tier",
    "Trait",
    "UNITS_OF",
    "USUAL",
    "Variant",
    "add_picture",
    "addons_of",
    "along_question",
    "adjust_stock",
    "amount_by",
    "amounts",
    "assign_refund_policy",
    "attributes_of",
    "beneath",
    "cancel_price",
    "category_tree",
    "create_attribute",
    "create_category",
    "create_product",
    "create_refund_policy",
    "create_variant",
    "edit_attribute",
    "edit_category",
    "edit_picture",
    "edit_product",
    "edit_refund_policy",
    "edit_variant",
    "end_rate",
    "fault_of",
    "filters_of",
    "find_attribute",
    "find_category",
    "find_product",
    "find_refund_policy",
    "flat",
    "free_facts",
    "get_attribute",
    "get_category",
    "get_product",
    "get_refund_policy",
    "goods_by_name",
    "history_question",
    "list_products",
    "listed",
    "most_along",
    "offered_along",
    "lowest_before",
    "offers",
    "offers_question",
    "on_sale",
    "path_of",
    "path_question",
    "picture_data",
    "pictures_of",
    "pictures_question",
    "price_at",
    "price_for",
    "price_history",
    "price_question",
    "product_question",
    "products",
    "products_question",
    "products_under",
    "public_values",
    "publish_product",
    "rate_history",
    "refund_policies",
    "remove_attribute",
    "remove_picture",
    "restore_category",
    "return_stock",
    "return_taken_stock",
    "rule_in_force",
    "rules_of",
    "schedule_price",
    "set_addons",
    "schedule_rate",
    "set_stock",
    "shop_shelves",
    "staff_products",
    "stock_movements",
    "take_stock",
    "terms_in_force",
    "terms_of_rules",
    "told_values",
    "total_for",
    "uses",
    "values_question",
    "variants_of",
    "variants_on_sale",
    "variants_question",
    "withdraw_category",
    "withdraw_product",
]
