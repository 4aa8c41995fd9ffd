"""What a list may be narrowed by: conditions on the values of attributes, and nothing that is not defined."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, func, or_, true, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from portal.domains.catalog.models import Product


@dataclass(frozen=True)
class AnyOf:
    """One of these: keys of a choice, or yes and no of a flag."""

    slug: str
    values: Sequence[str | bool]

    def condition(self) -> ColumnElement[bool]:
        # One containment for each: the index on `attributes` answers all of them at once.
        return or_(false(), *(Product.attributes.contains({self.slug: value}) for value in self.values))


@dataclass(frozen=True)
class Between:
    """From `least` to `most`, both included; either may be open. Numbers, or days written 2026-12-01."""

    slug: str
    least: int | float | str | None = None
    most: int | float | str | None = None

    def condition(self) -> ColumnElement[bool]:
        # Compared as JSON: numbers by size, texts (and so days) by their letters, and no value makes the cast fail.
        value = Product.attributes[self.slug]
        bounds = [value >= type_coerce(self.least, JSONB)] if self.least is not None else []
        bounds += [value <= type_coerce(self.most, JSONB)] if self.most is not None else []
        return and_(true(), *bounds)


@dataclass(frozen=True)
class Containing:
    """This text is part of the value, in large or small letters."""

    slug: str
    text: str

    def condition(self) -> ColumnElement[bool]:
        return func.lower(Product.attributes[self.slug].astext).contains(self.text.lower(), autoescape=True)


Filter = AnyOf | Between | Containing
