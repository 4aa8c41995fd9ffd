"""A driver's moves outside: it asks, sends, and writes down what it heard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.workers.engine.protocol import commit
from tests.workers.engine.protocol.world import NOBODY, Call, Calls, Driver, Line, Move, with_call
from workers.engine import RETRYABLE

if TYPE_CHECKING:
    from tests.workers.engine.protocol.visit import Visit

DECIDED = {"refused": "no", "anew": "anew"}
"""What a person's word comes to when the provider knows of nothing, or says nothing."""


def begin(visit: Visit, me: Driver) -> Driver:
    """The beginning of a visit while something may have been sent."""
    mine = [at for at, call in enumerate(visit.world.calls) if call.step == me.position and call.state]
    if not mine:
        return Driver()  # only a bug leads here, and the engine itself would break
    at = "send" if "no asking" in visit.game.bugs else "ask"
    me = me._replace(at=at, call=mine[-1], answer="", asked=False, meant=False)
    return me._replace(at="answered", answer="done") if me.verdict == "done" else me


def moves(visit: Visit) -> Iterator[Move]:
    return {"ask": ask, "send": send, "answered": answered}[visit.me.at](visit)


def ask(visit: Visit) -> Iterator[Move]:
    me, world, bugs = visit.me._replace(asked=True), visit.world, visit.game.bugs
    call, decided = world.calls[me.call], DECIDED.get(me.verdict)
    if call.seen:
        yield visit.alone(f"asks: {call.booked}", me._replace(at="answered", answer=call.booked))
    elif decided or world.age == "young":
        yield visit.alone("asks: not found", me._replace(at="answered", answer=decided or "unknown"))
    elif world.age == "settled" or "no memory" in bugs:
        yield visit.alone("asks: not found", me._replace(at="send"))
    else:
        row = visit.row._replace(state="parked", parked_from=me.state, owner=NOBODY, live=False)
        yield from commit.moves(visit, "asks: not found; the key is too old: parks it", row, closes=False)
    silence = me._replace(at="answered", answer=decided or "unknown")
    yield visit.alone("asks: no answer", silence, sound=False)


def send(visit: Visit) -> Iterator[Move]:
    """The provider does it once for each key it remembers; then its answer arrives, or it does not."""
    me, calls = visit.me, visit.world.calls
    if "another key" in visit.game.bugs and not me.meant:
        calls, me = (*calls, Call(me.position, "")), me._replace(call=len(calls))
    fault = "" if me.meant or me.asked else "I7: sent again without asking"
    fault = fault if calls[me.call].state else "I7: sent without an intent"
    unknown = me._replace(at="answered", answer="unknown")
    yield visit.alone("sends: it never arrives", unknown, calls=calls, fault=fault, sound=False)
    for after in answers(visit, calls[me.call]):
        booked = (*calls[: me.call], after, *calls[me.call + 1 :])
        heard = me._replace(at="answered", answer=after.booked)
        yield visit.alone(f"sends: {after.booked}", heard, calls=booked, fault=fault)
        lost = f"sends: {after.booked}, and the answer is lost"
        yield visit.alone(lost, unknown, calls=booked, fault=fault, sound=False)


def answers(visit: Visit, call: Call) -> Iterator[Call]:
    """What the provider may have under this key after hearing of it, perhaps once more."""
    if call.booked and visit.world.age != "old":
        yield call
        return
    yield call._replace(booked="done", times=call.times + 1, seen=False)
    if visit.table.steps[call.step].definition.refusals:
        yield call._replace(booked="no", seen=False)
    if visit.game.customer:
        yield call._replace(booked="waits", seen=False)


def answered(visit: Visit) -> Iterator[Move]:
    me = visit.me
    if me.answer == "done":
        lines = (Line(me.position, "done"),)
        yield from visit.forward(me.position + 1, "writes «done»; ", lines, noted(visit, "done"))
        if visit.game.breaking and not me.again:
            looks = begin(visit, me._replace(again=True))
            yield visit.alone("has the answer, but a step behind it breaks", looks, sound=False)
    elif me.answer == "no" and visit.table.steps[me.position].kind is not RETRYABLE:
        yield from visit.turn(me.position, "writes «no»", calls=noted(visit, "refused"))
    elif me.answer == "waits":
        row = visit.row._replace(state="waiting", position=me.position, owner=NOBODY, live=False)
        yield from commit.moves(visit, "writes «waits for the customer»", row, calls=noted(visit, "waiting"))
    elif me.answer == "anew":
        row = visit.row._replace(state="calling", position=me.position)
        calls = (*noted(visit, "refused"), Call(me.position))
        yield from commit.moves(visit, "gives the attempt up and means a new one", row, calls=calls)
    else:
        yield from visit.put_off("unknown", "does not know", calls=noted(visit, "unknown"), sound=True)
        if "silence is a no" in visit.game.bugs:
            yield from visit.turn(me.position, "loses patience", calls=noted(visit, "unknown"), sound=False)


def noted(visit: Visit, state: str) -> Calls:
    """The calls, with what became of the one at hand."""
    return with_call(visit.world.calls, visit.me.call, state=state)
