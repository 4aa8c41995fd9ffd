"""Products: what is sold, in which category, for how much now; open to everybody."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import Field

from portal.domains import catalog, resources
from portal.domains.catalog import Article, Listed, Product, Shown, Tag
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, NotFound
from portal.web.api.calls import call
from portal.web.api.face import settings
from portal.web.api.paging import Paged, cursor_of, row_after
from portal.web.api.shapes import Money, Told
from portal.web.database import db
from portal.web.pictures import address


class CategoryTold(Told):
    slug: str
    name: str


class FileTold(Told):
    url: str = Field(description="WebP; what is behind it never changes.")
    width: int
    height: int


class PictureTold(Told):
    alt: str = Field(description="What it shows, for those who do not see it.")
    files: list[FileTold] = Field(description="The same picture, the smallest first.")


class VariantTold(Told):
    """A product of its own to hold, to order and to ask for slots, by its slug."""

    id: UUID
    slug: str
    name: str = Field(description="Its name among the others: Adult, Child.")
    price: Money | None
    price_from: Money | None
    unit: str | None
    stock: int | None


class ProductTold(Told):
    """`price` is per `unit` (booking, person, half_hour, hour, piece); none while it is not on sale.

    At some times another may be asked: `price_from` is the lowest of all, and each slot tells its own.
    """

    id: UUID
    slug: str
    kind: str = Field(description="`booking` (it has slots) or `goods` (it has a stock).")
    name: str
    summary: str
    description: str
    category: CategoryTold
    attributes: dict[str, str | int | float | bool] = Field(
        description="What is known about it, by short name: texts, numbers, true or false, keys of choices, days."
    )
    pictures: list[PictureTold] = Field(description="The first one stands for the product; lists tell that one alone.")
    price: Money | None
    price_from: Money | None
    unit: str | None
    stock: int | None = Field(description="Of goods.")
    variants: list[VariantTold] = Field(
        description="What is bought where there are some, and then the product itself is not; `price` is the least."
    )


class CandidateTold(Told):
    id: UUID
    name: str


class PartTold(Told):
    """What a booking takes one of. Where it is `choosable`, a hold may name one in `served_by`."""

    name: str
    choosable: bool
    any_of: list[CandidateTold]


class BookingTold(Told):
    """Where it is, and how long it may be booked. `shortest` = `longest` is a fixed length: then no `end` is needed."""

    place: str
    time_zone: str
    shortest_minutes: int
    longest_minutes: int
    step_minutes: int
    most: int = Field(description="How many can be booked at once.")
    parts: list[PartTold] = Field(description="Who and what serves it, where that is more than one.")


class ProductInFull(ProductTold):
    booking: BookingTold | None


class ProductPage(Told):
    items: list[ProductTold]
    next: str | None


class Search(Paged):
    q: str = Field("", max_length=100, description="Words that name or summary contain.")
    category: str = Field("", max_length=80, description="The slug of a category; what is beneath it counts too.")


@call("/products", answers={200: ProductPage}, tag="Catalog")
def list_products(query: Search) -> ProductPage:
    """Find products."""
    tx, after = db.session(), row_after(query.cursor)
    shelf = catalog.find_category(tx, query.category) if query.category else None
    if query.category and shelf is None:
        raise Invalid({"category": N_("There is no such category.")})
    found = catalog.list_products(
        tx,
        now=clock.now(),
        q=query.q,
        category_id=shelf.id if shelf else None,
        limit=query.limit,
        after=str(after) if after else None,
    )
    known = _known(tx, [item.product for item in found.items])
    pictures = catalog.pictures_of(tx, [item.product.id for item in found.items], first=True)
    items = [ProductTold(**_told(item, known, pictures)) for item in found.items]
    return ProductPage(items=items, next=cursor_of(found.after) if found.after else None)


@call("/products/<slug>", answers={200: ProductInFull}, tag="Catalog", problems={404})
def product(slug: str) -> ProductInFull:
    """One product."""
    tx = db.session()
    found = visible(tx, slug)
    whole = catalog.get_product(tx, found.variant_of) if found.variant_of else found
    known = {found.id: _known(tx, [whole])[whole.id]}
    told = _told(catalog.listed(tx, found, now=clock.now()), known, catalog.pictures_of(tx, [found.id]))
    return ProductInFull(**told, booking=_booking(tx, found))


def visible(tx: Tx, slug: str) -> Product:
    """The product of that slug, if customers can see it. Raises NotFound."""
    found = catalog.find_product(tx, slug)
    if found is None:
        raise NotFound
    return found


def named(tx: Tx, slug: str, field: str) -> Product:
    """The product that a body names, seen or not: whether it may be had, its domain says. Raises Invalid on `field`.

    Hidden ones too, so that a repeated call finds what it made although the product was withdrawn meanwhile.
    """
    found = catalog.find_product(tx, slug, hidden=True)
    if found is None or found.published_at is None:
        raise Invalid({field: N_("There is no such product.")})
    return found


def _known(tx: Tx, products: Sequence[Article | Product]) -> dict[UUID, dict[str, object]]:
    return catalog.public_values(tx, [(one.id, one.category_id, one.attributes) for one in products])


def _told(item: Listed, known: dict[UUID, dict[str, object]], pictures: dict[UUID, list[Shown]]) -> dict[str, object]:
    found = item.product
    return {
        "id": found.id,
        "slug": found.slug,
        "kind": found.kind,
        "name": found.name,
        "summary": found.summary,
        "description": found.description,
        "category": CategoryTold(slug=found.category.slug, name=found.category.name),
        "attributes": known[found.id],
        "pictures": [_pictured(one) for one in pictures.get(found.id, [])],
        **_priced(item.price),
        "stock": found.stock if not item.in_variants else None,
        "variants": [
            VariantTold(
                id=one.product.id,
                slug=one.product.slug,
                name=one.product.variant,
                stock=one.product.stock,
                **_priced(one.price),
            )
            for one in item.variants
        ],
    }


def _priced(price: Tag | None) -> dict[str, Any]:
    return {
        "price": Money.of(price.amount, price.currency) if price else None,
        "price_from": Money.of(min(catalog.amounts(price, clock.now().date())), price.currency) if price else None,
        "unit": price.unit if price else None,
    }


def _pictured(one: Shown) -> PictureTold:
    base = settings().base_url.rstrip("/")
    files = [FileTold(url=base + address(file.digest), width=file.width, height=file.height) for file in one.files]
    return PictureTold(alt=one.alt, files=files)


def _booking(tx: Tx, found: Product) -> BookingTold | None:
    offering = resources.offering_of(tx, found.id)
    if offering is None:
        return None
    resource, parts = resources.get_resource(tx, offering.resource_id), resources.parts_of(tx, found.id)
    shared = [max((one.units for one in part.candidates), default=0) for part in parts if not part.once]
    return BookingTold(
        place=resource.place,
        time_zone=resource.time_zone,
        shortest_minutes=offering.min_length,
        longest_minutes=offering.max_length,
        step_minutes=offering.length_step,
        most=min(offering.max_quantity, *(shared or [resource.units])),
        parts=[
            PartTold(
                name=part.name,
                choosable=part.choosable,
                any_of=[CandidateTold(id=one.resource_id, name=one.name) for one in part.candidates],
            )
            for part in parts
        ],
    )
