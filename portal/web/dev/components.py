"""The components page: what the macros of templates/components look like, in every state."""

from flask import Blueprint, render_template

from portal.web.dev import samples
from portal.web.guards import public

blueprint = Blueprint("dev", __name__)


@blueprint.get("/dev/components")
@public
def components() -> str:
    return render_template("dev/components.html", **samples.everything())
