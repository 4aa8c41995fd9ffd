"""Orders: accepted at once and finished by the workers; whoever asks again sees how far they are."""

from pydantic import Field

from portal.domains import orders
from portal.domains.orders import Goods
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid
from portal.web.api.bodies import idempotency_key
from portal.web.api.callers import caller
from portal.web.api.calls import Answer, call
from portal.web.api.face import settings
from portal.web.api.ordered import OrderPage, OrderTold, told_of
from portal.web.api.paging import Paged, cursor_of, moment_after, page
from portal.web.api.products import named
from portal.web.api.shapes import Asked, Id, Slug, Told
from portal.web.database import db, transaction

MOST_LINES = 50


class GoodsAsked(Asked):
    product: Slug = Field(description="The slug of goods.")
    quantity: int = Field(ge=1, le=99)


class PaymentAsked(Asked):
    token: str = Field(
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="The provider's token of a card, such as `pm_card_visa` in the demo.",
    )


class OrderAsked(Asked):
    holds: list[Id] = Field(default=[], max_length=MOST_LINES, description="Ids of the caller's holds.")
    goods: list[GoodsAsked] = Field(default=[], max_length=MOST_LINES)
    points: int = Field(0, ge=0, le=1_000_000_000, description="How many points pay a part.")
    payment: PaymentAsked | None = Field(None, description="How the rest is paid; not needed when points pay it all.")


class OrderAccepted(Told):
    number: str
    state: str


@call(
    "/orders",
    method="POST",
    scope="bookings:write",
    answers={202: OrderAccepted},
    tag="Booking",
    repeatable=True,
    problems={404, 409},
)
def place_order(json: OrderAsked) -> Answer:
    """Order holds and goods.

    The order is taken in and paid by itself; its address says how far it is. When the customer must confirm at the
    provider, it shows `action`. 404 for holds that are not the caller's; 409 with the code `hold-ended` for one that
    has run out.
    """
    with transaction() as tx:
        order = orders.accept(
            tx,
            idempotency_key=idempotency_key(),
            account_id=caller().id,
            hold_ids=list(dict.fromkeys(json.holds)),
            goods=_goods(tx, json),
            points=json.points,
            token=json.payment.token if json.payment else "",
            now=clock.now(),
            currency=settings().default_currency,
            points_rate=settings().points_rate,
            pay_within=settings().pay_within_minutes * 60,
        )
    told = OrderAccepted(number=order.number, state=order.state)
    return told, 202, {"Location": f"/api/v1/orders/{order.number}"}


@call("/orders", scope="bookings:read", answers={200: OrderPage}, tag="Booking")
def list_orders(query: Paged) -> Answer:
    """Your orders.

    The newest come first.
    """
    tx = db.session()
    found = orders.orders_of(tx, caller().id, limit=query.limit + 1, before=moment_after(query.cursor))
    shown, last = page(found, query.limit)
    return OrderPage(items=told_of(tx, shown), next=cursor_of(last.placed_at, last.id) if last else None)


@call("/orders/<number>", scope="bookings:read", answers={200: OrderTold}, tag="Booking", problems={404})
def order(number: str) -> Answer:
    """One order, and how far it is."""
    tx = db.session()
    return told_of(tx, [orders.get_by_number(tx, number, account_id=caller().id)])[0]


def _goods(tx: Tx, json: OrderAsked) -> list[Goods]:
    """The goods by their ids. Raises Invalid for one named twice, and for an order of nothing."""
    if not json.holds and not json.goods:
        raise Invalid({"holds": N_("There is nothing to order yet. Choose a time first.")})
    slugs = [asked.product for asked in json.goods]
    twice = {
        f"goods.{place}.product": N_("This is named twice; say how many instead.")
        for place, slug in enumerate(slugs)
        if slug in slugs[:place]
    }
    if twice:
        raise Invalid(twice)
    return [
        Goods(named(tx, asked.product, f"goods.{place}.product").id, asked.quantity)
        for place, asked in enumerate(json.goods)
    ]
