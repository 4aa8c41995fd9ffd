"""Somebody in the race: what they do next is drawn from the seed, and done through the front doors of the domains."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Engine, text

from portal.domains import moving, orders, refunds, reservations, waiting
from portal.domains.reservations import Behind, Room
from portal.domains.waiting import Line
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from portal.kernel.ids import new_id
from tests.races.world import Ware, World, close_for_a_moment
from workers.engine import Driver

Made = TypeVar("Made")

OFFERS = {"minutes": 120, "before": 15}
KEPT_FOR = 120
"""Minutes of a hold: longer than any race, so that what ends is ended on purpose."""
AGAIN, PAUSE = 5, 0.02
"""How often somebody presses again who was told that others wait, and the seconds in between."""
REST = {"done", "compensated", "parked"}

RANDOM_ORDER = text(
    "SELECT id, account_id FROM orders WHERE state = 'completed' ORDER BY md5(id::text || :salt) LIMIT 1"
)
RANDOM_WAIT = text("SELECT id FROM waiting_entries WHERE state = 'waiting' ORDER BY md5(id::text || :salt) LIMIT 1")
RUN_OUT = text("""
    UPDATE reservations SET expires_at = clock_timestamp() WHERE status = 'PENDING' AND order_id IS NULL
    AND hold_id IN (SELECT hold_id FROM reservations WHERE status = 'PENDING' AND order_id IS NULL
                    ORDER BY md5(hold_id::text || :salt) LIMIT 1)
