"""Bugs of what happens in a crowd, for `make mutants`."""

from tests.planted.mutant import Mutant

RACES = "tests/races"
STEP_BY_STEP = f"{RACES}/test_step_by_step.py"
TURNS = "tests/portal/domains/reservations/test_queue.py::test_two_who_want_a_place_in_doubt_wait_in_turn_and_not_in_a_circle"
QUEUE = "tests/portal/domains/reservations/test_queue.py"
HOLDING = "portal/domains/reservations/holding.py"
GLANCE = "portal/domains/reservations/glance.py"
MOVING = "portal/domains/reservations/moving.py"
OFFERING = "portal/domains/waiting/offering.py"

BUGS = (
    Mutant(
        "an overlap cannot be stored",
        "migrations/versions/0005_create_reservations.py",
        "EXCLUDE USING gist",
        "CHECK (true) --",
        "tests/portal/domains/reservations -k constraint",
    ),
    Mutant(
        "an overlap cannot be stored, whatever the code does",
        "migrations/versions/0005_create_reservations.py",
        "EXCLUDE USING gist (resource_id WITH =, unit WITH =, during WITH &&) WHERE",
        "EXCLUDE USING gist (resource_id WITH =, unit WITH =, during WITH =) WHERE",
        RACES,
    ),
    Mutant(
        "whoever claims takes turns, so that nobody waits in a circle",
        "portal/domains/reservations/turns.py",
        "SELECT count(pg_advisory_xact_lock(turn))\n",
        "SELECT count(turn)\n",
        TURNS,
    ),
    Mutant(
        "who finds a time full is told without waiting for anybody",
        HOLDING,
        "        if terms.parts or not seen.in_vain:\n",
        "        if True:\n",
        QUEUE,
    ),
    Mutant(
        "who has a time already is given it also where it is full",
        GLANCE,
        "        return self.full and not self.known\n",
        "        return self.full\n",
        "tests/portal/domains/reservations/test_holding.py",
    ),
    Mutant(
        "a hold that is over makes no time look full",
        GLANCE,
        "      AND status <> 'CANCELLED' AND {KEPT}\n",
        "      AND status <> 'CANCELLED'\n",
        "tests/portal/domains/reservations/test_holding.py",
    ),
    Mutant(
        "a database that goes away while a place is claimed is told as that",
        "portal/kernel/wire.py",
        "    if connection.invalidated:\n        return  # all is gone",
        "    if False:\n        return  # all is gone",
        "tests/portal/kernel/test_wire.py",
    ),
    Mutant(
        "of a refused claim nothing stays, also where nothing was before it in its transaction",
        "portal/kernel/wire.py",
        '        send(connection, ("ROLLBACK", {}))\n\n\ndef _go_back(',
        "        pass\n\n\ndef _go_back(",
        "tests/portal/kernel/test_wire_savepoints.py",
    ),
    Mutant(
        "in a crowd a move has what it moved to",
        MOVING,
        "    wire.later(tx, CONFIRM_NEW, given)\n",
        "",
        RACES,
    ),
    Mutant(
        "in a crowd a move leaves its old time",
        MOVING,
        "    wire.later(tx, FREE_OLD, given)\n",
        "",
        RACES,
    ),
    Mutant(
        "in a crowd nobody waits for what is free",
        OFFERING,
        "            in_vain[entry.ends_at] = entry.quantity\n",
        "            return None\n",
        STEP_BY_STEP,
    ),
    Mutant(
        "what is offered is held",
        OFFERING,
        "            return _offer(tx, entry, _hold(tx, entry, now, lasting), now)\n",
        "            offered = _offer(tx, entry, _hold(tx, entry, now, lasting), now)\n"
        "            reservations.release(tx, account_id=entry.account_id, hold_id=offered.hold_id)\n"
        "            return offered\n",
        STEP_BY_STEP,
    ),
)
