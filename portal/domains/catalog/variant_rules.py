"""Rules of variants that need no database: whether one more has room, what it is called, how it follows its product."""

from collections.abc import Collection

from portal.domains.catalog.models import Product
from portal.kernel.errors import N_
from portal.kernel.fields import Faults

MOST_VARIANTS = 40
LONGEST = 60


def check_room(faults: Faults, whole: Product, siblings: Collection[Product], *, offered: bool) -> None:
    """Whether it can have one more; `offered`: together with something. The fault is on `variant`."""
    if whole.variant_of is not None:
        faults.add("variant", N_("A variant has no variants itself."))
    if len(siblings) >= MOST_VARIANTS:
        faults.add("variant", N_("A product has at most %(most)s variants."), most=MOST_VARIANTS)
    if not siblings and offered:
        faults.add("variant", N_("It is offered together with something. Take it out there first."))


def check_name(faults: Faults, name: str, siblings: Collection[Product]) -> str:
    """What it is called among the others; the fault is on `variant`."""
    label = faults.line("variant", name, most=LONGEST, needed=True)
    if label.casefold() in {one.variant.casefold() for one in siblings}:
        faults.add("variant", N_("There is a variant of this name already."))
    return label


def draft_of(whole: Product) -> Product:
    """A variant that has no name yet."""
    return Product(
        kind=whole.kind,
        stock=0 if whole.kind == "goods" else None,
        variant_of=whole.id,
        refund_policy_id=whole.refund_policy_id,
        attributes={},
    )


def name_after(whole: Product, variant: Product) -> None:
    """Lets the variant be called and stand as its product does by now: what orders and mails call it."""
    variant.name, variant.category_id = f"{whole.name}, {variant.variant}", whole.category_id
    variant.cover = whole.cover
