"""Pictures of a product: staff send them, say what they show, put them in order, take them away."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog
from portal.kernel.errors import Invalid, NotFound, Stale
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import product_page
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.catalog.forms import PictureForm, PlacingForm
from portal.web.staff.face import blueprint
from portal.web.uploads import takes


def refuse(product_id: UUID) -> ResponseReturnValue:
    """A file that nobody read. What was typed besides went with it."""
    form = PictureForm(formdata=None, prefix="picture-")
    most = catalog.LARGEST_PICTURE >> 20
    form.file.errors = [_("The file is larger than %(most)s MB. Save the picture smaller.", most=most)]
    return product_page.show(product_id, picture=form, status=413)


@blueprint.post("/products/<uuid:product_id>/pictures")
@staff("catalog")
@takes(catalog.LARGEST_PICTURE, refuse)
def add_picture(product_id: UUID) -> ResponseReturnValue:
    """One more, behind the others."""
    form = PictureForm(prefix="picture-")
    if form.validate():
        try:
            with transaction() as tx:
                sent = form.file.data.read() if form.file.data else None
                catalog.add_picture(tx, product_id, sent, alt=form.text("alt"), by=current_user.id)
        except Invalid as fact:
            form.blame(fact)
        else:
            flash(_("The picture is there."), "success")
            return _back(product_id)
    return product_page.show(product_id, picture=form, status=422)


@blueprint.post("/products/<uuid:product_id>/pictures/<uuid:picture_id>")
@staff("catalog")
def edit_picture(product_id: UUID, picture_id: UUID) -> ResponseReturnValue:
    """What it shows, and where it stands."""
    form = PlacingForm(prefix=f"{picture_id}-")
    if form.validate():
        try:
            with transaction() as tx:
                alt, place = form.text("alt"), form.place.data
                catalog.edit_picture(tx, picture_id, alt=alt, place=place, version=version(), by=current_user.id)
        except Invalid as fact:
            form.blame(fact)
        except Stale:
            return _edited_meanwhile(product_id, picture_id, form)
        else:
            flash(_("Saved."), "success")
            return _back(product_id)
    return product_page.show(product_id, placing={picture_id: form}, status=422)


@blueprint.post("/products/<uuid:product_id>/pictures/<uuid:picture_id>/removal")
@staff("catalog")
def remove_picture(product_id: UUID, picture_id: UUID) -> ResponseReturnValue:
    with transaction() as tx:
        catalog.remove_picture(tx, picture_id, by=current_user.id)
    flash(_("The picture is gone."), "success")
    return _back(product_id)


def _edited_meanwhile(product_id: UUID, picture_id: UUID, mine: PlacingForm) -> ResponseReturnValue:
    """Theirs is what this picture says by now, and where it stands."""
    tx = db.session()
    product = catalog.get_product(tx, product_id)
    shown = catalog.pictures_of(tx, [product_id]).get(product_id, [])
    theirs = [product_page.placing_form(one, place) for place, one in enumerate(shown, 1) if one.id == picture_id]
    if not theirs:
        raise NotFound
    back = url_for(".product", product_id=product_id, _anchor="pictures")
    return conflicted(mine, theirs[0], product, back=back)


def _back(product_id: UUID) -> ResponseReturnValue:
    return htmx.see_other(url_for(".product", product_id=product_id, _anchor="pictures"))
