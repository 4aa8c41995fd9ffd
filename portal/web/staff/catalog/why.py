"""A page that asks why before something is taken back or ended."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from portal.domains import catalog
from portal.web import htmx
from portal.web.database import db
from portal.web.staff.catalog.rate_form import WhyForm


def form() -> WhyForm:
    """What was typed."""
    return WhyForm(prefix="why-")


def ask(product_id: UUID, title: str, action: str, typed: WhyForm | None = None) -> ResponseReturnValue:
    """The page; as it was typed, with its fault."""
    return htmx.render(
        "staff/catalog/why.html",
        status=422 if typed else 200,
        product=catalog.get_product(db.session(), product_id),
        title=title,
        action=action,
        form=typed or WhyForm(formdata=None, prefix="why-"),
    )
