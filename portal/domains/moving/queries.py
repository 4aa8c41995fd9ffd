"""Reading moves: one, or all of an order."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from portal.domains import reservations
from portal.domains.moving.models import Move
from portal.domains.reservations import Choice
from portal.kernel import questions, rows
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

OF_ORDER = f"""
SELECT {rows.columns(Move)} FROM moves WHERE order_id = %(order_id)s ORDER BY created_at DESC, id
"""  # noqa: S608  # our own words


def find_move(tx: Tx, number: str) -> Move | None:
    """The move of this number."""
    return tx.execute(select(Move).where(Move.number == number)).scalar_one_or_none()


def get_move(tx: Tx, number: str) -> Move:
    """The same. Raises NotFound."""
    found = find_move(tx, number)
    if found is None:
        raise NotFound
    return found


def goes_to(tx: Tx, move: Move) -> Choice:
    """The time it goes to."""
    (to,) = reservations.choices(tx, [move.to_hold_id])
    return to


def moves_of(tx: Tx, order_id: UUID) -> Sequence[Move]:
    """Every move of an order, newest first."""
    return questions.answer(tx, moves_question(tx, order_id))


def moves_question(tx: Tx, order_id: UUID) -> questions.Question[list[Move]]:
    """The same for whoever has more to ask."""
    return rows.question(tx, Move, OF_ORDER, {"order_id": order_id})
