"""Products for staff: the list, a new one, and what is written about one."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog
from portal.domains.catalog import ProductFields
from portal.kernel import clock
from portal.kernel.errors import N_, Invalid, Stale
from portal.kernel.fields import Faults
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import product_page
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.catalog.facts import read_facts
from portal.web.staff.catalog.fields import NOBODY
from portal.web.staff.catalog.forms import NewProductForm, ProductForm
from portal.web.staff.catalog.values import read_values
from portal.web.staff.catalog.words import state_of, unit_words
from portal.web.staff.face import blueprint

STATES = ("published", "draft", "withdrawn")


@blueprint.get("/products")
@staff("catalog")
def products() -> ResponseReturnValue:
    """The list, by the tree and by name, with what each costs now."""
    tx, now = db.session(), clock.now()
    q, asked = request.args.get("q", "")[:100], request.args.get("category", "")
    state = request.args.get("state") if request.args.get("state") in STATES else None
    nodes = catalog.flat(catalog.category_tree(tx, now=now, hidden=True))
    category = next((node.category for node in nodes if node.category.slug == asked), None)
    category_id = category.id if category else None
    after = request.args.get("after") or None
    page = catalog.staff_products(tx, now=now, q=q, category_id=category_id, state=state, after=after)
    kept: dict[str, Any] = {"q": q or None, "category": category.slug if category else None, "state": state}
    more = url_for(".products", **kept, after=page.after) if page.after else None
    return htmx.render(
        "staff/catalog/products.html",
        "product_list",
        items=page.items,
        state_of=state_of,
        units=unit_words(),
        nodes=nodes,
        q=q,
        category=category,
        state=state,
        more=more,
    )


@blueprint.get("/products/new")
@staff("catalog")
def new_product() -> ResponseReturnValue:
    """A form with the fields of the category it was asked for in, if any."""
    asked = request.args.get("category_id", type=UUID)
    return _new_page(cast(NewProductForm, product_page.details_form(db.session(), typed=False, category_id=asked)))


@blueprint.post("/products/values")
@staff("catalog")
def product_values() -> ResponseReturnValue:
    """The fields of the category that was chosen, with what was typed so far; nothing is kept. Without scripts the
    whole form comes back."""
    form = cast(NewProductForm, product_page.details_form(db.session(), typed=True))
    return htmx.render("staff/catalog/_values.html", form=form) if htmx.is_fragment() else _new_page(form)


@blueprint.post("/products")
@staff("catalog")
def create_product() -> ResponseReturnValue:
    """A draft; its page is where prices and times are set."""
    form = cast(NewProductForm, product_page.details_form(db.session(), typed=True))
    if form.validate():
        unread = Faults()
        fields = _fields(form, unread)
        try:
            with transaction() as tx:
                made = catalog.create_product(tx, form.text("kind"), fields, by=current_user.id)
                unread.stop()
        except Invalid as fact:
            form.blame(Invalid(fact.faults | unread.found))
        else:
            flash(_("%(name)s is there as a draft. Give it a price, then publish it.", name=made.name), "success")
            return htmx.see_other(url_for(".product", product_id=made.id))
    return _new_page(form, 422)


@blueprint.get("/products/<uuid:product_id>")
@staff("catalog")
def product(product_id: UUID) -> ResponseReturnValue:
    return product_page.show(product_id)


@blueprint.post("/products/<uuid:product_id>")
@staff("catalog")
def edit_product(product_id: UUID) -> ResponseReturnValue:
    """Writes it, unless somebody else did since the page was opened."""
    found = catalog.get_product(db.session(), product_id)
    form = product_page.details_form(db.session(), found, typed=True)
    if form.validate():
        unread = Faults()
        fields = _fields(form, unread, found.attributes)
        try:
            with transaction() as tx:
                catalog.edit_product(tx, product_id, version(), fields, by=current_user.id)
                unread.stop()
        except Invalid as fact:
            form.blame(Invalid(fact.faults | unread.found))
        except Stale:
            tx = db.session()
            found = catalog.get_product(tx, product_id)
            theirs = product_page.details_form(tx, found, typed=False, category_id=form.category_id.data)
            return conflicted(form, theirs, found)
        else:
            flash(_("Saved."), "success")
            return htmx.see_other(url_for(".product", product_id=product_id))
    return product_page.show(product_id, details=form, status=422)


def _fields(form: ProductForm, unread: Faults, kept: Mapping[str, object] | None = None) -> ProductFields:
    """What was typed; of its facts those that could be read, the others are told in `unread`."""
    return ProductFields(
        category_id=form.category_id.data or NOBODY,
        name=form.text("name"),
        summary=form.text("summary"),
        description=form.text("description"),
        cover=form.text("cover"),
        attributes=_values(form, unread, kept or {}),
        slug=form.text("slug") or None,
    )


def _values(form: ProductForm, unread: Faults, kept: Mapping[str, object]) -> dict[str, object]:
    """What was typed, and what the form did not ask for because it belongs to another category."""
    facts, typed = read_facts(unread, form.text("attributes")), read_values(form, form.defined)
    if both := facts.keys() & typed.keys():
        unread.add("attributes", N_("«%(name)s» has a field of its own."), name=min(both))
    free = catalog.free_facts(db.session(), kept)
    return {slug: value for slug, value in kept.items() if slug not in free and slug not in typed} | facts | typed


def _new_page(form: NewProductForm, status: int = 200) -> ResponseReturnValue:
    return htmx.render("staff/catalog/new_product.html", status=status, form=form)
