"""Staff define what is known about the products of a category."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog
from portal.domains.catalog import Attribute, AttributeFields, AttributeInUse
from portal.kernel.errors import Invalid, Stale
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.errors import words_of
from portal.web.guards import staff
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.catalog.forms import AttributeForm, NewAttributeForm
from portal.web.staff.catalog.options import read_options, write_options
from portal.web.staff.catalog.words import attribute_kinds, places_shown
from portal.web.staff.face import blueprint


@blueprint.get("/categories/<uuid:category_id>/attributes/new")
@staff("catalog")
def new_attribute(category_id: UUID) -> ResponseReturnValue:
    return _page(category_id, _form(typed=False))


@blueprint.post("/categories/<uuid:category_id>/attributes")
@staff("catalog")
def create_attribute(category_id: UUID) -> ResponseReturnValue:
    form = _form(typed=True)
    if form.validate():
        try:
            with transaction() as tx:
                made = catalog.create_attribute(tx, category_id, _fields(form), by=current_user.id)
        except Invalid as fact:
            form.blame(fact)
        else:
            flash(_("%(name)s is there.", name=made.name), "success")
            return htmx.see_other(url_for(".category", category_id=category_id, _anchor="attributes"))
    return _page(category_id, form, status=422)


@blueprint.get("/attributes/<uuid:attribute_id>")
@staff("catalog")
def attribute(attribute_id: UUID) -> ResponseReturnValue:
    found = catalog.get_attribute(db.session(), attribute_id)
    return _page(found.category_id, _form(found, typed=False), found)


@blueprint.post("/attributes/<uuid:attribute_id>")
@staff("catalog")
def edit_attribute(attribute_id: UUID) -> ResponseReturnValue:
    """Writes it, unless somebody else did, or products have what would be lost."""
    found = catalog.get_attribute(db.session(), attribute_id)
    form = _form(found, typed=True)
    if form.validate():
        try:
            with transaction() as tx:
                catalog.edit_attribute(tx, attribute_id, version(), _fields(form), by=current_user.id)
        except Invalid as fact:
            form.blame(fact)
        except Stale:
            found = catalog.get_attribute(db.session(), attribute_id)
            return conflicted(form, _form(found, typed=False), found)
        else:
            flash(_("Saved."), "success")
            return htmx.see_other(url_for(".category", category_id=found.category_id, _anchor="attributes"))
    return _page(found.category_id, form, found, status=422)


@blueprint.post("/attributes/<uuid:attribute_id>/removal")
@staff("catalog")
def remove_attribute(attribute_id: UUID) -> ResponseReturnValue:
    """Takes it away, if no product has a value of it."""
    found = catalog.get_attribute(db.session(), attribute_id)
    try:
        with transaction() as tx:
            catalog.remove_attribute(tx, attribute_id, version(), by=current_user.id)
    except AttributeInUse as fact:
        flash(words_of(fact), "error")
        return htmx.see_other(url_for(".attribute", attribute_id=attribute_id))
    flash(_("%(name)s is gone.", name=found.name), "success")
    return htmx.see_other(url_for(".category", category_id=found.category_id, _anchor="attributes"))


def _form(found: Attribute | None = None, *, typed: bool) -> AttributeForm:
    kind = AttributeForm if found else NewAttributeForm
    form = kind(obj=found) if typed else kind(obj=found, formdata=None)
    if found and not typed:
        form.options.data = write_options(found.options)
    form.kind.choices = list(attribute_kinds().items())
    form.shown.choices = list(places_shown().items())
    return form


def _fields(form: AttributeForm) -> AttributeFields:
    return AttributeFields(
        name=form.text("name"),
        kind=form.text("kind"),
        unit=form.text("unit"),
        options=read_options(form.text("options")),
        required=form.required.data,
        filterable=form.filterable.data,
        shown=form.text("shown"),
        position=form.position.data,
        slug=(form.text("slug") or None) if isinstance(form, NewAttributeForm) else None,
    )


def _page(
    category_id: UUID, form: AttributeForm, found: Attribute | None = None, *, status: int = 200
) -> ResponseReturnValue:
    tx = db.session()
    return htmx.render(
        "staff/catalog/attribute.html",
        status=status,
        form=form,
        category=catalog.get_category(tx, category_id),
        attribute=found,
        uses=catalog.uses(tx, found.slug) if found else 0,
    )
