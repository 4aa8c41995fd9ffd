"""What is in somebody's hands at the checkout: places, things to take along, points, and what all of it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from portal.domains import catalog, orders, points, reservations, resources
from portal.domains.catalog import Article, Listed, Product
from portal.domains.points import Balance
from portal.domains.reservations import Hold
from portal.domains.resources import Place
from portal.kernel import clock, questions
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.kernel.money import Money
from portal.web.customer import face

OFFERED = 6
"""Things to take along that are offered; what was chosen elsewhere is listed besides."""
MOST_KINDS = 30
MOST_OF_ONE = 99
MOST_HOLDS = 50
GOODS = "goods-"


@dataclass(frozen=True)
class Held:
    """A place and where it is. `live`: it is still held; otherwise it ran out and can be asked for again."""

    hold: Hold
    product: Product
    venue: Place
    live: bool

    @property
    def zone(self) -> ZoneInfo:
        return clock.zone(self.venue.time_zone)

    @property
    def minutes(self) -> int:
        return int((self.hold.ends_at - self.hold.starts_at).total_seconds()) // 60

    @property
    def money(self) -> Money:
        return Money(self.hold.amount, self.hold.currency)


@dataclass(frozen=True)
class Item:
    """Something to take along. `quantity` is None when what was typed is no number."""

    product: Article | Product
    price: Money
    quantity: int | None
    typed: str
    most: int = MOST_OF_ONE
    """As many as there are and as go with what is booked."""

    @property
    def field(self) -> str:
        return f"{GOODS}{self.product.id}"

    @property
    def amount(self) -> Money:
        return self.price * max(0, self.quantity or 0)


@dataclass(frozen=True)
class Basket:
    """Everything of one checkout. `points` is None when what was typed is no number."""

    places: Sequence[Held]
    goods: Sequence[Item]
    balance: Balance
    points: int | None
    currency: str

    @property
    def products(self) -> list[Article | Product]:
        return [*(place.product for place in self.places), *(item.product for item in self.goods)]

    @property
    def held(self) -> list[Held]:
        return [place for place in self.places if place.live]

    @property
    def chosen(self) -> list[Item]:
        return [item for item in self.goods if item.quantity]

    @property
    def total(self) -> Money:
        amounts = [place.hold.amount for place in self.held] + [item.amount.amount for item in self.chosen]
        return Money(sum(amounts, Decimal(0)), self.currency)

    @property
    def most(self) -> int:
        return orders.most_points(self.total.amount, self.balance.available)

    @property
    def used(self) -> int:
        """The points that pay, if what was typed is possible; none otherwise."""
        return self.points if self.points is not None and 0 <= self.points <= self.most else 0

    @property
    def charge(self) -> Money:
        return self.total - Money(Decimal(self.used), self.currency)

    @property
    def is_empty(self) -> bool:
        return not self.places and not self.chosen


def basket_of(
    tx: Tx, account_id: UUID, given: MultiDict[str, str], now: datetime, currency: str, *, offering: bool = True
) -> Basket:
    """Reads what is held and what was typed: `hold` ids seen before, `goods-ID`, `points`. Raises NotFound.

    `offering`: with things to take along that nobody has chosen yet.
    """
    live, balance = questions.answers(
        tx, reservations.holds_of_question(tx, account_id, now), points.balance_question(account_id, now)
    )
    ended = _ended(tx, account_id, live, face.ids(given.getlist("hold")[:MOST_HOLDS]), now)
    places, along = _places(tx, live, ended, now, offering=offering)
    booked = [place.product.id for place in places if place.live]
    typed = given.get("points", "").strip()
    return Basket(
        places=places,
        goods=_goods(tx, given, booked, along, now, offering=offering),
        balance=balance,
        points=face.whole(typed) if typed else 0,
        currency=next((place.hold.currency for place in places), currency),
    )


def _ended(tx: Tx, account_id: UUID, live: Sequence[Hold], seen: Sequence[UUID], now: datetime) -> list[Hold]:
    """What of `seen` ran out meanwhile."""
    gone = [id for id in seen if id not in {hold.id for hold in live}]
    return [
        hold
        for hold in reservations.holds(tx, gone)
        if hold.account_id == account_id and hold.starts_at > now and hold.state_at(now) == "ended"
    ]


def _places(
    tx: Tx, live: Sequence[Hold], ended: Sequence[Hold], now: datetime, *, offering: bool
) -> tuple[list[Held], list[Listed]]:
    """What is held, and what ran out, in the order of the times; with `offering`, also what goes with what is held."""
    every = sorted([*live, *ended], key=lambda hold: hold.starts_at)
    if not every:
        return [], []
    asked = (
        catalog.products_question(tx, {hold.product_id for hold in every}),
        resources.places_question({hold.resource_id for hold in every}),
    )
    along: list[Listed] = []
    if offering:
        products, venues, along = questions.answers(
            tx, *asked, catalog.along_question(tx, {hold.product_id for hold in live}, now=now)
        )
    else:
        products, venues = questions.answers(tx, *asked)
    return [Held(hold, products[hold.product_id], venues[hold.resource_id], hold in live) for hold in every], along


def _goods(
    tx: Tx,
    given: MultiDict[str, str],
    booked: Sequence[UUID],
    along: Sequence[Listed],
    now: datetime,
    *,
    offering: bool,
) -> list[Item]:
    """Things to take along: those that go with what is booked, or else some that there are, and every one that was
    chosen."""
    typed = {key.removeprefix(GOODS): value.strip() for key, value in given.items() if key.startswith(GOODS)}
    asked = face.ids(list(typed)[:MOST_KINDS])
    offered = along
    if offering and not offered:
        offered = catalog.list_products(tx, now=now, kind="goods", limit=OFFERED).items
    found = [(one.product, one.price) for item in offered for one in item.sold]
    for product_id in asked:
        if product_id not in {product.id for product, _ in found}:
            product = catalog.get_product(tx, product_id)
            if product.kind != "goods":
                raise NotFound
            found.append((product, catalog.price_at(tx, product_id, now)))
    most = catalog.most_along(tx, booked, {product.id for product, _ in found})
    return [
        Item(
            product,
            Money(price.amount, price.currency),
            face.whole(said) if said else 0,
            said,
            min(product.stock or 0, most.get(product.id, MOST_OF_ONE), MOST_OF_ONE),
        )
        for product, price in found
        if price is not None and (product.stock or str(product.id) in typed)
        for said in [typed.get(str(product.id), "")]
    ]
