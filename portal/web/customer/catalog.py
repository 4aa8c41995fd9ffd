"""The catalog: search, categories and their filters, and what is free next, visible in the list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, request, url_for

from portal.domains import catalog as shelves
from portal.domains.catalog import ProductPage, Shelf
from portal.kernel import clock, questions
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.reports.next_free import next_free
from portal.web.customer.face import blueprint
from portal.web.customer.narrowing import Narrowed, fields, narrowed
from portal.web.customer.values import told
from portal.web.customer.words import card_of, soonest
from portal.web.database import db
from portal.web.guards import public
from portal.web.htmx import render
from portal.web.pictures import covered

ON_A_PAGE = 24
LONGEST_SEARCH = 100


@blueprint.get("/")
@public
def catalog() -> Response:
    tx, now = db.session(), clock.now()
    q = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    tree = shelves.shop_shelves(tx, now=now)
    category = _chosen(tree, request.args.get("category", ""))
    known = shelves.filters_of(tx, category.id) if category else []
    wanted = narrowed(known, request.args)
    page = shelves.list_products(
        tx,
        now=now,
        q=q,
        category_id=category.id if category else None,
        filters=wanted.filters,
        limit=ON_A_PAGE,
        after=request.args.get("after") or None,
    )
    return render(
        "customer/catalog.html",
        "catalog_results",
        q=q,
        category=category,
        rows=_chips(tree, category, q),
        cards=_cards(tx, page, now),
        narrowed=wanted,
        filters=fields(known),
        taken=[(words, _without(q, category, wanted, param)) for param, words in wanted.chips],
        plain=_address(q, category),
        more=_address(q, category, **wanted.kept, after=page.after) if page.after else "",
        first=_address(q, category, **wanted.kept) if request.args.get("after") else "",
    )


def _cards(tx: Tx, page: ProductPage, now: datetime) -> list[dict[str, Any]]:
    if not page.items:
        return []
    products = [item.product for item in page.items]
    sold = [one.product for item in page.items for one in item.sold]
    free = next_free(tx, [product.id for product in sold if product.kind == "booking"], now=now)
    pictures, known = questions.answers(
        tx,
        shelves.pictures_question([product.id for product in products], first=True),
        shelves.values_question([(one.id, one.category_id, one.attributes) for one in products], place="list"),
    )
    shown = covered(pictures, {product.id: product.cover for product in products})
    to = url_for("customer.product", slug="")
    return [
        card_of(item, soonest([free.get(one.product.id) for one in item.sold]), shown[item.product.id], to)
        | {"facts": [value for _name, value in told(known[item.product.id])]}
        for item in page.items
    ]


def _without(q: str, category: Shelf | None, wanted: Narrowed, param: str) -> str:
    gone = {param, f"{param}.from", f"{param}.to"}
    return _address(q, category, **{name: value for name, value in wanted.kept.items() if name not in gone})


def _chosen(tree: Sequence[Shelf], slug: str) -> Shelf | None:
    if not slug:
        return None
    found = next((one for one in tree if one.slug == slug), None)
    if found is None:
        raise NotFound
    return found


def _chips(tree: Sequence[Shelf], chosen: Shelf | None, q: str) -> list[list[tuple[str, str, bool]]]:
    """One row of choices for each step down the tree: (name, address, whether it is the way to the chosen one).

    An empty name stands for «everything». Shelves with nothing on them are left out.
    """
    if not tree:
        return []
    to = url_for("customer.catalog", q=q or None, category="")  # what an address ends with is all they differ in
    way = list(chosen.way) if chosen and not chosen.unlisted else []
    steps = [shelves.beneath(tree, way[:depth]) for depth in range(len(way) + 1)]
    rows = [[(one.name, to + one.slug, one.id in way) for one in step] for step in steps]
    everything = [("", _address(q, None), chosen is None)]
    return [everything + rows[0], *(row for row in rows[1:] if row)]


def _address(q: str, category: Shelf | None, **more: Any) -> str:
    return url_for("customer.catalog", q=q or None, category=category.slug if category else None, **more)
