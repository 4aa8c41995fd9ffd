"""The blueprint of the hooks: no cookies, no token of ours; each reads the sender's signature."""

from flask import Blueprint

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")
