"""The stock of goods: what comes and goes by hand."""

from uuid import UUID

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog
from portal.kernel.errors import Invalid
from portal.web import htmx
from portal.web.database import transaction
from portal.web.guards import staff
from portal.web.staff.catalog import product_page
from portal.web.staff.catalog.forms import StockForm
from portal.web.staff.face import blueprint


@blueprint.post("/products/<uuid:product_id>/stock")
@staff("catalog")
def adjust_stock(product_id: UUID) -> ResponseReturnValue:
    """A movement, once however often the form is sent (`once` was made with it)."""
    form = StockForm(prefix="stock-")
    if form.validate():
        once = request.form.get("once", "")[:64] or None
        try:
            with transaction() as tx:
                left = catalog.adjust_stock(
                    tx, product_id, form.delta.data, reason=form.text("reason"), key=once, by=current_user.id
                )
        except Invalid as fact:
            form.blame(fact)
        else:
            flash(_("There are %(count)s now.", count=left), "success")
            return htmx.see_other(url_for(".product", product_id=product_id, _anchor="stock"))
    return product_page.show(product_id, stock=form, status=422)
