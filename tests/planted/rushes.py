"""Bugs of queues in rushes, for `make mutants`."""

from tests.planted.mutant import Mutant

IN_ORDER = "tests/portal/domains/rushes/test_line.py"
LINE = "portal/domains/rushes/line.py"
PAPER = "tests/portal/domains/rushes/test_tickets.py"
TICKETS = "portal/domains/rushes/tickets.py"
QUEUE = "tests/portal/web/customer/test_queue.py"

BUGS = (
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
        "    if in_line and not in_line.inside:\n        return queue.sent_to(found, in_line)\n",
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
