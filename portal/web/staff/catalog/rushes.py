"""A product's queue for rushes: switching it on and off."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog, rushes
from portal.kernel import clock
from portal.kernel.errors import Invalid, Stale
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import product_page
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.face import blueprint


@blueprint.post("/products/<uuid:product_id>/rush")
@staff("catalog")
def set_rush(product_id: UUID) -> ResponseReturnValue:
    """From this moment on; who is choosing goes on, and without a queue everybody does."""
    product = catalog.get_product(db.session(), product_id)
    form = product_page.rush_form(db.session(), product, typed=True)
    if form.validate():
        try:
            with transaction() as tx:
                rushes.set_rush(
                    tx,
                    product_id,
                    version(),
                    on=form.open.data,
                    at_once=form.at_once.data,
                    minutes=form.minutes.data,
                    now=clock.now(),
                    by=current_user.id,
                )
        except Invalid as fact:
            form.blame(fact)
        except Stale:
            tx = db.session()
            product, known = catalog.get_product(tx, product_id), rushes.rush_of(tx, product_id)
            theirs = product_page.rush_form(tx, product, typed=False)
            back = url_for(".product", product_id=product_id, _anchor="rush")
            return conflicted(form, theirs, product, back=back, now=known.version if known else 0)
        else:
            flash(_("Customers stand in line now.") if form.open.data else _("Saved."), "success")
            return htmx.see_other(url_for(".product", product_id=product_id, _anchor="rush"))
    return product_page.show(product_id, rush=form, status=422)
