"""A product's page: what it is, what it costs now and soon, and a week of its slots."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_login import current_user

from portal.domains import catalog, reservations, resources, rushes
from portal.domains.catalog import Category, Product, Shown
from portal.kernel import clock, questions
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.kernel.questions import Question
from portal.web import guards, queueing
from portal.web.customer import picker, words
from portal.web.customer.face import blueprint
from portal.web.customer.price_story import price_story
from portal.web.customer.values import told
from portal.web.database import db
from portal.web.guards import public
from portal.web.htmx import render, see_other
from portal.web.pictures import Cover, covers
from portal.web.pictures import told as told_picture
from portal.web.refund_words import Sold, rule_of


@blueprint.get("/products/<slug>")
@public
def product(slug: str) -> Response:
    """Of what is sold in variants the page of the first of them, where the others are chosen."""
    tx, now = db.session(), clock.now()
    questions.ahead(tx, *guards.who_question(), catalog.product_question(tx, slug))
    found = find(tx, slug)
    _ask_ahead(tx, found, now)
    if variants := catalog.variants_on_sale(tx, [found.id], now=now).get(found.id):
        asked: Any = request.args.to_dict()
        return see_other(url_for("customer.product", slug=variants[0].product.slug, **asked))
    return page(tx, found, request.args, now, variants=None if found.variant_of else ())


@blueprint.post("/products/<slug>/times")
@public
def times(slug: str) -> Response:
    """Another number or length, asked for by a browser without scripts: on to the address that shows it."""
    tx = db.session()
    found = find(tx, slug)
    venue = picker.venue_of(tx, found)
    if venue is None:
        return see_other(url_for("customer.product", slug=slug))
    return see_other(picker.choice_of(venue, request.form, clock.now()).address(found))


def find(tx: Tx, slug: str) -> Product:
    """The product of that address, if customers can see it. Raises NotFound."""
    found = catalog.find_product(tx, slug)
    if found is None:
        raise NotFound
    return found


def page(
    tx: Tx,
    found: Product,
    given: Any,
    now: datetime,
    *,
    status: int = 200,
    faults: dict[str, str] | None = None,
    variants: Sequence[dict[str, Any]] | None = None,
) -> Response:
    """The page with the choice `given`, or for htmx its slots; faults are said on top of them. `variants`: if they are
    known already."""
    _ask_ahead(tx, found, now)
    whole = catalog.get_product(tx, found.variant_of) if found.variant_of else found
    venue = picker.venue_of(tx, found)
    data: dict[str, Any] = {"venue": None, "mine": []}
    rush = venue is not None and _has_to_wait(found)
    if rush:
        data["venue"] = venue
    elif venue:
        data = picker.look(tx, found, venue, picker.choice_of(venue, given, now), now)
    pictures, path, along = questions.answers(tx, *_surroundings(tx, found, now))
    shown = [told_picture(one) for one in pictures.get(found.id, [])]
    return render(
        "customer/product.html",
        "slots",
        status=status,
        product=found,
        whole=whole,
        variants=_variants(tx, whole, found, now) if variants is None else variants,
        cover=shown[0] if shown else found.cover,
        pictures=shown[1:],
        path=[(node.name, url_for("customer.catalog", category=node.slug)) for node in path],
        rule=_rule(tx, found, now),
        known=_known(tx, whole),
        along=_with_covers(tx, along),
        faults=faults or {},
        rush=rush,
        now=now,
        **price_story(tx, found.id, now),
        **data,
    )


def _ask_ahead(tx: Tx, found: Product, now: datetime) -> None:
    """All that the page of nearly every product asks, in one trip."""
    questions.ahead(
        tx,
        catalog.variants_question(tx, [found.id], now=now),
        *resources.offering_questions(tx, found.id),
        *reservations.terms_questions(found.id, now),
        *([reservations.holds_of_question(tx, current_user.id, now)] if current_user.is_authenticated else []),
        rushes.rush_question(found.id),
        *_surroundings(tx, found, now),
        catalog.history_question(tx, found.id),
    )


def _surroundings(
    tx: Tx, found: Product, now: datetime
) -> tuple[
    Question[dict[UUID, list[Shown]]],
    Question[list[Category]],
    Question[list[catalog.Listed]],
]:
    """Its pictures, the way to its category, and what goes well with it; of goods nothing is said to go with them."""
    return (
        catalog.pictures_question([found.id]),
        catalog.path_question(tx, found.category_id),
        catalog.along_question(tx, [found.id], now=now),
    )


def _variants(tx: Tx, whole: Product, found: Product, now: datetime) -> list[dict[str, Any]]:
    """What to choose from, where there is a choice."""
    return [
        {
            "name": one.product.variant,
            "url": url_for("customer.product", slug=one.product.slug),
            "price": words.money_of(one.price),
            "unit": words.unit_of(one.price),
            "chosen": one.product.id == found.id,
        }
        for one in catalog.variants_on_sale(tx, [whole.id], now=now).get(whole.id, [])
    ]


def _has_to_wait(found: Product) -> bool:
    """Whether the product has a queue, and it is not the reader's turn; who has a pass is seen in it."""
    if not current_user.is_authenticated:
        return rushes.open_rush(db.session(), found.id) is not None
    paper = queueing.carried(found.id)
    seen = queueing.look(found.id, current_user.id, paper) if paper else None
    return not seen.inside if seen else rushes.open_rush(db.session(), found.id) is not None


def _rule(tx: Tx, found: Product, now: datetime) -> str:
    """What comes back until when. Of things to take along only the bad news: the rest depends on their booking."""
    terms = catalog.terms_in_force(tx, found.id, now)
    return rule_of(Sold(found.name, terms)) if found.kind == "booking" or not terms.refundable else ""


def _known(tx: Tx, found: Product) -> list[tuple[str, str]]:
    values = catalog.told_values(tx, [(found.id, found.category_id, found.attributes)], place="page")
    return told(values[found.id], catalog.free_facts(tx, found.attributes))


def _with_covers(tx: Tx, offered: Sequence[catalog.Listed]) -> list[tuple[catalog.Listed, Cover]]:
    """What can be added to a booking, each with its picture."""
    shown = covers(tx, {item.product.id: item.product.cover for item in offered})
    return [(item, shown[item.product.id]) for item in offered]
