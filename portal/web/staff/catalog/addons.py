"""What is offered together with a product that is booked."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog
from portal.domains.catalog import Along
from portal.kernel.errors import Invalid, Stale
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import product_page
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.face import blueprint


@blueprint.post("/products/<uuid:product_id>/addons")
@staff("catalog")
def set_addons(product_id: UUID) -> ResponseReturnValue:
    """All rows at once; empty ones are left out."""
    form = product_page.addons_form(db.session(), product_id, typed=True)
    if form.validate():
        filled = [(n, goods.data, most.data) for n, (goods, most) in enumerate(form.rows) if goods.data]
        try:
            with transaction() as tx:
                along = [Along(goods_id, 1 if most is None else most) for _n, goods_id, most in filled]
                catalog.set_addons(tx, product_id, along, version=version(), by=current_user.id)
        except Invalid as fact:
            form.blame(_renamed(fact, [n for n, *_rest in filled]))
        except Stale:
            tx = db.session()
            product, theirs = catalog.get_product(tx, product_id), product_page.addons_form(tx, product_id, typed=False)
            return conflicted(form, theirs, product, back=url_for(".product", product_id=product_id, _anchor="along"))
        else:
            flash(_("Saved."), "success")
            return htmx.see_other(url_for(".product", product_id=product_id, _anchor="along"))
    return product_page.show(product_id, addons=form, status=422)


def _renamed(fact: Invalid, rows: list[int]) -> Invalid:
    """The domain's faults, told by the rows that were filled in, told by field."""
    told = {}
    for name, said in fact.faults.items():
        kind, _dash, at = name.partition("-")
        told[f"{kind}_{rows[int(at)] if int(at) < len(rows) else 0}"] = said
    return Invalid(told)
