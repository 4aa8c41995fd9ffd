"""Where the move of a booking may go; the database refuses any other way (migration 0095)."""

from portal.kernel.moves import moves

MOVE = moves(requested="moved cancelled", moved="", cancelled="")
