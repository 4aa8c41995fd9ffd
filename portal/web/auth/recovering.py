"""Recovery codes and remembered devices: what helps on the day the phone is lost, and what has to end then."""

from urllib.parse import quote
from uuid import UUID

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import identity
from portal.domains.identity import Purpose
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.web import account_letters as letters
from portal.web import records, sessions
from portal.web.auth.face import blueprint
from portal.web.database import transaction
from portal.web.guards import customer, fresh
from portal.web.htmx import render, see_other


@blueprint.post("/account/security/recovery")
@fresh(Purpose.ACCOUNT)
@customer
def make_recovery_codes() -> Response:
    """Ten new codes, shown in this answer and never again."""
    with transaction() as tx:
        made = identity.make_codes(tx, current_user.id)
        records.done(tx, "factor.added", current_user.id, factor="recovery")
        letters.tell_change(tx, current_user, "recovery", now=clock.now())
    if not sessions.renew():
        return see_other(url_for("auth.sign_in"))
    head = _("Recovery codes for Jari, %(email)s. Each works once.", email=current_user.email)
    # The file is in the page itself: what is shown once lies nowhere to be fetched again.
    file = "data:text/plain;charset=utf-8," + quote("\n".join([head, "", *made, ""]))
    return render("auth/recovery.html", codes=made, file=file)


@blueprint.post("/account/security/devices/removal")
@fresh(Purpose.ACT)
@customer
def forget_devices() -> Response:
    return _forget(None)


@blueprint.post("/account/security/devices/<uuid:device_id>/removal")
@fresh(Purpose.ACT)
@customer
def forget_device(device_id: UUID) -> Response:
    return _forget(device_id)


def _forget(device_id: UUID | None) -> Response:
    with transaction() as tx:
        if not identity.forget_devices(tx, current_user.id, device_id) and device_id:
            raise NotFound
        records.done(tx, "device.forgotten", current_user.id, which=str(device_id or "all"))
    flash(_("Forgotten: we ask for a code there again."), "success")
    return see_other(url_for("auth.security"))