""")

rung = threading.local()
"""The sagas that this thread began and nobody has driven yet."""


def ring(saga_id: UUID) -> None:
    rung.ids = [*getattr(rung, "ids", []), saga_id]


def drive(driver: Driver) -> str:
    """Works on what this thread began, as a worker would; what waits for a later try is left to the end."""
    mine, rung.ids = getattr(rung, "ids", []), []
    return " ".join(sorted({str(driver.visit(saga_id)) for saga_id in mine}))


@dataclass
class Racer:
    """One person for one act. `refused` remembers wishes for which nothing was free."""

    engine: Engine
    world: World
    driver: Driver
    chance: Random
    refused: list[Room] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.me = self.chance.choice(self.world.people)
        self.ware = self.chance.choice(self.world.wares)
        self.wish = self.world.wish(self.ware, self.chance)
        self.salt = {"salt": str(self.chance.random())}

    def act(self) -> object:
        """Does one thing; answers what came of it. Raises Facts."""
        (what,) = self.chance.choices([act for act, _ in ACTS], [often for _, often in ACTS])
        return what(self)

    def want(self) -> object:
        """The last rush: everybody wants what is left, nobody lets anything go, and who is told that it is full says so
        afterwards."""
        key = str(new_id())
        for _ in range(AGAIN):
            try:
                return self._hold(key=key)
            except reservations.SlotWaitedFor:
                time.sleep(PAUSE)
            except reservations.SlotTaken:
                self.refused.append(self.wish)
                raise
        return "still waited for"

    def hold(self) -> object:
        return self._hold(served_by=self._chosen())

    def book(self) -> object:
        """A hold, and an order for all one holds, this and what was offered or chosen before."""
        self._hold(served_by=self._chosen())
        return self.order()

    def order(self) -> object:
        with transaction(self.engine) as tx:
            basket = reservations.holds_of(tx, self.me, clock.now())
            if not basket:
                return None
            paid = int(sum(one.amount for one in basket))
            given: dict[str, Any] = {"idempotency_key": str(new_id()), "now": clock.now()}
            orders.accept(tx, account_id=self.me, hold_ids=[one.id for one in basket], points=paid, **given)
        return drive(self.driver)

    def extend(self) -> object:
        with transaction(self.engine) as tx:
            basket = reservations.holds_of(tx, self.me, clock.now())
            given: dict[str, Any] = {"account_id": self.me, "now": clock.now(), "minutes": KEPT_FOR}
            return reservations.extend(tx, hold_id=basket[0].id, **given) if basket else None

    def let_go(self) -> None:
        with transaction(self.engine) as tx:
            for hold in reservations.holds_of(tx, self.me, clock.now())[:1]:
                reservations.release(tx, account_id=self.me, hold_id=hold.id)

    def run_out(self) -> None:
        """The minutes of somebody's hold, or of an offer, have gone by."""
        with transaction(self.engine) as tx:
            tx.execute(RUN_OUT, self.salt)

    def join(self) -> object:
        wish = self.wish
        with transaction(self.engine) as tx:
            times = {"starts_at": wish.starts_at, "ends_at": wish.ends_at, "now": clock.now()}
            return waiting.join(tx, account_id=self.me, product_id=wish.product_id, quantity=wish.quantity, **times)

    def leave(self) -> None:
        """Out of a line, or no to an offer, which goes on to the next."""
        with transaction(self.engine) as tx:
            mine = waiting.entries_of(tx, self.me)[:1]
            for one in mine:
                left = waiting.leave(tx, account_id=self.me, entry_id=one.entry.id, now=clock.now())
        for one in mine:
            if left.state == "declined":
                self._serve(Line(one.entry.product_id, one.entry.starts_at))

    def move(self) -> object:
        return self._move(moving.House(hours=0), by=self.me)

    def staff_move(self) -> object:
        return self._move(moving.House(by_staff=True), by=self.world.staff, reason="The pier is being painted.")

    def give_back(self) -> object:
        """A refund that staff approve at once."""
        with transaction(self.engine) as tx:
            found = tx.execute(RANDOM_ORDER, self.salt).first()
            if found is None:
                return None
            order = orders.get_order(tx, found.id)
            asked = refunds.request(tx, order, by=found.account_id, reason="I am ill.", now=clock.now())
            refunds.approve(tx, asked.id, by=self.world.staff, now=clock.now())
        return drive(self.driver)

    def take_off(self) -> None:
        """Staff take somebody off a waiting list."""
        with transaction(self.engine) as tx:
            for (entry_id,) in tx.execute(RANDOM_WAIT, self.salt):
                waiting.remove(tx, entry_id, reason="Booked by phone.", now=clock.now(), by=self.world.staff)

    def close(self) -> None:
        with transaction(self.engine) as tx:
            close_for_a_moment(tx, self.ware, self.chance, self.world.staff)

    def tidy(self) -> None:
        with transaction(self.engine) as tx:
            reservations.release_expired(tx, limit=20)

    def _hold(self, *, served_by: tuple[UUID, ...] = (), key: str | None = None) -> object:
        wish = self.wish

        def take(tx: Tx, behind: Behind) -> object:
            return reservations.hold(
                tx,
                account_id=self.me,
                product_id=wish.product_id,
                starts_at=wish.starts_at,
                ends_at=wish.ends_at,
                quantity=wish.quantity,
                served_by=served_by,
                now=clock.now(),
                minutes=KEPT_FOR,
                idempotency_key=key,
                behind=behind,
            )

        return self._behind_the_line(take)

    def _move(self, house: moving.House, *, by: UUID, reason: str = "") -> object:
        """A booking goes to another time of its product: near it, overlapping it, longer or shorter."""

        def take(tx: Tx, behind: Behind) -> object:
            found = tx.execute(RANDOM_ORDER, self.salt).first()
            if found is None:
                return None
            order = orders.get_order(tx, found.id)
            line = self.chance.choice(order.lines)
            ware = next(one for one in self.world.wares if one.product_id == line.product_id)
            to = self.world.wish(ware, self.chance)
            wish = moving.Wish(to.starts_at, to.ends_at, self._chosen(ware))
            given: dict[str, Any] = {"reason": reason, "now": clock.now(), "behind": behind}
            return moving.request(tx, order, line.id, wish, by=by, house=house, **given)

        made = self._behind_the_line(take)
        return made and drive(self.driver)

    def _chosen(self, ware: Ware | None = None) -> tuple[UUID, ...]:
        """Somebody by name, in half of the cases where one may."""
        choosable = (ware or self.ware).choosable
        return (self.chance.choice(choosable),) if choosable and self.chance.random() < 0.5 else ()

    def _behind_the_line(self, take: Callable[[Tx, Behind], Made]) -> Made:
        """As the pages do it: whoever waits is served first, and then it is tried once more."""
        try:
            with transaction(self.engine) as tx:
                return take(tx, Behind())
        except reservations.SlotWaitedFor as waits:
            passed: list[Room] = []
            for of, start in waits.lines:
                self._serve(Line(of, start), passed)
            with transaction(self.engine) as tx:
                return take(tx, Behind(passed))

    def _serve(self, line: Line, passed: list[Room] | None = None) -> None:
        made = True
        while made:
            in_vain: list[Room] = []
            with transaction(self.engine) as tx:
                made = waiting.offer_next(tx, line, now=clock.now(), passed=in_vain, **OFFERS) is not None
        if passed is not None:
            passed += in_vain


ACTS: tuple[tuple[Callable[[Racer], object], float], ...] = (
    (Racer.book, 6),
    (Racer.hold, 4),
    (Racer.order, 2),
    (Racer.join, 5),
    (Racer.move, 5),
    (Racer.give_back, 2.5),
    (Racer.leave, 1.5),
    (Racer.let_go, 1.5),
    (Racer.run_out, 1.5),
    (Racer.staff_move, 1),
    (Racer.extend, 0.5),
    (Racer.take_off, 0.3),
    (Racer.close, 0.5),
    (Racer.tidy, 0.5),
)
