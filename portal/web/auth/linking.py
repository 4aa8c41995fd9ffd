"""Linking outside sign-ins to the account one is signed in to, and unlinking them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains.identity import Purpose, federation
from portal.kernel import clock
from portal.web import account_letters as letters
from portal.web import records
from portal.web.auth.arriving import providers
from portal.web.auth.face import blueprint
from portal.web.auth.outside import set_out
from portal.web.database import db, transaction
from portal.web.errors import words_of
from portal.web.guards import customer, fresh
from portal.web.htmx import see_other


@blueprint.post("/account/security/sign-ins/<name>")
@fresh(Purpose.ACCOUNT)
@customer
def link_sign_in(name: str) -> Response:
    return set_out(providers().find(name) or abort(404), account=str(current_user.id))


@blueprint.post("/account/security/sign-ins/<uuid:identity_id>/removal")
@fresh(Purpose.ACCOUNT)
@customer
def unlink_sign_in(identity_id: UUID) -> Response:
    try:
        with transaction() as tx:
            federation.unlink(tx, current_user.id, identity_id, issuers=providers().issuers)
            records.done(tx, "sign_in.unlinked", current_user.id)
            letters.tell_change(tx, current_user, "sign_in.unlinked", now=clock.now())
    except federation.LastWayIn as fact:
        flash(words_of(fact), "warning")
    else:
        flash(_("Unlinked. It does not open your account any more."), "success")
    return see_other(url_for("auth.security", _anchor="linked"))


@blueprint.context_processor
def _for_pages() -> dict[str, Callable[[], Any]]:
    return {"linked_sign_ins": linked_sign_ins}


def linked_sign_ins() -> list[dict[str, Any]]:
    """One line for each provider, linked or not, and for each linked one that is offered no more."""
    linked = {one.issuer: one for one in federation.linked(db.session(), current_user.id)}
    lines = [
        {"name": one.settings.name, "title": one.settings.title, "linked": linked.pop(one.issuer, None)}
        for one in providers()
    ]
    return lines + [{"name": None, "title": issuer, "linked": one} for issuer, one in linked.items()]
