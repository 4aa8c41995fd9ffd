"""A product's prices: setting the next one, taking back one that has not begun."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog
from portal.kernel import clock
from portal.kernel.errors import Invalid, Stale
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import product_page, why
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.catalog.wall import here
from portal.web.staff.face import blueprint, settings


@blueprint.post("/products/<uuid:product_id>/prices")
@staff("catalog")
def schedule_price(product_id: UUID) -> ResponseReturnValue:
    """A new price, from now or from later on. Times are read on the clock of the house."""
    form = product_page.price_form(catalog.get_product(db.session(), product_id), typed=True)
    if form.validate():
        try:
            with transaction() as tx:
                catalog.schedule_price(
                    tx,
                    product_id,
                    amount=form.amount.data,
                    unit=form.text("unit"),
                    starts_at=here(form.starts_at),
                    ends_at=here(form.ends_at),
                    currency=settings().default_currency,
                    reason=form.text("reason"),
                    set_by=current_user.id,
                    now=clock.now(),
                    zone=settings().default_time_zone,
                    version=version(),
                )
        except Invalid as fact:
            form.blame(fact)
        except Stale:
            product = catalog.get_product(db.session(), product_id)
            theirs = product_page.latest_price_form(product)  # the price that was set last
            back = url_for(".product", product_id=product_id, _anchor="prices")
            return conflicted(form, theirs, product, back=back, now=product.prices_version)
        else:
            flash(_("The price is set."), "success")
            return htmx.see_other(url_for(".product", product_id=product_id, _anchor="prices"))
    return product_page.show(product_id, price=form, status=422)


@blueprint.get("/products/<uuid:product_id>/prices/<uuid:price_id>/cancellation")
@staff("catalog")
def cancelling_price(product_id: UUID, price_id: UUID) -> ResponseReturnValue:
    """Asks why."""
    return why.ask(product_id, _("Take this price back"), _cancellation(product_id, price_id))


@blueprint.post("/products/<uuid:product_id>/prices/<uuid:price_id>/cancellation")
@staff("catalog")
def cancel_price(product_id: UUID, price_id: UUID) -> ResponseReturnValue:
    """Takes back a price before it begins."""
    form = why.form()
    try:
        with transaction() as tx:
            catalog.cancel_price(tx, price_id, reason=form.text("reason"), now=clock.now(), by=current_user.id)
    except Invalid as fact:
        form.blame(fact)
        return why.ask(product_id, _("Take this price back"), _cancellation(product_id, price_id), form)
    flash(_("The price is taken back; the one before it goes on."), "success")
    return htmx.see_other(url_for(".product", product_id=product_id, _anchor="prices"))


def _cancellation(product_id: UUID, price_id: UUID) -> str:
    return url_for(".cancel_price", product_id=product_id, price_id=price_id)
