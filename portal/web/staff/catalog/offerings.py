"""On what a product is booked, and by which rules of time."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog, resources
from portal.domains.resources import OfferingRules, PartRules
from portal.kernel.errors import Invalid, Stale
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import product_page
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.catalog.fields import NOBODY
from portal.web.staff.catalog.forms import PartsForm
from portal.web.staff.face import blueprint

RULES = tuple(OfferingRules.__dataclass_fields__)


@blueprint.post("/products/<uuid:product_id>/offering")
@staff("catalog")
def set_offering(product_id: UUID) -> ResponseReturnValue:
    """Offers it by these rules; what is booked already stays as it is."""
    form = product_page.offering_form(db.session(), catalog.get_product(db.session(), product_id), typed=True)
    if form.validate():
        rules = OfferingRules(**{name: form[name].data for name in RULES})
        try:
            with transaction() as tx:
                place = form.resource_id.data or NOBODY
                resources.offer(tx, product_id, place, rules, version=version(), by=current_user.id)
        except Invalid as fact:
            form.blame(fact)
        except Stale:
            tx = db.session()
            product = catalog.get_product(tx, product_id)
            theirs = product_page.offering_form(tx, product, typed=False)
            back = url_for(".product", product_id=product_id, _anchor="times")
            return conflicted(form, theirs, product, back=back, now=resources.offering_version(tx, product_id))
        else:
            flash(_("Saved. New bookings follow these rules."), "success")
            return htmx.see_other(url_for(".product", product_id=product_id, _anchor="times"))
    return product_page.show(product_id, offering=form, status=422)


@blueprint.post("/products/<uuid:product_id>/parts")
@staff("catalog")
def set_parts(product_id: UUID) -> ResponseReturnValue:
    """Says what else serves it; what is booked already stays with whom it is."""
    form = product_page.parts_form(db.session(), catalog.get_product(db.session(), product_id), typed=True)
    if form.validate():
        try:
            with transaction() as tx:
                resources.set_parts(tx, product_id, _parts(form), version=version(), by=current_user.id)
        except Invalid as fact:
            form.blame(_renamed(fact))
        except Stale:
            tx = db.session()
            product = catalog.get_product(tx, product_id)
            theirs = product_page.parts_form(tx, product, typed=False)
            back = url_for(".product", product_id=product_id, _anchor="parts")
            return conflicted(form, theirs, product, back=back, now=resources.offering_version(tx, product_id))
        else:
            flash(_("Saved. New bookings follow these rules."), "success")
            return htmx.see_other(url_for(".product", product_id=product_id, _anchor="parts"))
    return product_page.show(product_id, parts=form, status=422)


@blueprint.post("/products/<uuid:product_id>/offering/removal")
@staff("catalog")
def stop_offering(product_id: UUID) -> ResponseReturnValue:
    """It cannot be booked any more until it is offered again."""
    with transaction() as tx:
        resources.stop_offering(tx, product_id, by=current_user.id)
    flash(_("It cannot be booked any more. What was booked stays booked."), "success")
    return htmx.see_other(url_for(".product", product_id=product_id, _anchor="times"))


def _parts(form: PartsForm) -> list[PartRules]:
    return [
        PartRules(
            name=form.text(f"name_{number}"),
            resource_ids=[one or NOBODY for one in form[f"places_{number}"].data or ()],
            once=bool(number and form[f"once_{number}"].data),
            choosable=form[f"choosable_{number}"].data,
        )
        for number in range(product_page.PARTS)
    ]


def _renamed(fact: Invalid) -> Invalid:
    """The domain's faults, which are told by part, told by field."""
    return Invalid({name.replace("part-", "places_").replace("-", "_"): said for name, said in fact.faults.items()})
