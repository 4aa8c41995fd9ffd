"""How the shop says what is known about a product: numbers with units, days, yes or no, in the reader's language."""

from collections.abc import Mapping
from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from portal.domains.catalog import Trait
from portal.kernel import words
from portal.web.i18n import language


def said(trait: Trait, value: object) -> str:
    """«34 m²», «Experts», «yes», «1 Dec 2026»."""
    if trait.kind == "choice":
        return next((words for key, words in trait.options if key == value), "")
    if trait.kind == "number":
        return f"{words.decimal(value, language())} {trait.unit}".strip()
    if trait.kind == "date":
        return str(format_date(date.fromisoformat(str(value)), "long"))
    return fact(value)


def fact(value: object) -> str:
    """A text, a number, yes or no."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def told(values: list[tuple[Trait, object]], facts: Mapping[str, object] | None = None) -> list[tuple[str, str]]:
    """Rows of a table: the name and what is said."""
    rows = [(one.name, said(one, value)) for one, value in values]
    return rows + [(name, fact(value)) for name, value in (facts or {}).items()]
