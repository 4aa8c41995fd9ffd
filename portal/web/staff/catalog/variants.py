"""Variants of a product: staff add them and name them; the rest of a variant is its own page."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog
from portal.kernel.errors import Invalid, Stale
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import product_page
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.catalog.forms import VariantForm
from portal.web.staff.face import blueprint


@blueprint.post("/products/<uuid:product_id>/variants")
@staff("catalog")
def create_variant(product_id: UUID) -> ResponseReturnValue:
    """A draft of one more; its page is where its price is set."""
    form = VariantForm(prefix="variant-")
    if form.validate():
        try:
            with transaction() as tx:
                made = catalog.create_variant(
                    tx, product_id, form.text("variant"), slug=form.text("slug") or None, by=current_user.id
                )
        except Invalid as fact:
            form.blame(fact)
        else:
            flash(_("%(name)s is there as a draft. Give it a price, then publish it.", name=made.name), "success")
            return htmx.see_other(url_for(".product", product_id=made.id))
    return product_page.show(product_id, variant=form, status=422)


@blueprint.post("/products/<uuid:product_id>/variant")
@staff("catalog")
def edit_variant(product_id: UUID) -> ResponseReturnValue:
    """Another name or address, unless somebody else wrote it since the page was opened."""
    form = VariantForm(prefix="variant-")
    if form.validate():
        try:
            with transaction() as tx:
                catalog.edit_variant(
                    tx,
                    product_id,
                    version(),
                    form.text("variant"),
                    slug=form.text("slug") or None,
                    by=current_user.id,
                )
        except Invalid as fact:
            form.blame(fact)
        except Stale:
            product = catalog.get_product(db.session(), product_id)
            back = url_for(".product", product_id=product_id)
            return conflicted(form, product_page.variant_form(product), product, back=back)
        else:
            flash(_("Saved."), "success")
            return htmx.see_other(url_for(".product", product_id=product_id))
    return product_page.show(product_id, variant=form, status=422)
