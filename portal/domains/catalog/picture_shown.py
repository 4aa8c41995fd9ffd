"""Reads pictures: of many products in one statement, and the bytes of one file."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from portal.domains.catalog.picture_models import PictureFile
from portal.kernel import questions, wire
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.kernel.questions import Question

PICTURES = """
SELECT products.id, pictures.id, alt, width, height, digest
FROM products
JOIN pictures ON product_id = coalesce(variant_of, products.id) {which}
JOIN picture_files ON picture_id = pictures.id
WHERE products.id IN (%(product_ids)s)
ORDER BY products.id, pictures.position, width
"""
ALL, FIRST = PICTURES.format(which=""), PICTURES.format(which="AND pictures.position = 0")


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
    return questions.answer(tx, pictures_question(product_ids, first=first)) if product_ids else {}


def pictures_question(product_ids: Collection[UUID], *, first: bool = False) -> Question[dict[UUID, list[Shown]]]:
    """The same, of one product at least, for whoever has more to ask."""
    sql, ids = wire.each(FIRST if first else ALL, "product_ids", product_ids)
    return Question(sql, ids, _pictures)


def _pictures(rows: questions.Rows) -> dict[UUID, list[Shown]]:
    found: dict[UUID, list[Shown]] = {}
    for product_id, id, alt, width, height, digest in rows:
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
