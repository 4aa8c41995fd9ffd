"""The blueprint of the API, and what its modules need of the application."""

from typing import cast

from flask import Blueprint, Response, current_app, g

from portal.config import Settings

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


def settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """What was answered to one caller is for nobody's cache."""
    if "caller" in g:
        response.headers["Cache-Control"] = "no-store"
    return response
