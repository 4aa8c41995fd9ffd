"""What stands for a product on a page: its first picture, or the drawing while there is none."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for

from portal.domains import catalog
from portal.domains.catalog import Shown
from portal.kernel.db import Tx

Cover = str | Mapping[str, Any]
"""The name of a drawing, or a picture as `ui.cover` takes it."""


def covers(tx: Tx, drawn: Mapping[UUID, str]) -> dict[UUID, Cover]:
    """The cover of each product, by its id; `drawn` are their drawings. One statement, however many they are."""
    return covered(catalog.pictures_of(tx, drawn.keys(), first=True), drawn)


def covered(found: Mapping[UUID, Sequence[Shown]], drawn: Mapping[UUID, str]) -> dict[UUID, Cover]:
    """The same from first pictures that have been read."""
    return {id: told(found[id][0]) if id in found else name for id, name in drawn.items()}


def told(picture: Shown) -> dict[str, Any]:
    """The picture for an <img>: browsers take the file that fits."""
    files = [(address(one.digest), one) for one in picture.files]
    largest = files[-1]
    return {
        "id": picture.id,
        "alt": picture.alt,
        "src": files[min(1, len(files) - 1)][0],
        "srcset": ", ".join(f"{url} {one.width}w" for url, one in files),
        "width": largest[1].width,
        "height": largest[1].height,
        "largest": largest[0],
    }


def address(digest: str) -> str:
    return url_for("customer.picture", digest=digest)
