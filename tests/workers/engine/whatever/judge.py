"""Asks of the database what the protocol promises, and of the diary whether the saga's row went the protocol's ways."""

from typing import Any

from tests.workers.engine.protocol.explorer import Place
from tests.workers.engine.protocol.game import Game
from tests.workers.engine.protocol.promises import broken_by
from tests.workers.engine.whatever import mirror
from tests.workers.engine.whatever.stage import Stage
from workers.engine.models import AT_REST

ENDED = {"done", "compensated", "handed_over"}


class Judge:
    """`ways`: from where to where the protocol goes."""

    def __init__(self, stage: Stage, ways: set[tuple[Place, Place]]) -> None:
        self.stage, self.ways = stage, ways
        self.game = Game(stage.saga)
        self.broken = self.ended = False
        self._seen = 0
        self._claimed_by = self._wakes = 0

    def look(self) -> None:
        """Raises AssertionError with the promise that is broken."""
        self.broken = True
        for turn in mirror.turns(self.stage.reads, self._seen):
            self._seen = turn.id
            self._turn(turn)
        world = mirror.world(self.stage.reads, self.stage.saga, self.stage.world, self.stage.word)
        broken = broken_by(self.game, world)
        assert not broken, f"{broken}\n{world}"
        assert not self.stage.world.faults, self.stage.world.faults
        self.broken, self.ended = False, world.row.state in ENDED

    def _turn(self, turn: Any) -> None:
        before, after = (turn.state, turn.position), (turn.state_then, turn.position_then)
        assert before == after or (before, after) in self.ways, f"I10: the protocol has no way {before} → {after}"
        if turn.claims:
            assert (turn.claims, turn.tries) == (1, 1), f"I14: a claim counts one epoch and one attempt: {turn}"
            assert not turn.held, f"lease: taken from somebody who holds it: {turn}"
            self._claimed_by, self._wakes = turn.by, turn.wakes
            return
        assert turn.tries == 0 or turn.attempts in (0, 1), f"I14: only claims count attempts: {turn}"
        if turn.moved and turn.owned:
            assert turn.by == self._claimed_by, f"I9: a driver that lost the saga committed: {turn}"
        if turn.given_back and turn.wakes > self._wakes and turn.state_then not in AT_REST:
            assert turn.due, f"a wake was lost: {turn}"
        if turn.given_back and turn.state_then == "parked":
            self._parked(turn)

    def _parked(self, turn: Any) -> None:
        assert turn.park_reason, f"I14: parked without a reason: {turn}"
        if turn.park_reason.startswith("no success"):
            assert turn.failing, f"I14: it was parked at its first failure: {turn}"
        assert turn.wakes == self._wakes, f"news came while a driver was about to park it: {turn}"
