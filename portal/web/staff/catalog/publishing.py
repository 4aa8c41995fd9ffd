"""Showing a product to customers, and taking it off sale."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog
from portal.kernel import clock
from portal.web import htmx
from portal.web.database import transaction
from portal.web.guards import staff
from portal.web.staff.catalog.conflict import version
from portal.web.staff.face import blueprint


@blueprint.post("/products/<uuid:product_id>/publication")
@staff("catalog")
def publish_product(product_id: UUID) -> ResponseReturnValue:
    """From now on customers see it."""
    with transaction() as tx:
        found = catalog.publish_product(tx, product_id, version(), now=clock.now(), by=current_user.id)
    flash(_("Customers see %(name)s now.", name=found.name), "success")
    return htmx.see_other(url_for(".product", product_id=product_id))


@blueprint.post("/products/<uuid:product_id>/withdrawal")
@staff("catalog")
def withdraw_product(product_id: UUID) -> ResponseReturnValue:
    """Nobody can book it any more; what is booked stays."""
    with transaction() as tx:
        found = catalog.withdraw_product(tx, product_id, version(), now=clock.now(), by=current_user.id)
    flash(_("%(name)s is off sale. What was booked stays booked.", name=found.name), "success")
    return htmx.see_other(url_for(".product", product_id=product_id))
