"""The page for two editors of one thing: theirs, which is kept, beside yours, which is not saved yet."""

from collections.abc import Sequence
from typing import Any, Protocol

from flask import Response, request, url_for
from flask_babel import gettext as _
from wtforms import BooleanField, SelectMultipleField

from portal.web import htmx
from portal.web.forms import Form


class Edited(Protocol):
    """What two have edited, as it is now."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...


def version() -> int:
    """The version the form was opened with; -1, which is never current, if that was left out or tampered with."""
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def conflicted(mine: Form, theirs: Form, found: Edited, *, back: str = "", now: int | None = None) -> Response:
    """409: nothing was overwritten. What was typed can be saved over it now, knowingly, where it was sent before.

    `back` is the page of what was edited, if it has another address; `now` their version, if it is not that of `found`.
    """
    action = url_for(request.endpoint or "", **(request.view_args or {}))
    rows = [
        {
            "label": field.label.text,
            "theirs": _shown(other),
            "mine": _shown(field),
            "differs": _typed(other) != _typed(field),
        }
        for field, other in zip(mine, theirs, strict=True)
    ]
    kept: dict[str, Sequence[str]] = {field.name: _typed(field) for field in mine}
    kept |= {"version": [str(found.version if now is None else now)]}
    return htmx.render(
        "staff/catalog/conflict.html",
        status=409,
        name=found.name,
        rows=rows,
        kept=kept,
        action=action,
        back=back or action,
    )


def _shown(field: Any) -> str:
    """What people read: of a choice its words."""
    if isinstance(field, BooleanField):
        return _("yes") if field.data else _("no")
    if getattr(field, "choices", None):
        typed = _typed(field)
        return ", ".join(str(label).strip() for value, label in field.choices if str(value) in typed)
    return "".join(_typed(field))


def _typed(field: Any) -> list[str]:
    """What the field sends: a value, or several, or none."""
    if isinstance(field, BooleanField):
        return ["1" if field.data else ""]
    if isinstance(field, SelectMultipleField):
        return [str(value) for value in field.data or ()]
    value = field.data if hasattr(field, "choices") else field._value()
    # Browsers send what has several lines with other ends of lines than were stored.
    return ["" if value is None else str(value).replace("\r\n", "\n")]
