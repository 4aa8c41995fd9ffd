"""The catalog: search, categories and their filters, and what is free next, visible in the list."""

from datetime import datetime
from typing import Any

from flask import Response, request, url_for

from portal.domains import catalog as shelves
from portal.domains.catalog import Category, Node, ProductPage
from portal.kernel import clock
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
from portal.web.pictures import covers

ON_A_PAGE = 24
LONGEST_SEARCH = 100


@blueprint.get("/")
@public
def catalog() -> Response:
    tx, now = db.session(), clock.now()
    q = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    category = _category(tx, request.args.get("category", ""))
    known = shelves.attributes_of(tx, category.id, filterable=True) if category else []
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
        rows=_chips(shelves.category_tree(tx, now=now, count=False), category, q),
        cards=_cards(tx, page, now),
        narrowed=wanted,
        filters=fields(known),
        taken=[(words, _without(q, category, wanted, param)) for param, words in wanted.chips],
        plain=_address(q, category),
        more=_address(q, category, **wanted.kept, after=page.after) if page.after else "",
        first=_address(q, category, **wanted.kept) if request.args.get("after") else "",
    )


def _cards(tx: Tx, page: ProductPage, now: datetime) -> list[dict[str, Any]]:
    products = [item.product for item in page.items]
    sold = [one.product for item in page.items for one in item.sold]
    free = next_free(tx, [product.id for product in sold if product.kind == "booking"], now=now)
    known = shelves.told_values(tx, [(one.id, one.category_id, one.attributes) for one in products], place="list")
    shown = covers(tx, {product.id: product.cover for product in products})
    return [
        card_of(item, soonest([free.get(one.product.id) for one in item.sold]), shown[item.product.id])
        | {"facts": [value for _name, value in told(known[item.product.id])]}
        for item in page.items
    ]


def _without(q: str, category: Category | None, wanted: Narrowed, param: str) -> str:
    gone = {param, f"{param}.from", f"{param}.to"}
    return _address(q, category, **{name: value for name, value in wanted.kept.items() if name not in gone})


def _category(tx: Tx, slug: str) -> Category | None:
    if not slug:
        return None
    found = shelves.find_category(tx, slug)
    if found is None:
        raise NotFound
    return found


def _chips(tree: list[Node], chosen: Category | None, q: str) -> list[list[tuple[str, str, bool]]]:
    """One row of choices for each step down the tree: (name, address, whether it is the way to the chosen one).

    An empty name stands for «everything». Shelves with nothing on them are left out.
    """
    to = url_for("customer.catalog", q=q or None, category="")  # what an address ends with is all they differ in
    rows, nodes = [], tree
    while nodes:
        way = next((node for node in nodes if chosen and _leads_to(node, chosen)), None)
        rows.append([(node.category.name, to + node.category.slug, node is way) for node in nodes if node.products])
        nodes = way.children if way else []
    everything = [("", _address(q, None), chosen is None)]
    return [everything + rows[0], *(row for row in rows[1:] if row)] if rows else []


def _leads_to(node: Node, category: Category) -> bool:
    return node.category.id == category.id or any(_leads_to(child, category) for child in node.children)


def _address(q: str, category: Category | None, **more: Any) -> str:
    return url_for("customer.catalog", q=q or None, category=category.slug if category else None, **more)
