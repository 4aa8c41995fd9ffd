"""The category tree for staff."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog
from portal.domains.catalog import Category, CategoryFields
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, Stale
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.catalog.forms import CategoryForm
from portal.web.staff.catalog.words import attribute_kinds
from portal.web.staff.face import blueprint
from portal.web.staff.happenings import changes


@blueprint.get("/categories")
@staff("catalog")
def categories() -> ResponseReturnValue:
    """The whole tree, with what is withdrawn."""
    return htmx.render("staff/catalog/categories.html", nodes=_nodes(db.session()))


@blueprint.get("/categories/new")
@staff("catalog")
def new_category() -> ResponseReturnValue:
    return _page(_form(db.session(), typed=False))


@blueprint.post("/categories")
@staff("catalog")
def create_category() -> ResponseReturnValue:
    form = _form(db.session(), typed=True)
    if form.validate():
        try:
            with transaction() as tx:
                made = catalog.create_category(tx, _fields(form), by=current_user.id)
        except Invalid as fact:
            form.blame(fact)
        else:
            flash(_("%(name)s is there.", name=made.name), "success")
            return htmx.see_other(url_for(".categories"))
    return _page(form, status=422)


@blueprint.get("/categories/<uuid:category_id>")
@staff("catalog")
def category(category_id: UUID) -> ResponseReturnValue:
    tx = db.session()
    found = catalog.get_category(tx, category_id)
    return _page(_form(tx, found, typed=False), found)


@blueprint.post("/categories/<uuid:category_id>")
@staff("catalog")
def edit_category(category_id: UUID) -> ResponseReturnValue:
    form = _form(db.session(), catalog.get_category(db.session(), category_id), typed=True)
    if form.validate():
        try:
            with transaction() as tx:
                catalog.edit_category(tx, category_id, version(), _fields(form), by=current_user.id)
        except Invalid as fact:
            form.blame(fact)
        except Stale:
            found = catalog.get_category(db.session(), category_id)
            return conflicted(form, _form(db.session(), found, typed=False), found)
        else:
            flash(_("Saved."), "success")
            return htmx.see_other(url_for(".categories"))
    return _page(form, catalog.get_category(db.session(), category_id), status=422)


@blueprint.post("/categories/<uuid:category_id>/withdrawal")
@staff("catalog")
def withdraw_category(category_id: UUID) -> ResponseReturnValue:
    """Hides it and what is beneath it."""
    with transaction() as tx:
        found = catalog.withdraw_category(tx, category_id, version(), now=clock.now(), by=current_user.id)
    flash(_("Customers do not see %(name)s any more.", name=found.name), "success")
    return htmx.see_other(url_for(".categories"))


@blueprint.post("/categories/<uuid:category_id>/restoration")
@staff("catalog")
def restore_category(category_id: UUID) -> ResponseReturnValue:
    with transaction() as tx:
        found = catalog.restore_category(tx, category_id, version(), by=current_user.id)
    flash(_("Customers see %(name)s again.", name=found.name), "success")
    return htmx.see_other(url_for(".categories"))


def _nodes(tx: Tx) -> list[catalog.Node]:
    return catalog.flat(catalog.category_tree(tx, now=clock.now(), hidden=True))


def _form(tx: Tx, found: Category | None = None, *, typed: bool) -> CategoryForm:
    form = CategoryForm(obj=found) if typed else CategoryForm(obj=found, formdata=None)
    parents = [(n.category.id, "\u2003" * n.depth + n.category.name) for n in _nodes(tx) if n.category is not found]
    form.parent_id.choices = [("", _("nothing: at the top")), *parents]
    return form


def _fields(form: CategoryForm) -> CategoryFields:
    return CategoryFields(
        name=form.text("name"),
        description=form.text("description"),
        parent_id=form.parent_id.data,
        position=form.position.data,
        slug=form.text("slug") or None,
        unlisted=form.unlisted.data,
    )


def _page(form: CategoryForm, found: Category | None = None, *, status: int = 200) -> ResponseReturnValue:
    tx = db.session()
    return htmx.render(
        "staff/catalog/category.html",
        status=status,
        form=form,
        category=found,
        events=changes(tx, "category", found.id) if found else [],
        attributes=catalog.attributes_of(tx, found.id) if found else [],
        kinds=attribute_kinds(),
        above={node.id: node.name for node in catalog.path_of(tx, found.id)} if found else {},
    )
