"""Connected apps: what somebody allowed, and taking it back."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import audit
from portal.domains.identity import tokens
from portal.kernel import clock
from portal.web.database import db, transaction
from portal.web.errors import say
from portal.web.guards import customer
from portal.web.htmx import render, see_other
from portal.web.oauth.face import pages


@pages.get("/account/apps")
@customer
def apps() -> Response:
    found = tokens.connected_apps(db.session(), current_user.id, now=clock.now())
    says = {name: say(scope.says) for name, scope in tokens.SCOPES.items()}
    return render("oauth/apps.html", apps=found, says=says)


@pages.post("/account/apps/<client_id>/disconnection")
@customer
def disconnect(client_id: str) -> Response:
    with transaction() as tx:
        tokens.disconnect(tx, current_user.id, client_id, now=clock.now())
        audit.record(tx, current_user.id, "app.disconnected", "account", str(current_user.id), client=client_id)
    flash(_("Disconnected. The app can do nothing in your name any more."), "success")
    return see_other(url_for("oauth.apps"))
