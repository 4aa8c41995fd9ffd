"""Writes the pictures of products: add one, say what it shows, move it, take it away."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from portal.domains import audit
from portal.domains.catalog.models import Product
from portal.domains.catalog.picture_models import Picture, PictureFile
from portal.domains.catalog.picture_rules import sizes_of
from portal.kernel.db import Tx
from portal.kernel.errors import N_, NotFound
from portal.kernel.fields import Faults
from portal.kernel.versions import locked

MOST_PICTURES = 12
LONGEST_ALT = 200


def add_picture(tx: Tx, product_id: UUID, sent: bytes | None, *, alt: str, by: UUID | None = None) -> Picture:
    """The picture in `sent`, behind those that are there. Raises Invalid on `file` and `alt`, NotFound."""
    faults = Faults()
    alt = faults.line("alt", alt, most=LONGEST_ALT, needed=True)
    sizes = sizes_of(faults, sent)  # takes a second; before anybody has to wait for the product
    faults.stop()
    if locked(tx, Product, product_id).variant_of is not None:
        faults.add("file", N_("A variant is shown by the pictures of its product."))
    there = _pictures(tx, product_id)
    if len(there) >= MOST_PICTURES:
        faults.add("file", N_("A product has at most %(most)s pictures."), most=MOST_PICTURES)
    elif _is_there(tx, product_id, sizes[-1].digest):
        faults.add("file", N_("This picture is there already."))
    faults.stop()
    picture = Picture(product_id=product_id, position=len(there), alt=alt)
    tx.add(picture)
    tx.flush()
    for one in sizes:
        tx.add(PictureFile(picture_id=picture.id, width=one.width, height=one.height, digest=one.digest, data=one.data))
    tx.flush()
    audit.record(tx, by, "picture.added", "product", str(product_id), alt=alt)
    return picture


def edit_picture(
    tx: Tx, picture_id: UUID, *, alt: str, place: int, version: int | None = None, by: UUID | None = None
) -> None:
    """Says what it shows and which one it is of its product's, counted from 1; `version`: of the product that was
    seen. Raises Stale, Invalid, NotFound."""
    picture, pictures = _among(tx, picture_id, version)
    faults = Faults()
    alt = faults.line("alt", alt, most=LONGEST_ALT, needed=True)
    place = faults.whole("place", place, least=1, most=len(pictures))
    faults.stop()
    picture.alt = alt
    pictures.remove(picture)
    pictures.insert(place - 1, picture)
    flag_modified(tx.get_one(Product, picture.product_id), "kind")  # whoever has seen the old ones is stale now
    _number(tx, pictures)
    audit.record(tx, by, "picture.edited", "product", str(picture.product_id), alt=alt, place=place)


def remove_picture(tx: Tx, picture_id: UUID, *, by: UUID | None = None) -> UUID:
    """Takes it away for good; answers whose it was. Raises NotFound."""
    picture, pictures = _among(tx, picture_id)
    pictures.remove(picture)
    tx.delete(picture)
    _number(tx, pictures)
    audit.record(tx, by, "picture.removed", "product", str(picture.product_id), alt=picture.alt)
    return picture.product_id


def _among(tx: Tx, picture_id: UUID, version: int | None = None) -> tuple[Picture, list[Picture]]:
    """The picture, and all of its product's in order; nobody else changes them meanwhile."""
    product_id = tx.scalar(select(Picture.product_id).where(Picture.id == picture_id))
    if product_id is None:
        raise NotFound
    locked(tx, Product, product_id, version)
    pictures = _pictures(tx, product_id)
    picture = next((one for one in pictures if one.id == picture_id), None)
    if picture is None:
        raise NotFound
    return picture, pictures


def _pictures(tx: Tx, product_id: UUID) -> list[Picture]:
    query = select(Picture).where(Picture.product_id == product_id).order_by(Picture.position)
    return list(tx.scalars(query.execution_options(populate_existing=True)))


def _is_there(tx: Tx, product_id: UUID, digest: str) -> bool:
    files = select(PictureFile.digest).join(Picture, Picture.id == PictureFile.picture_id)
    return tx.scalar(files.where(Picture.product_id == product_id, PictureFile.digest == digest).limit(1)) is not None


def _number(tx: Tx, pictures: list[Picture]) -> None:
    for position, picture in enumerate(pictures):
        picture.position = position
    tx.flush()
