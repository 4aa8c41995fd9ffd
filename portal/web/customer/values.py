"""How the shop says what is known about a product: numbers with units, days, yes or no, in the reader's language."""

from collections.abc import Mapping
from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from portal.domains.catalog import Attribute
from portal.kernel import words
from portal.web.i18n import language


def said(attribute: Attribute, value: object) -> str:
    """«34 m²», «Experts», «yes», «1 Dec 2026»."""
    if attribute.kind == "choice":
        return next((words for key, words in attribute.options if key == value), "")
    if attribute.kind == "number":
        return f"{words.decimal(value, language())} {attribute.unit}".strip()
    if attribute.kind == "date":
        return str(format_date(date.fromisoformat(str(value)), "long"))
    return fact(value)


def fact(value: object) -> str:
    """A text, a number, yes or no."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def told(values: list[tuple[Attribute, object]], facts: Mapping[str, object] | None = None) -> list[tuple[str, str]]:
    """Rows of a table: the name and what is said."""
    rows = [(one.name, said(one, value)) for one, value in values]
    return rows + [(name, fact(value)) for name, value in (facts or {}).items()]
