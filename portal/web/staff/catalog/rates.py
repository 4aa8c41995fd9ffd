"""What a product costs at some times: the page of its prices, setting such a rate, and ending one."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import price_page, why
from portal.web.staff.catalog.wall import here
from portal.web.staff.face import blueprint, settings


@blueprint.get("/products/<uuid:product_id>/prices")
@staff("catalog")
def prices(product_id: UUID) -> ResponseReturnValue:
    """Prices through time: who set what and why."""
    return price_page.show(product_id)


@blueprint.post("/products/<uuid:product_id>/rates")
@staff("catalog")
def schedule_rate(product_id: UUID) -> ResponseReturnValue:
    """Another price at some times, for who books from now on or from later on."""
    form = price_page.rate_form(db.session(), product_id, typed=True)
    if form.validate():
        try:
            with transaction() as tx:
                catalog.schedule_rate(
                    tx,
                    product_id,
                    form.fields(),
                    starts_at=here(form.starts_at),
                    ends_at=here(form.ends_at),
                    currency=settings().default_currency,
                    reason=form.text("reason"),
                    set_by=current_user.id,
                    now=clock.now(),
                    zone=settings().default_time_zone,
                )
        except Invalid as fact:
            form.blame(fact)
        else:
            flash(_("The price is set."), "success")
            return htmx.see_other(url_for(".prices", product_id=product_id, _anchor="rates"))
    return price_page.show(product_id, rate=form, status=422)


@blueprint.get("/products/<uuid:product_id>/rates/<uuid:rate_id>/end")
@staff("catalog")
def ending_rate(product_id: UUID, rate_id: UUID) -> ResponseReturnValue:
    """Asks why."""
    return why.ask(product_id, _("End this price"), url_for(".end_rate", product_id=product_id, rate_id=rate_id))


@blueprint.post("/products/<uuid:product_id>/rates/<uuid:rate_id>/end")
@staff("catalog")
def end_rate(product_id: UUID, rate_id: UUID) -> ResponseReturnValue:
    """Ends it now, or takes it back before it begins."""
    form = why.form()
    try:
        with transaction() as tx:
            catalog.end_rate(tx, rate_id, reason=form.text("reason"), now=clock.now(), by=current_user.id)
    except Invalid as fact:
        form.blame(fact)
        return why.ask(
            product_id, _("End this price"), url_for(".end_rate", product_id=product_id, rate_id=rate_id), form
        )
    flash(_("It has ended. What is held or booked keeps its price."), "success")
    return htmx.see_other(url_for(".prices", product_id=product_id, _anchor="rates"))
