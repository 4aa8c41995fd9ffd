"""One product for staff: everything about it on one page, with whichever of its forms has faults."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domains import catalog, resources, rushes
from portal.domains.catalog import Price, Product, Shown
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.ids import new_id
from portal.kernel.money import Money
from portal.web import htmx, pictures, queueing
from portal.web.database import db
from portal.web.refund_words import Sold, rule_of
from portal.web.staff.catalog.facts import write_facts
from portal.web.staff.catalog.forms import (
    AddonsForm,
    AssignmentForm,
    NewProductForm,
    OfferingForm,
    PartsForm,
    PictureForm,
    PlacingForm,
    PriceForm,
    ProductForm,
    RushForm,
    StockForm,
    VariantForm,
)
from portal.web.staff.catalog.values import with_values, write_values
from portal.web.staff.catalog.words import state_of, unit_words
from portal.web.staff.face import settings
from portal.web.staff.happenings import changes

PARTS = 3
"""Parts that have fields on the page."""


def show(
    product_id: UUID,
    *,
    details: ProductForm | None = None,
    price: PriceForm | None = None,
    stock: StockForm | None = None,
    offering: OfferingForm | None = None,
    parts: PartsForm | None = None,
    assignment: AssignmentForm | None = None,
    addons: AddonsForm | None = None,
    variant: VariantForm | None = None,
    picture: PictureForm | None = None,
    placing: Mapping[UUID, PlacingForm] | None = None,
    rush: RushForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The page; a form given is shown as it was typed, with its faults."""
    tx, now = db.session(), clock.now()
    known = rushes.rush_of(tx, product_id)
    product = catalog.get_product(tx, product_id)
    booked = product.kind == "booking"
    whole = catalog.get_product(tx, product.variant_of) if product.variant_of else None
    prices = catalog.price_history(tx, product_id)
    shown = catalog.pictures_of(tx, [product_id]).get(product_id, [])
    return htmx.render(
        "staff/catalog/product.html",
        status=status,
        product=product,
        state=state_of(product),
        path=catalog.path_of(tx, product.category_id),
        whole=whole,
        variants=[] if whole else _variants(tx, product_id, now),
        variant=variant or variant_form(product),
        details=details or details_form(tx, product, typed=False),
        cover=pictures.told(shown[0]) if shown else product.cover,
        pictures=[
            (pictures.told(one), (placing or {}).get(one.id) or placing_form(one, place))
            for place, one in enumerate(shown, 1)
        ],
        picture=picture or PictureForm(formdata=None, prefix="picture-"),
        prices=[_told(row, now) for row in prices],
        current=next((row for row in prices if _state(row, now) == "active"), None),
        price=price or price_form(product, typed=False),
        offering=(offering or offering_form(tx, product, typed=False)) if booked else None,
        offered=resources.offering_of(tx, product_id) if booked else None,
        offering_version=resources.offering_version(tx, product_id),
        rush=(rush or rush_form(tx, product, typed=False)) if booked else None,
        rush_version=known.version if known else 0,
        crowd=_crowd(tx, product_id),
        parts=(parts or parts_form(tx, product, typed=False)) if booked else None,
        addons=(addons or addons_form(tx, product_id, typed=False)) if booked and not whole else None,
        assignment=assignment or assignment_form(tx, product, typed=False),
        rule=rule_of(Sold(product.name, catalog.terms_in_force(tx, product_id))),
        stock=None if booked else stock or StockForm(formdata=None, prefix="stock-"),
        movements=[] if booked else catalog.stock_movements(tx, product_id, limit=8),
        once=new_id(),
        zone=settings().default_time_zone,
        units=unit_words(),
        events=changes(tx, "product", product_id),
    )


def details_form(
    tx: Tx, product: Product | None = None, *, typed: bool, category_id: UUID | None = None
) -> ProductForm:
    """The product's own words, or those that were just typed; for a new one, its kind too.

    It asks for the attributes of the category that was typed, or else of `category_id` or the product's own.
    """
    kind = ProductForm if product else NewProductForm
    chosen = kind().category_id.data if typed else category_id or (product.category_id if product else None)
    attributes = catalog.attributes_of(tx, chosen) if chosen else []
    kind = with_values(kind, attributes)
    form = kind(obj=product) if typed else kind(obj=product, formdata=None)
    form.defined = attributes
    if isinstance(form, NewProductForm):
        form.kind.choices = [("booking", _("A booking: it has times")), ("goods", _("Goods: they have a stock"))]
    if product and not typed:
        form.attributes.data = write_facts(catalog.free_facts(tx, product.attributes))
        write_values(form, attributes, product.attributes)
    nodes = catalog.flat(catalog.category_tree(tx, now=clock.now(), hidden=True))
    form.category_id.choices = [(n.category.id, "\u2003" * n.depth + n.category.name) for n in nodes]
    form.cover.choices = [(name, name.replace("-", " ")) for name in covers()]
    if not product and not typed:
        form.category_id.data = chosen
    return form


def addons_form(tx: Tx, product_id: UUID, *, typed: bool) -> AddonsForm:
    """What goes with it; only goods can be chosen."""
    form = AddonsForm(prefix="along-") if typed else AddonsForm(formdata=None, prefix="along-")
    along = catalog.addons_of(tx, product_id)
    choices = [("", _("nothing")), *((one.id, one.name) for one in catalog.goods_by_name(tx))]
    for number, (goods, most) in enumerate(form.rows):
        goods.choices = choices
        if not typed and number < len(along):
            goods.data, most.data = along[number].goods_id, along[number].most
    return form


