"""The queue in front of a product in a rush: one's place in it, by a page that looks again by itself."""

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.domains.catalog import Product
from portal.domains.rushes import Place, Terms
from portal.web import queueing
from portal.web.customer import product
from portal.web.customer.face import blueprint
from portal.web.database import db
from portal.web.guards import customer
from portal.web.htmx import render, see_other
from portal.web.queueing import Look


@blueprint.get("/products/<slug>/queue")
@customer
def queue(slug: str) -> Response:
    """Where one stands. Whose turn it is goes on to the times."""
    found = product.find(db.session(), slug)
    seen = queueing.look(found.id, current_user.id, queueing.carried(found.id), again=True)
    if seen is None:
        return see_other(_times(found))
    if seen.inside or seen.place is None:
        return queueing.carry(see_other(_times(found)), found.id, seen.paper)
    shown = render("customer/queue.html", "queue", **_told(found, seen.terms, seen.place))
    return queueing.carry(shown, found.id, seen.paper)


@blueprint.post("/products/<slug>/queue/leaving")
@customer
def leave_queue(slug: str) -> Response:
    """Out of the queue; who comes back stands at its end."""
    found = product.find(db.session(), slug)
    queueing.leave(found.id, current_user.id)
    return queueing.carry(see_other(url_for("customer.product", slug=slug)), found.id, "")


def sent_to(found: Product, seen: Look) -> Response:
    """The way to the queue, for somebody whose turn it is not."""
    return queueing.carry(see_other(url_for("customer.queue", slug=found.slug)), found.id, seen.paper)


def _told(found: Product, terms: Terms, place: Place) -> dict[str, Any]:
    minutes = -(-place.wait // 60)
    return {
        "product": found,
        "place": place.place,
        "wait": _("Less than a minute") if place.wait < 60 else ngettext("%(num)d minute", "%(num)d minutes", minutes),
        "minutes": terms.minutes,
        "every": queueing.EVERY,
    }


def _times(found: Product) -> str:
    return url_for("customer.product", slug=found.slug, _anchor="slots")
