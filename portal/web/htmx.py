"""The one reader of htmx's headers: a whole page for browsers, one block of it for htmx, by the same view.

The server names the block; what the client says about targets and triggers is never looked at.
"""

from collections.abc import Sequence
from typing import Any, cast

import htmx_flask
from flask import Flask, Response, current_app, make_response, redirect, render_template, request
from markupsafe import Markup


def install(app: Flask) -> None:
    """Teaches requests to know htmx."""
    htmx_flask.Htmx(app)


def render(template: str, block: str | Sequence[str] | None = None, *, status: int = 200, **data: Any) -> Response:
    """The page, or for htmx only the named block (several: one after the other, the later ones out of band)."""
    if block is None:
        return make_response(render_template(template, **data), status)
    if is_fragment():
        response = make_response(render_block(template, block, **data), status)
    else:
        response = make_response(render_template(template, **data), status)
    response.vary.add("HX-Request")
    return response


def render_block(template: str, block: str | Sequence[str], **data: Any) -> Markup:
    """One block of a template, or several, without the page round them. Raises KeyError for one there is none of."""
    page = current_app.jinja_env.get_template(template)
    current_app.update_template_context(data)
    context = page.new_context(data)
    names = [block] if isinstance(block, str) else block
    pieces = (piece for name in names for piece in page.blocks[name](context))
    return Markup("".join(pieces))  # noqa: S704  # the template's own output, escaped there


def see_other(url: str) -> Response:
    """On to another page after something was done: 303 for browsers, HX-Redirect for htmx."""
    return redirected(url) if is_fragment() else cast(Response, redirect(url, 303))


def redirected(url: str, *, status: int = 204) -> Response:
    """Tells htmx to leave the page for `url`; nothing is swapped."""
    response: Response = htmx_flask.make_response("", status, redirect=url)
    response.vary.add("HX-Request")
    return response


def is_fragment() -> bool:
    """Whether htmx asks for a piece of a page. Following a boosted link or going back, it wants the whole of it."""
    asked = htmx_flask.request.htmx
    return bool(asked) and not asked.boosted and not asked.history_restore_request


def current_url() -> str:
    """The address of the page that htmx is on; empty if it does not say."""
    return htmx_flask.request.htmx.current_url or request.referrer or ""
