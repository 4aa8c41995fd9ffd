"""Words of the catalog for staff: what a price is for, and how far a product is."""

from flask_babel import gettext as _

from portal.domains.catalog import Product


def unit_words() -> dict[str, str]:
    """What a price may be for."""
    return {
        "booking": _("the whole booking"),
        "person": _("each person"),
        "half_hour": _("each half hour"),
        "hour": _("each hour"),
        "piece": _("each piece"),
    }


def state_of(product: Product) -> str:
    """How far a product is: draft, active, withdrawn."""
    if product.withdrawn_at is not None:
        return "withdrawn"
    return "active" if product.published_at is not None else "draft"


def often_words() -> dict[str, str]:
    """How often something comes again."""
    return {
        "week": _("Every week"),
        "fortnight": _("Every other week"),
        "first": _("First of the month"),
        "second": _("Second of the month"),
        "third": _("Third of the month"),
        "fourth": _("Fourth of the month"),
        "last": _("Last of the month"),
    }


def attribute_kinds() -> dict[str, str]:
    """What an attribute may be."""
    return {
        "text": _("Text"),
        "number": _("Number"),
        "choice": _("Choice"),
        "flag": _("Yes or no"),
        "date": _("Day"),
    }


def places_shown() -> dict[str, str]:
    """Where customers see an attribute."""
    return {
        "list": _("in lists and on the product's page"),
        "page": _("on the product's page"),
        "staff": _("to staff only"),
    }
