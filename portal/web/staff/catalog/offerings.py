"""On what a product is booked, and by which rules of time."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog, resources
from portal.domains.resources import OfferingRules
from portal.kernel.errors import Invalid
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import product_page
from portal.web.staff.catalog.fields import NOBODY
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
                resources.offer(tx, product_id, form.resource_id.data or NOBODY, rules, by=current_user.id)
        except Invalid as fact:
            form.blame(fact)
        else:
            flash(_("Saved. New bookings follow these rules."), "success")
            return htmx.see_other(url_for(".product", product_id=product_id, _anchor="times"))
    return product_page.show(product_id, offering=form, status=422)


@blueprint.post("/products/<uuid:product_id>/offering/removal")
@staff("catalog")
def stop_offering(product_id: UUID) -> ResponseReturnValue:
    """It cannot be booked any more until it is offered again."""
    with transaction() as tx:
        resources.stop_offering(tx, product_id, by=current_user.id)
    flash(_("It cannot be booked any more. What was booked stays booked."), "success")
    return htmx.see_other(url_for(".product", product_id=product_id, _anchor="times"))
