"""An inventory: hundreds of resources, and what is offered on them, written at once by the rules by which one is.

As an edition of the catalog is (domains/catalog/edition): read in a few statements, changed in memory, written in a few
statements, with the acts of all of it in the audit log; what somebody has changed meanwhile is not overwritten (Stale).
"""

from portal.domains.resources.inventory.offerings import offer, offering_of, pretend_offer, set_parts
from portal.domains.resources.inventory.reading import Inventory, read
from portal.domains.resources.inventory.resources import (
    create_resource,
    edit_resource,
    pretend,
    set_dated_hours,
    set_hours,
)
from portal.domains.resources.inventory.writing import write

__all__ = [
    "Inventory",
    "create_resource",
    "edit_resource",
    "offer",
    "offering_of",
    "pretend",
    "pretend_offer",
    "read",
    "set_dated_hours",
    "set_hours",
    "set_parts",
    "write",
]
