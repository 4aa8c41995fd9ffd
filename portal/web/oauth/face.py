"""Two blueprints: pages for people, with a session; endpoints for clients, which prove themselves in each request."""

from typing import cast

from flask import Blueprint, current_app

from portal.config import Settings
from portal.domains.identity import Vault
from portal.web import sessions

pages = Blueprint("oauth", __name__)
pages.before_request(sessions.require)
endpoints = Blueprint("oauth_endpoints", __name__, url_prefix="/oauth")


def settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def vault() -> Vault:
    return cast(Vault, current_app.extensions["vault"])
