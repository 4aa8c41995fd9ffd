"""What is signed in as this person: ending one of them, or all others."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import identity
from portal.domains.identity import Purpose
from portal.kernel.errors import NotFound
from portal.web import records, sessions
from portal.web.auth.face import blueprint
from portal.web.database import transaction
from portal.web.guards import customer, fresh
from portal.web.htmx import see_other


@blueprint.post("/account/sessions/<key>/end")
@fresh(Purpose.ACT)
@customer
def end_session(key: str) -> Response:
    """Ends one. That of somebody else is not there."""
    if key == identity.key_of(sessions.current().sid):
        return see_other(url_for("auth.security"))  # this one is ended by signing out
    if not sessions.store().revoke(str(current_user.id), key):
        raise NotFound
    with transaction() as tx:
        records.done(tx, "session.ended", current_user.id, which=key[:8])
    flash(_("Signed out there."), "success")
    return see_other(url_for("auth.security"))


@blueprint.post("/account/sessions/end")
@fresh(Purpose.ACT)
@customer
def end_other_sessions() -> Response:
    """Ends all but this one, and forgets devices: whoever has one of them gets in by nothing any more."""
    ended = sessions.store().revoke_all(str(current_user.id), keep=sessions.current().sid)
    with transaction() as tx:
        identity.forget_devices(tx, current_user.id)
        records.done(tx, "session.ended", current_user.id, which="others", count=ended)
    flash(_("Signed out everywhere else."), "success")
    return see_other(url_for("auth.security"))
