"""What others tell by themselves, checked by signature and taken in once: payment providers, whose word is only a hint,
and identity providers that end somebody's sessions."""

from flask import Flask

from portal.config import Settings
from portal.web.hooks import signed_out, stripe, toss
from portal.web.hooks.face import blueprint

__all__ = ["install", "signed_out", "stripe", "toss"]


def install(app: Flask, settings: Settings) -> None:
    """Registers the face."""
    app.register_blueprint(blueprint)