def placing_form(picture: Shown, place: int) -> PlacingForm:
    return PlacingForm(data={"alt": picture.alt, "place": place}, formdata=None, prefix=f"{picture.id}-")


def variant_form(product: Product) -> VariantForm:
    """A variant's own name, or for a product an empty form for one more."""
    own = {"variant": product.variant, "slug": product.slug} if product.variant_of else {}
    return VariantForm(data=own, formdata=None, prefix="variant-")


def price_form(product: Product, *, typed: bool) -> PriceForm:
    form = PriceForm(prefix="price-") if typed else PriceForm(formdata=None, prefix="price-")
    words = unit_words()
    if not typed and (current := catalog.price_at(db.session(), product.id, clock.now())):
        form.unit.data = current.unit
    form.unit.choices = [(unit, words[unit]) for unit in catalog.UNITS_OF[product.kind]]
    form.reason.flags.required = bool(catalog.price_history(db.session(), product.id, limit=1))  # the first needs none
    return form


def latest_price_form(product: Product) -> PriceForm:
    """The price that was set last, as it was typed."""
    form = price_form(product, typed=False)
    zone = ZoneInfo(settings().default_time_zone)
    rows = sorted(catalog.price_history(db.session(), product.id), key=lambda row: row.created_at)
    if rows:
        last = rows[-1]
        form.amount.data, form.unit.data, form.reason.data = last.amount, last.unit, last.reason
        since, until = last.valid.lower, last.valid.upper
        form.starts_at.data = since and since.astimezone(zone).replace(tzinfo=None)
        form.ends_at.data = until and until.astimezone(zone).replace(tzinfo=None)
    return form


def offering_form(tx: Tx, product: Product, *, typed: bool) -> OfferingForm:
    """Its rules; the longest time is left empty where the length is fixed."""
    if typed:
        form = OfferingForm(prefix="offering-")
    else:
        offered = resources.offering_of(tx, product.id)
        form = OfferingForm(obj=offered, formdata=None, prefix="offering-")
        if offered and offered.max_length == offered.min_length:
            form.max_length.data = None
    form.resource_id.choices = [
        (place.id, _("%(name)s (%(units)s at a time)", name=place.name, units=place.units))
        for place in resources.list_resources(tx)
    ]
    return form


def parts_form(tx: Tx, product: Product, *, typed: bool) -> PartsForm:
    """What else serves it, by name; what it is booked on is not to choose a second time."""
    form = PartsForm(prefix="parts-") if typed else PartsForm(formdata=None, prefix="parts-")
    offered = resources.offering_of(tx, product.id)
    own = offered.resource_id if offered else None
    known = [(place.id, place.name) for place in resources.list_resources(tx) if place.id != own]
    stored = {} if typed else {part.number: part for part in resources.parts_of(tx, product.id)}
    for number in range(PARTS):
        form[f"places_{number}"].choices = known
        if part := stored.get(number):
            form[f"places_{number}"].data = [one.resource_id for one in part.candidates]
            form[f"name_{number}"].data, form[f"choosable_{number}"].data = part.name, part.choosable
            if number:
                form[f"once_{number}"].data = part.once
    return form


def assignment_form(tx: Tx, product: Product, *, typed: bool) -> AssignmentForm:
    """Its refund policy among all there are; none means the default one."""
    form = AssignmentForm() if typed else AssignmentForm(formdata=None)
    if not typed:
        form.refund_policy.data = product.refund_policy_id
    known = [one.policy for one in catalog.refund_policies(tx)]
    default = next((one.name for one in known if one.is_default), "")
    usual = _("the usual: %(name)s", name=default) if default else _("the usual")
    form.refund_policy.choices = [("", usual), *((one.id, one.name) for one in known)]
    return form


def rush_form(tx: Tx, product: Product, *, typed: bool) -> RushForm:
    """Its queue; where there never was one, the usual numbers."""
    known = None if typed else rushes.rush_of(tx, product.id)
    return RushForm(prefix="rush-") if typed else RushForm(obj=known, formdata=None, prefix="rush-")


def _crowd(tx: Tx, product_id: UUID) -> tuple[int, int] | None:
    terms = rushes.open_rush(tx, product_id)
    return queueing.counts(terms) if terms else None


def covers() -> list[str]:
    """The drawings there are."""
    folder = Path(str(current_app.static_folder)) / "covers"
    return sorted(path.stem for path in folder.glob("*.svg"))


def _variants(tx: Tx, product_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """Each with what it costs now and how far it is."""
    return [
        {"product": one, "state": state_of(one), "price": price and Money(price.amount, price.currency)}
        for one in catalog.variants_of(tx, product_id)
        for price in [catalog.price_at(tx, one.id, now)]
    ]


def _told(price: Price, now: datetime) -> dict[str, Any]:
    since, until = price.valid.lower, price.valid.upper
    zone = ZoneInfo(settings().default_time_zone)
    return {
        "id": price.id,
        "money": Money(price.amount, price.currency),
        "unit": unit_words()[price.unit],
        "since": since and since.astimezone(zone),
        "until": until and until.astimezone(zone),
        "reason": price.reason,
        "state": _state(price, now),
    }


def _state(price: Price, now: datetime) -> str:
    if price.valid.lower is not None and price.valid.lower > now:
        return "scheduled"
    return "past" if price.valid.upper is not None and price.valid.upper <= now else "active"
