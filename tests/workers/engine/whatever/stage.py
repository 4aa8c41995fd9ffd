"""Where the puppets play: one saga in a real database, the time that passes, people, and a bell that may be deaf."""

from functools import partial
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Engine, text

from portal.kernel.db import transaction
from portal.kernel.sagas import Verdict
from tests.workers.engine.whatever.fickle import Fickle
from tests.workers.engine.whatever.puppets import Puppet
from workers.engine import Book, Driver, Policy, Saga, SagaPort, Sweeper
from workers.engine.models import CALLED

SLOW = Policy(lease=3600, pace=1000, cap=3600, settle=600, max_attempts=6)
"""Nothing is due, over or settled before the test says so."""

TIMES = {
    "a moment": "UPDATE sagas SET next_at = now() WHERE owner IS NULL",
    "a lease": "UPDATE sagas SET lease_until = now() - interval '1 s', next_at = now() WHERE owner IS NOT NULL",
    "the settling time": "UPDATE saga_calls SET first_sent_at = first_sent_at - interval '11 min'",
    "the memory of the provider": "UPDATE saga_calls SET first_sent_at = first_sent_at - interval '2 days'",
    "all patience": "UPDATE sagas SET failing_since = failing_since - interval '30 days'",
    "the deadline": "UPDATE sagas SET deadline_at = now() - interval '1 s'",
}


class Stage:
    """`engine` is the drivers', whose connections stop; `watch` is everybody else's."""

    def __init__(self, engine: Engine, watch: Engine, world: Fickle, saga: Saga) -> None:
        self.engine, self.watch, self.world, self.saga = engine, watch, world, saga
        self.reads = watch.execution_options(isolation_level="AUTOCOMMIT")
        book = Book([saga])
        self.port = SagaPort(book, self._ring)
        self.puppets = [Puppet(name, partial(Driver, engine, book, SLOW)) for name in "AB"]
        self.deaf = False
        self.word = ""
        """What people said about calls; «anew» outweighs the rest."""
        self._known: set[str] = set()
        world.strings.puppets, world.strings.committed = self.puppets, self._note_intents
        world.start_anew()
        self.sql(*(f"DELETE FROM {name}" for name in ("toy_effects", "saga_calls", "sagas", "toy_diary")))
        self.id = self.begin()

    def begin(self) -> UUID:
        with transaction(self.watch) as tx:
            self.port.begin(tx, "toy", "one", {"name": "one"})
            found = self.port.progress(tx, "toy", "one")
        assert found
        return found.id

    def begin_again(self) -> None:
        assert self.begin() == self.id, "the same key began another saga"

    def row(self) -> Any:
        with self.reads.connect() as connection:
            return connection.execute(text("SELECT * FROM sagas")).one()

    def sql(self, *statements: str) -> None:
        """Changes that the diary does not note: as a replica does them, without triggers (and without cascades)."""
        quietly = "SET LOCAL session_replication_role = replica; "
        with self.watch.begin() as connection:
            connection.exec_driver_sql(quietly + "; ".join(statements))

    def let_pass(self, what: str) -> None:
        self.sql(TIMES[what])

    def outlast_the_memory(self) -> None:
        """The provider forgets every key. Nobody sleeps so long between deciding to send and sending."""
        if not any(puppet.at for puppet in self.puppets):
            self.let_pass("the memory of the provider")
            for booked in self.world.books.values():
                booked.forgotten = True

    def hear(self, *, deaf: bool) -> None:
        """Whether Redis is there to ring with."""
        self.deaf = deaf

    def sweep(self, puppet: Puppet) -> None:
        """Another thread of this puppet's process looks once, and drives what it finds to the end."""
        sweeper = Sweeper(puppet.driver, grace=0.0, hands=1)
        sweeper.sweep()
        sweeper._pool.shutdown(wait=True)

    def wake(self) -> bool:
        with transaction(self.watch) as tx:
            return self.port.wake(tx, "toy", "one")

    def resume(self) -> None:
        parked = self.row().state == "parked"
        with transaction(self.watch) as tx:
            assert self.port.resume(tx, "toy", "one") == parked

    def hand_over(self) -> bool:
        with transaction(self.watch) as tx:
            return self.port.hand_over(tx, "toy", "one")

    def decide(self, answer: Literal["done", "refused", "anew"]) -> None:
        """Only what staff may decide: about a call in doubt, and no refusal behind the pivot."""
        row = self.row()
        if row.state not in CALLED and not (row.state == "parked" and row.parked_from in CALLED):
            return
        if answer == "refused" and row.position != self.saga.pivot:
            return
        with transaction(self.watch) as tx:
            if self.port.resolve(tx, "toy", "one", Verdict(answer, "they said so on the phone")):
                self.word = "anew" if "anew" in (self.word, answer) else answer

    def calm_down(self) -> None:
        """Nobody drives, nothing goes wrong any more, everybody answers."""
        for puppet in self.puppets:
            puppet.kill()
        self.world.well()
        self.hear(deaf=False)

    def come_to_an_end(self) -> None:
        """Sends it on, and decides where nobody can know any more, until it has ended or that does not help."""
        for number in range(8):
            if self.row().ended_at:
                return
            self.world.search_catches_up()
            self.world.customers_act("no")
            if number > 2:
                self.decide("done")
            self.resume()
            self.let_pass("a lease")
            self.let_pass("a moment")
            self.puppets[0].end(self.id)

    def _ring(self, _saga_id: UUID) -> None:
        if self.deaf:
            raise ConnectionError("Redis is not there")

    def _note_intents(self, puppet: Puppet) -> None:
        with self.reads.connect() as connection:
            keys = set(connection.execute(text("SELECT key FROM saga_calls")).scalars())
        puppet.meant |= keys - self._known
        self._known |= keys
