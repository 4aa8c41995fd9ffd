"""Reads pictures: of many products in one statement, and the bytes of one file."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import bindparam, func, select

from portal.domains.catalog.models import Product
from portal.domains.catalog.picture_models import Picture, PictureFile
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

# Written down once: a list asks for it on every page, and putting it together costs as much as the answer.
ALL = (
    select(Product.id, Picture.id, Picture.alt, PictureFile.width, PictureFile.height, PictureFile.digest)
    .join(Picture, Picture.product_id == func.coalesce(Product.variant_of, Product.id))
    .join(PictureFile, PictureFile.picture_id == Picture.id)
    .where(Product.id.in_(bindparam("products", expanding=True)))
    .order_by(Product.id, Picture.position, PictureFile.width)
)
FIRST = ALL.where(Picture.position == 0)


@dataclass(frozen=True)
class File:
    """The picture in one width; it is fetched by its digest."""

    width: int
    height: int
    digest: str


@dataclass(frozen=True)
class Shown:
    """A picture with its files, the smallest first."""

    id: UUID
    alt: str
    files: list[File] = field(default_factory=list)


def pictures_of(tx: Tx, product_ids: Collection[UUID], *, first: bool = False) -> dict[UUID, list[Shown]]:
    """The pictures of each product in their order (with `first`, that one alone); a variant is shown by its product's.
    Who has none is not in it."""
    if not product_ids:
        return {}
    found: dict[UUID, list[Shown]] = {}
    query = FIRST if first else ALL
    for product_id, id, alt, width, height, digest in tx.execute(query, {"products": list(product_ids)}):
        pictures = found.setdefault(product_id, [])
        if not pictures or pictures[-1].id != id:
            pictures.append(Shown(id, alt))
        pictures[-1].files.append(File(width, height, digest))
    return found


def picture_data(tx: Tx, digest: str) -> bytes:
    """The file of that digest, as WebP. Raises NotFound."""
    data = tx.scalar(select(PictureFile.data).where(PictureFile.digest == digest).limit(1))
    if data is None:
        raise NotFound
    return data
