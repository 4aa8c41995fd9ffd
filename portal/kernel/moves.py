"""Which states a record may go to from which. Each domain declares its own; the database refuses every other move.

A state that leads nowhere is final. To allow one more move, add it to its line and let a migration make the trigger of
that table anew; tests/laws/test_moves.py tries every pair of states on a real row, so that the two cannot differ.
"""

from collections.abc import Mapping

Moves = Mapping[str, frozenset[str]]
"""From each state there is, all that may follow it. Staying where one is is no move."""


def moves(**lines: str) -> Moves:
    """The table as one writes it: `moves(requested="approved rejected", approved="sent", …)`."""
    return {before: frozenset(after.split()) for before, after in lines.items()}
