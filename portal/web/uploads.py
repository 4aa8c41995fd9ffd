"""Files that come in: each view says how much it takes, and answers itself, beside its field, when more is sent.

Only the length that the request tells is looked at. What is too much is read and dropped piece by piece, because a
browser shows an answer only after it has sent everything; nothing of it is kept.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

REST = 64 * 1024
"""Bytes of a form besides its file."""
PIECE = 64 * 1024
MOST_DROPPED = 256 * 1024 * 1024
"""Whoever sends more than that is cut off."""


def takes(most: int, refused: Callable[..., ResponseReturnValue]) -> Callable[[View], View]:
    """The view takes a file of `most` bytes. For more, `refused` answers, with the parts of the address."""

    def mark(view: View) -> View:
        view.takes, view.refused = most + REST, refused  # type: ignore[attr-defined]  # functions take attributes
        return view

    return mark


def install(app: Flask) -> None:
    """Gives each request the bound of its view, before anything reads it."""
    app.before_request(_allow)


def install_refusal(app: Flask) -> None:
    """Lets views answer what is too large for them. Comes after the guards: nobody else's gigabytes are read."""
    app.before_request(_refuse)


def is_too_large() -> bool:
    """More is sent than the view takes, which it will say itself; the form cannot be read."""
    return _taken() is not None and (request.content_length or 0) > (_taken() or 0)


def _allow() -> None:
    if (taken := _taken()) is not None:
        request.max_content_length = taken


def _refuse() -> ResponseReturnValue | None:
    if not is_too_large():
        return None
    # None would mean the bound of all the other views; and where a web server says itself when the body ends, a bound
    # that is reached counts as exceeded.
    request.max_content_length = (request.content_length or 0) + 1
    left = MOST_DROPPED
    while left > 0 and (piece := request.stream.read(PIECE)):
        left -= len(piece)
    view = current_app.view_functions[request.endpoint or ""]
    refused: Callable[..., ResponseReturnValue] = getattr(view, "refused")  # noqa: B009  # set together with takes
    return refused(**(request.view_args or {}))


def _taken() -> int | None:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "takes", None)
