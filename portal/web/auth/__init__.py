"""The way in: signing up, signing in with a second factor, signing out, and the page where one looks after all this."""

from flask import Flask

from portal import outside_saml
from portal.config import Settings
from portal.domains.identity import federation
from portal.kernel import log
from portal.web.auth import (
    adding,
    arriving,
    confirming,
    linking,
    outside,
    passkeys,
    password,
    recovering,
    resetting,
    saml,
    security,
    signed_in,
    signing_in,
    signing_up,
)
from portal.web.auth.face import blueprint

__all__ = [
    "adding",
    "arriving",
    "confirming",
    "install",
    "linking",
    "outside",
    "passkeys",
    "password",
    "recovering",
    "resetting",
    "saml",
    "security",
    "signed_in",
    "signing_in",
    "signing_up",
]


def install(app: Flask, settings: Settings) -> None:
    """Registers the face, and the outside providers that its pages offer."""
    usable = settings.saml
    if usable and (reason := outside_saml.missing()):
        # Production has not come this far: its settings say so (SamlProvider.faults).
        log.get("web.auth").error("no sign-in by SAML", providers=[one.name for one in usable], reason=reason)
        usable = ()
    providers = federation.Providers(settings.outside, usable, anywhere=settings.env != "production")
    app.extensions["outside"] = app.jinja_env.globals["outside"] = providers
    app.register_blueprint(blueprint)
    app.register_blueprint(saml.guarded_by_itself)
