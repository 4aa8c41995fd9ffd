"""How lately somebody has to have shown who they are before an app gets anything: our own rule, and what the app asks.

`max_age` and `prompt=login` are read as OpenID Connect Core has them (3.1.2.1); an app that our API sent back for a
newer sign-in (RFC 9470) asks with the first.
"""

import re

from authlib.oauth2.rfc6749 import InvalidRequestError
from flask import request, session

from portal.domains.identity import Purpose
from portal.web import sessions

SECONDS = re.compile(r"\d{1,9}")
PROMPTS = frozenset({"none", "login", "consent", "select_account"})


class ConsentRequired(InvalidRequestError):
    """The app wants an answer without a page; nobody answers here for somebody else."""

    error = "consent_required"


def check() -> None:
    """Raises InvalidRequestError for what cannot be read, ConsentRequired where the app wants no page at all."""
    age, prompts = request.args.get("max_age"), _prompts()
    if age is not None and not SECONDS.fullmatch(age):
        raise InvalidRequestError("max_age is a number of seconds.")
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise InvalidRequestError("This prompt is not known.")
    if "none" in prompts:
        raise ConsentRequired("The person has to be asked.")


def is_lately() -> bool:
    """Whether whoever is signed in here has shown it lately enough for this request.

    Who did so for this very page has done what any app can ask, however long they then read.
    """
    if not sessions.is_fresh(Purpose.ACT):
        return False
    if session.get("shown_for") == here():
        return True
    age = request.args.get("max_age")
    return "login" not in _prompts() and (age is None or sessions.is_fresh(Purpose.ACT, int(age)))


def used_up() -> None:
    """The next request shows anew what this one asked for."""
    session.pop("shown_for", None)


def here() -> str:
    """The address of this request, to come back to."""
    return request.full_path.removesuffix("?")


def _prompts() -> set[str]:
    return set(request.args.get("prompt", "").split())
