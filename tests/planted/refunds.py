"""Bugs of money on its way back, for `make mutants`."""

from tests.planted.mutant import Mutant

BUGS = (
    Mutant(
        "a request for money that was decided about is not taken back",
        "portal/domains/refunds/deciding.py",
        'Refund.id == refund_id, Refund.state == "requested")',
        'Refund.id == refund_id, Refund.state != "x")',
        "tests/portal/domains/refunds/test_deciding.py",
    ),
    Mutant(
        "returned money is sent again only if nothing that was sent before has arrived",
        "portal/domains/refunds/sending_again.py",
        "    if repaying.arrived(call, order_id):\n",
        "    if False:\n",
        "tests/portal/domains/refunds/test_returned.py",
    ),
    Mutant(
        "money's records go where their domains say and nowhere else",
        "migrations/versions/0022_refuse_backward_moves.py",
        '            "cancelled": "processing",\n',
        '            "cancelled": "processing completed",\n',
        "tests/laws/test_moves.py",
    ),
    Mutant(
        "points are owed by a refund alone, and no more than it took",
        "migrations/versions/0024_let_only_refunds_make_debts.py",
        "                    AND delta <= more\n",
        "",
        "tests/portal/domains/points/test_debts.py",
    ),
    Mutant(
        "a booking is given back under the rule it was held by",
        "portal/domains/orders/lines.py",
        '        "refund_rule_id": hold.refund_rule_id,\n',
        '        "refund_rule_id": offer.refund_rule_id,\n',
        "tests/portal/domains/refunds/test_requesting.py",
    ),
)
