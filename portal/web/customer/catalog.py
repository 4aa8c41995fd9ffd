"""The catalog: search, categories, and what is free next, visible in the list."""

from typing import Any

from flask import Response, request, url_for

from portal.domains import catalog as shelves
from portal.domains.catalog import Category, Node
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.reports.next_free import next_free
from portal.web.customer.face import blueprint
from portal.web.customer.words import card_of
from portal.web.database import db
from portal.web.guards import public
from portal.web.htmx import render

ON_A_PAGE = 24
LONGEST_SEARCH = 100


@blueprint.get("/")
@public
def catalog() -> Response:
    tx, now = db.session(), clock.now()
    q = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    category = _category(tx, request.args.get("category", ""))
    tree = shelves.category_tree(tx, now=now)
    page = shelves.list_products(
        tx,
        now=now,
        q=q,
        category_id=category.id if category else None,
        limit=ON_A_PAGE,
        after=request.args.get("after") or None,
    )
    free = next_free(tx, [item.product.id for item in page.items if item.product.kind == "booking"], now=now)
    return render(
        "customer/catalog.html",
        "catalog_results",
        q=q,
        category=category,
        rows=_chips(tree, category, q),
        cards=[card_of(item.product, item.price, free.get(item.product.id)) for item in page.items],
        more=_address(q, category, after=page.after) if page.after else "",
        first=_address(q, category) if request.args.get("after") else "",
    )


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
    rows, nodes = [], tree
    while nodes:
        way = next((node for node in nodes if chosen and _leads_to(node, chosen)), None)
        rows.append([(node.category.name, _address(q, node.category), node is way) for node in nodes if node.products])
        nodes = way.children if way else []
    everything = [("", _address(q, None), chosen is None)]
    return [everything + rows[0], *(row for row in rows[1:] if row)] if rows else []


def _leads_to(node: Node, category: Category) -> bool:
    return node.category.id == category.id or any(_leads_to(child, category) for child in node.children)


def _address(q: str, category: Category | None, **more: Any) -> str:
    return url_for("customer.catalog", q=q or None, category=category.slug if category else None, **more)
