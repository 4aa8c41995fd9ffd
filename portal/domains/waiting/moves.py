"""Where an entry of a waiting list may go; the database refuses any other way (migration 0100)."""

from portal.kernel.moves import moves

ENTRY = moves(
    waiting="offered taken left removed over",  # taken: they booked it themselves; over: the time has begun
    offered="taken declined missed removed",
    taken="",
    declined="",
    missed="",
    left="",
    removed="",
    over="",
)
