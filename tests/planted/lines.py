"""Bugs of waiting lists, and of what one person books once, for `make mutants`."""

from tests.planted.mutant import Mutant

OFFERING = "portal/domains/waiting/offering.py"
WAITING = "tests/portal/domains/waiting"
OFFERS = f"{WAITING}/test_offering.py"
BEFORE = f"{WAITING}/test_before_others.py"
CLAIMS = "portal/domains/reservations/claims.py"
BEHIND = "portal/domains/reservations/behind.py"
HOLDING = "portal/domains/reservations/holding.py"
MOVES = "tests/workers/sagas/moves/test_those_in_line.py"
MOVING = "portal/domains/reservations/moving.py"
ONCE = "tests/portal/domains/reservations/test_once_each.py"

BUGS = (
    Mutant(
        "who has waited longest is offered a place first",
        OFFERING,
        ".order_by(Entry.joined_at, Entry.id)",
        ".order_by(Entry.joined_at.desc(), Entry.id)",
        OFFERS,
    ),
    Mutant(
        "who was offered a place does not wait any more and is not offered another",
        OFFERING,
        '    entry.state, entry.hold_id = "offered", hold.id\n',
        "    entry.hold_id = hold.id\n",
        OFFERS,
    ),
    Mutant(
        "one at a time looks after a line",
        OFFERING,
        "    if not _alone(tx, line):\n        return None\n",
        "",
        OFFERS,
    ),
    Mutant(
        "with an offer goes a mail",
        OFFERING,
        "    mail_offer(tx, entry, hold, until)\n",
        "",
        OFFERS,
    ),
    Mutant(
        "a party that does not fit keeps nobody behind it from a place",
        OFFERING,
        "            in_vain[entry.ends_at] = entry.quantity\n",
        "            return None\n",
        OFFERS,
    ),
    Mutant(
        "who booked it themselves is not offered it",
        OFFERING,
        "        if reservations.has_since(",
        "        if False and reservations.has_since(",
        OFFERS,
    ),
    Mutant(
        "no to an offer frees its place",
        "portal/domains/waiting/joining.py",
        '        _let_go(tx, entry.account_id, entry.hold_id)\n        end(tx, entry, "declined", now)\n',
        '        end(tx, entry, "declined", now)\n',
        OFFERS,
    ),
    Mutant(
        "an offer that ran out was missed",
        "portal/domains/waiting/settling.py",
        '"ended": "missed"',
        '"ended": "taken"',
        OFFERS,
    ),
    Mutant(
        "who comes along gets nothing before those who wait",
        CLAIMS,
        " AND NOT EXISTS (SELECT 1 FROM in_line)\n    ON CONFLICT",
        "\n    ON CONFLICT",
        BEFORE,
    ),
    Mutant(
        "whether a party fits is judged for its own time",
        BEHIND,
        "            line.ends_at + (CAST(",
        "            CAST(%(ends_at)s AS timestamptz) + (CAST(",
        BEFORE,
    ),
    Mutant(
        "what nobody in line can have is not withheld",
        OFFERING,
        "            passed.append(Room(line.product_id, entry.starts_at, entry.ends_at, entry.quantity))\n",
        "            pass\n",
        BEFORE,
    ),
    Mutant(
        "when it is too late for an offer anybody may have it",
        OFFERING,
        "        passed += _everybody(tx, line)",
        "        pass",
        BEFORE,
    ),
    Mutant(
        "who comes in smaller number takes nothing from those who wait",
        HOLDING,
        "from_line=fewer, keeps",
        "keeps",
        BEFORE,
    ),
    Mutant(
        "what one holds is not free for those who wait",
        BEHIND,
        "        UNION ALL SELECT unit FROM reservations WHERE hold_id = %(keeps)s\n",
        "        UNION ALL SELECT unit FROM reservations WHERE hold_id = %(keeps)s AND false\n",
        BEFORE,
    ),
    Mutant(
        "a booking moves behind those who wait",
        MOVING,
        "      AND NOT EXISTS (SELECT 1 FROM in_line) AND NOT (",
        "      AND NOT (",
        MOVES,
    ),
    Mutant(
        "a booking moves to no time that its customer has already",
        MOVING,
        " AND NOT (%(once_each)s AND EXISTS ({HAS_ONE}))\n",
        "\n",
        MOVES,
    ),
    Mutant(
        "of two moves of one person at once the second sees the first",
        MOVING,
        "            if terms.once_each:\n                turns.be_one(tx, wish, wait=wait)\n",
        "",
        MOVES,
    ),
    Mutant(
        "a time that is booked once by each person is held once by each",
        CLAIMS,
        "        OR %(once_each)s AND starts_at",
        "        OR false AND starts_at",
        ONCE,
    ),
    Mutant(
        "of two requests of one person for different guides the second sees the first",
        HOLDING,
        "            if terms.once_each:\n                turns.be_one(tx, wish, wait=wait)\n",
        "",
        ONCE,
    ),
)
