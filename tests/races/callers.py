"""The same race over HTTP: callers with tokens hold, book, wait, move and give back, and look at pages meanwhile."""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Engine

from portal.domains import catalog, identity
from portal.domains.identity import tokens
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.ids import new_id
from tests.races.world import PRICE, World
from tests.support import people

SCOPE = "catalog:read bookings:write bookings:read points:read"
THREADS = 12


class Send(Protocol):
    """Sends a request to one of the web servers: status, text, and JSON if it has any."""

    def __call__(
        self, method: str, path: str, *, headers: Mapping[str, str], json: Any = None
    ) -> tuple[int, str, Any]: ...


@dataclass
class Told:
    """How often which request was answered with what; what no request may be answered with, in full."""

    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = ", ".join(f"{count} × {what}" for what, count in sorted(self.counts.items()))
        return "\n".join([f"over HTTP: {self.counts.total()} requests: {counts}", *self.broken[:5]])


@dataclass
class Callers:
    """Everybody of the world with a token. `after` is done behind every act: where no worker runs, what it would do."""

    engine: Engine
    world: World
    send: Send
    base_url: str
    after: Callable[[], object] = lambda: None
    told: Told = field(default_factory=Told)

    def __post_init__(self) -> None:
        self.tokens = {one: self._token(one) for one in self.world.people}
        with transaction(self.engine) as tx:
            self.slugs = {ware.product_id: catalog.get_product(tx, ware.product_id).slug for ware in self.world.wares}

    def race(self, requests: int, seed: int) -> Told:
        """About so many requests, from so many threads at once."""

        def run(number: int) -> None:
            n = 0
            while self.told.counts.total() < requests:
                n += 1
                Caller(self, Random(f"{seed} caller {number} {n}")).act()
                self.after()

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(run, range(THREADS)))
        return self.told

    def _token(self, account_id: UUID) -> str:
        now = clock.now()
        with transaction(self.engine) as tx:
            return tokens.issue_access_token(
                tx,
                identity.Vault(people.SECRET_KEY),
                account_id=account_id,
                client_id="races",
                scope=SCOPE,
                base_url=self.base_url,
                now=now,
                auth_time=now,
                lifetime=timedelta(hours=2),
            )


class Caller:
    """One of them, for one act."""

    def __init__(self, callers: Callers, chance: Random) -> None:
        self.callers, self.chance = callers, chance
        world = callers.world
        self.token = callers.tokens[chance.choice(world.people)]
        self.ware = chance.choice(world.wares)
        wish = world.wish(self.ware, chance)
        times = {"start": wish.starts_at.isoformat(), "end": wish.ends_at.isoformat()}
        self.slug = callers.slugs[self.ware.product_id]
        self.wish = {"product": self.slug, "quantity": wish.quantity, **times}

    def act(self) -> None:
        acts = (
            [self.book] * 5 + [self.wait] * 4 + [self.move] * 4 + [self.leave, self.let_go, self.give_back, self.look]
        )
        self.chance.choice(acts)()

    def book(self) -> None:
        status, held = self.call("POST", "/holds", self.wish)
        if status == 201:
            price = PRICE * self.wish["quantity"] if self.ware.most > 1 else PRICE
            self.call("POST", "/orders", {"holds": [held["id"]], "points": price})

    def wait(self) -> None:
        self.call("POST", "/waiting", self.wish)

    def leave(self) -> None:
        _status, mine = self.call("GET", "/waiting")
        for one in mine[:1]:
            self.call("DELETE", f"/waiting/{one['id']}", named="/waiting/…")

    def let_go(self) -> None:
        status, held = self.call("POST", "/holds", self.wish)
        if status == 201:
            self.call("DELETE", f"/holds/{held['id']}", named="/holds/…")

    def move(self) -> None:
        if order := self._order():
            line = self.chance.choice(order["lines"])
            asked = {name: self.wish[name] for name in ("start", "end")}
            body = {"line": line["id"], **asked}
            self.call("POST", f"/orders/{order['number']}/moves", body, named="/orders/…/moves")

    def give_back(self) -> None:
        if order := self._order():
            body = {"reason": "Something came up."}
            self.call("POST", f"/orders/{order['number']}/refunds", body, named="/orders/…/refunds")

    def look(self) -> None:
        """The page of the product with its times, as anybody sees it."""
        self._send("GET", f"/products/{self.slug}?week={self.callers.world.morning.date()}", "page", {})

    def call(self, method: str, path: str, body: Any = None, *, named: str = "") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        if method == "POST":
            headers["Idempotency-Key"] = str(new_id())
        return self._send(method, f"/api/v1{path}", named or path, headers, body)

    def _order(self) -> Any:
        """One of one's own orders, whatever it is by now."""
        _status, found = self.call("GET", "/orders")
        return self.chance.choice(found["items"]) if found["items"] else None

    def _send(self, method: str, path: str, named: str, headers: dict[str, str], body: Any = None) -> tuple[int, Any]:
        told = self.callers.told
        try:
            status, text, answer = self.callers.send(method, path, headers=headers, json=body)
        except Exception as error:
            status, text, answer = 599, repr(error), None
        told.counts[f"{method} {named} {status}"] += 1
        if status >= 500:
            told.broken.append(f"{method} {path}: {status} {text[:500]}")
        return status, answer if answer is not None else []
