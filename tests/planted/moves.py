"""Bugs of bookings that move, for `make mutants`."""

from tests.planted.mutant import Mutant

TESTS = "tests/workers/sagas/moves"
RESERVATIONS = "portal/domains/reservations/moving.py"
QUOTING = "portal/domains/moving/quoting.py"
ASKING = "portal/domains/moving/asking.py"
SETTING_ASIDE = "portal/domains/refunds/setting_aside.py"

BUGS = (
    Mutant(
        "what was taken for a move that came to nothing is free again",
        "portal/domains/moving/steps.py",
        "    reservations.give_up(tx, order_id=order_id, to=move.to_hold_id)\n",
        "",
        TESTS,
    ),
    Mutant(
        "a booking that has moved leaves its old time to others",
        RESERVATIONS,
        "    wire.later(tx, FREE_OLD, given)\n",
        "",
        TESTS,
    ),
    Mutant(
        "a move onto its own time ends with all of that time",
        RESERVATIONS,
        '        wire.later(tx, TAKE_WHOLE, {**given, "ids": [new_id() for _ in range(whole)]})\n',
        "",
        TESTS,
    ),
    Mutant(
        "the new time is taken when the move is agreed to",
        RESERVATIONS,
        "- coalesce(had, CAST('{{}}' AS tstzmultirange))",
        "- tstzmultirange(tstzrange(%(from)s, %(until)s))",
        TESTS,
    ),
    Mutant(
        "a booking that moves stays on its own unit",
        RESERVATIONS,
        'first="(asked.id, unit) NOT IN (SELECT resource_id, unit FROM own), "',
        'first=""',
        TESTS,
    ),
    Mutant(
        "while something of the order is on its way nothing of it moves",
        QUOTING,
        "    if order.state in UNFINISHED or"
        ' any(one.state not in {"active", "cancelled"} for one in order.lines):\n        raise UnderWay\n',
        "",
        TESTS,
    ),
    Mutant(
        "while a refund is open nothing moves",
        QUOTING,
        "    if any(refund.state in OPEN for refund in refunds.refunds_of(tx, order.id)):\n        raise UnderWay\n",
        "",
        TESTS,
    ),
    Mutant(
        "while a booking moves nothing of its order is given back",
        "portal/domains/refunds/requesting.py",
        '    if any(line.state == "moving" for line in order.lines):\n        raise NotRefundable\n',
        "",
        TESTS,
    ),
    Mutant(
        "only the difference that was shown is charged",
        ASKING,
        "    if shown not in {None, quoted.shown}:\n        raise DifferenceChanged\n",
        "",
        TESTS,
    ),
    Mutant(
        "a customer moves a booking no later than the rule says",
        QUOTING,
        "    if until is None or now > until or own.starts_at <= now:\n",
        "    if until is None or own.starts_at <= now:\n",
        TESTS,
    ),
    Mutant(
        "the charge of a move has a number of its own",
        "portal/domains/moving/charging.py",
        "currency, move_number=number)",
        "currency)",
        TESTS,
    ),
    Mutant(
        "a refund that one charge cannot give back goes back from the others, too",
        SETTING_ASIDE,
        "        tx.add_all(_part_of(whole, part) for part in others)\n",
        "",
        TESTS,
    ),
    Mutant(
        "a refund that is refused sets nothing aside on any charge",
        SETTING_ASIDE,
        "        payments.release(tx, order_id, payments.Part(part.payment_id, part.amount))\n",
        "",
        TESTS,
    ),
    Mutant(
        "the parts of a refund go when the first is on its way",
        "portal/domains/refunds/returning.py",
        '            sagas.engine().begin(tx, "remainder", str(part_id), command)\n',
        "            pass\n",
        TESTS,
    ),
    Mutant(
        "a moved booking keeps its calendar entry",
        RESERVATIONS,
        "coalesce(entry_id, id), revision + 1",
        "entry_id, revision + 1",
        TESTS,
    ),
    Mutant(
        "a booking of several parts keeps who serves it",
        RESERVATIONS,
        "own.quantity, rather=theirs)",
        "own.quantity)",
        TESTS,
    ),
)
