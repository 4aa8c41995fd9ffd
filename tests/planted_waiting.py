"""Bugs of waiting lists, of what one person books once, of queues in rushes, and of races, for `make mutants`."""

from tests.planted import Mutant

CLAIMS, BEHIND = "portal/domains/reservations/claims.py", "portal/domains/reservations/behind.py"
HOLDING, MOVING = "portal/domains/reservations/holding.py", "portal/domains/reservations/moving.py"
OFFERING = "portal/domains/waiting/offering.py"
LINE, TICKETS = "portal/domains/rushes/line.py", "portal/domains/rushes/tickets.py"
WAITING = "tests/portal/domains/waiting"
OFFERS, BEFORE = f"{WAITING}/test_offering.py", f"{WAITING}/test_before_others.py"
ONCE = "tests/portal/domains/reservations/test_once_each.py"
MOVES = "tests/workers/sagas/moves/test_those_in_line.py"
IN_ORDER, PAPER = "tests/portal/domains/rushes/test_line.py", "tests/portal/domains/rushes/test_tickets.py"
QUEUE = "tests/portal/web/customer/test_queue.py"
RACES = "tests/races"

LINES = (
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
        "            if terms.once_each:\n                claims.be_one(tx, wish, wait=wait)\n",
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
        "            if terms.once_each:\n                claims.be_one(tx, wish, wait=wait)\n",
        "",
        ONCE,
    ),
)
RUSHES = (
    Mutant(
        "so many choose at once and no more",
        LINE,
        "if place < free and now >= opens then",
        "if now >= opens then",
        IN_ORDER,
    ),
    Mutant(
        "who comes back after Redis was emptied stands where they stood",
        LINE,
        "elseif arrived <= had or arrived > micros then",
        "else",
        IN_ORDER,
    ),
    Mutant(
        "nobody is let in until all could come back",
        LINE,
        "if place < free and now >= opens then",
        "if place < free then",
        IN_ORDER,
    ),
    Mutant(
        "a ticket that has had its turn goes to the end",
        LINE,
        "elseif arrived <= had or arrived > micros then",
        "elseif arrived == 0 or arrived > micros then",
        IN_ORDER,
    ),
    Mutant(
        "who is inside stays inside when Redis was emptied",
        LINE,
        "if shown > now then redis.call('ZADD', inside, 'GT', shown, me) end\n",
        "",
        IN_ORDER,
    ),
    Mutant(
        "a pass that nobody here signed opens nothing",
        TICKETS,
        "self._signer.loads(text[:1000])",
        "self._signer.loads_unsafe(text[:1000])[1]",
        PAPER,
    ),
    Mutant(
        "a pass is its owner's alone",
        TICKETS,
        "(ticket.product_id, ticket.account_id) == (product_id, account_id)",
        "ticket.product_id == product_id",
        PAPER,
    ),
    Mutant(
        "a ticket of last week's rush is worth nothing",
        TICKETS,
        "if theirs and ticket.came_at >= opened_at else",
        "if theirs else",
        PAPER,
    ),
    Mutant(
        "who posts past the page of times meets the queue",
        "portal/web/customer/holds.py",
        "    if way := queue.stopped(found):\n        return way\n",
        "",
        QUEUE,
    ),
    Mutant(
        "a queue that is away stops nobody",
        "portal/web/queueing.py",
        '        LET_IN.add("queue away")\n        return Look(terms, True, paper)\n',
        '        LET_IN.add("queue away")\n        return Look(terms, False, paper)\n',
        QUEUE,
    ),
)
CROWDS = (
    Mutant(
        "an overlap cannot be stored, whatever the code does",
        "migrations/versions/0005_create_reservations.py",
        "EXCLUDE USING gist (resource_id WITH =, unit WITH =, during WITH &&) WHERE",
        "EXCLUDE USING gist (resource_id WITH =, unit WITH =, during WITH =) WHERE",
        RACES,
    ),
    Mutant(
        "whoever claims takes turns, so that nobody waits in a circle",
        CLAIMS,
        "SELECT (SELECT count(pg_advisory_xact_lock(turn)) FROM unnest(",
        "SELECT (SELECT count(turn) FROM unnest(",
        RACES,
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
        RACES,
    ),
    Mutant(
        "what is offered is held",
        OFFERING,
        "            return _offer(tx, entry, _hold(tx, entry, now, lasting), now)\n",
        "            offered = _offer(tx, entry, _hold(tx, entry, now, lasting), now)\n"
        "            reservations.release(tx, account_id=entry.account_id, hold_id=offered.hold_id)\n"
        "            return offered\n",
        RACES,
    ),
)
WAITING_LISTS = (*LINES, *RUSHES, *CROWDS)
