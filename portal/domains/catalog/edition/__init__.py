"""An edition of the catalog: thousands of products written at once, by the rules by which one is written.

What there is of them is read in a few statements; every change is made in memory, where each rule says what it says
otherwise, with Invalid; and then all of it is written in a few statements, each act of it in the audit log. Until then
nothing of a product is locked. Whatever somebody has changed since it was read is not overwritten: then nothing is
written at all (Stale).
"""

from portal.domains.catalog.edition.prices import cancel_price, schedule_price
from portal.domains.catalog.edition.products import (
    assign_refund_policy,
    create_product,
    create_variant,
    edit_product,
    edit_variant,
    free_facts,
    pretend,
    publish_product,
    set_addons,
    set_stock,
    withdraw_product,
)
from portal.domains.catalog.edition.reading import Edition, read
from portal.domains.catalog.edition.writing import write

__all__ = [
    "Edition",
    "assign_refund_policy",
    "cancel_price",
    "create_product",
    "create_variant",
    "edit_product",
    "edit_variant",
    "free_facts",
    "pretend",
    "publish_product",
    "read",
    "schedule_price",
    "set_addons",
    "set_stock",
    "withdraw_product",
    "write",
]
