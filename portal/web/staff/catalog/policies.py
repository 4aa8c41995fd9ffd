"""Refund policies for staff: what each says, a new one, another wording from now on, and which products have it."""

from decimal import Decimal
from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog
from portal.domains.catalog import PolicyFields, RefundPolicy, RefundTerms
from portal.kernel.errors import Invalid, Stale
from portal.kernel.money import rounded
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.refund_words import Sold, rule_of
from portal.web.staff.catalog import product_page
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.catalog.forms import MOST_TIERS, PolicyForm
from portal.web.staff.face import blueprint, settings
from portal.web.staff.happenings import changes


@blueprint.get("/policies")
@staff("catalog")
def policies() -> ResponseReturnValue:
    """Every policy, in the sentence that customers read."""
    rows = [(one, rule_of(Sold("", one.terms))) for one in catalog.refund_policies(db.session())]
    default = any(one.policy.is_default for one, _said in rows)
    return htmx.render(
        "staff/catalog/policies.html", rows=rows, usual="" if default else rule_of(Sold("", catalog.USUAL))
    )


@blueprint.get("/policies/new")
@staff("catalog")
def new_policy() -> ResponseReturnValue:
    return _page(_form(typed=False))


@blueprint.post("/policies")
@staff("catalog")
def create_policy() -> ResponseReturnValue:
    form = _form(typed=True)
    if form.validate():
        try:
            with transaction() as tx:
                made = catalog.create_refund_policy(
                    tx, _fields(form), currency=settings().default_currency, by=current_user.id
                )
        except Invalid as fact:
            form.blame(fact)
        else:
            flash(_("%(name)s is there. Choose it on the page of a product.", name=made.name), "success")
            return htmx.see_other(url_for(".policies"))
    return _page(form, status=422)


@blueprint.get("/policies/<uuid:policy_id>")
@staff("catalog")
def policy(policy_id: UUID) -> ResponseReturnValue:
    found = catalog.get_refund_policy(db.session(), policy_id)
    return _page(_form(found, typed=False), found)


@blueprint.post("/policies/<uuid:policy_id>")
@staff("catalog")
def edit_policy(policy_id: UUID) -> ResponseReturnValue:
    """Another wording from now on; whoever has booked keeps theirs."""
    form = _form(catalog.get_refund_policy(db.session(), policy_id), typed=True)
    if form.validate():
        try:
            with transaction() as tx:
                catalog.edit_refund_policy(
                    tx, policy_id, version(), _fields(form), currency=settings().default_currency, by=current_user.id
                )
        except Invalid as fact:
            form.blame(fact)
        except Stale:
            found = catalog.get_refund_policy(db.session(), policy_id)
            return conflicted(form, _form(found, typed=False), found)
        else:
            flash(_("Saved. It counts for new bookings; whoever has booked keeps what was promised."), "success")
            return htmx.see_other(url_for(".policies"))
    return _page(form, catalog.get_refund_policy(db.session(), policy_id), status=422)


@blueprint.post("/products/<uuid:product_id>/refund-policy")
@staff("catalog")
def assign_policy(product_id: UUID) -> ResponseReturnValue:
    """Sells a product under another policy from now on."""
    form = product_page.assignment_form(db.session(), catalog.get_product(db.session(), product_id), typed=True)
    if form.validate():
        try:
            with transaction() as tx:
                catalog.assign_refund_policy(tx, product_id, version(), form.refund_policy.data, by=current_user.id)
        except Invalid as fact:
            form.blame(fact)
        except Stale:
            product = catalog.get_product(db.session(), product_id)
            theirs = product_page.assignment_form(db.session(), product, typed=False)
            back = url_for(".product", product_id=product_id, _anchor="refunds")
            return conflicted(form, theirs, product, back=back)
        else:
            flash(_("Saved. It counts for new bookings; whoever has booked keeps what was promised."), "success")
            return htmx.see_other(url_for(".product", product_id=product_id, _anchor="refunds"))
    return product_page.show(product_id, assignment=form, status=422)


def _form(found: RefundPolicy | None = None, *, typed: bool) -> PolicyForm:
    form = PolicyForm() if typed else PolicyForm(formdata=None, data=_written(found) if found else None)
    form.refundable.choices = [("yes", _("by how long it is until the start")), ("no", _("nothing, ever"))]
    form.is_default.choices = [
        ("", _("those it is chosen for")),
        ("yes", _("also all without a policy")),
    ]
    return form


def _written(found: RefundPolicy) -> dict[str, object]:
    terms = _terms(found)
    tiers = dict(enumerate(terms.tiers, 1))
    rows = {n: tiers[n] for n in range(1, MOST_TIERS + 1) if n in tiers}
    return {
        "name": found.name,
        "refundable": "yes" if terms.refundable else "no",
        "fee": rounded(terms.fee, terms.currency) if terms.fee else None,
        "fee_percent": terms.fee_percent or None,
        "is_default": "yes" if found.is_default else "",
        **{f"hours_{n}": tier.hours for n, tier in rows.items()},
        **{f"percent_{n}": tier.percent for n, tier in rows.items()},
    }


def _terms(found: RefundPolicy) -> RefundTerms:
    return catalog.rules_of(db.session(), found.id)[0].terms


def _fields(form: PolicyForm) -> PolicyFields:
    fee: Decimal | None = form.fee.data
    return PolicyFields(
        name=form.text("name"),
        tiers=form.tiers,
        refundable=form.text("refundable") != "no",
        fee=fee,
        fee_percent=form.fee_percent.data,
        is_default=form.text("is_default") == "yes",
    )


def _page(form: PolicyForm, found: RefundPolicy | None = None, *, status: int = 200) -> ResponseReturnValue:
    tx = db.session()
    rules = catalog.rules_of(tx, found.id) if found else []
    return htmx.render(
        "staff/catalog/policy.html",
        status=status,
        form=form,
        policy=found,
        rows=range(1, MOST_TIERS + 1),
        rules=[(rule, rule_of(Sold("", rule.terms))) for rule in rules],
        products=catalog.products_under(tx, found.id) if found else [],
        events=changes(tx, "refund_policy", found.id) if found else [],
        currency=settings().default_currency,
    )
