"""Bugs of money that comes after its order was given up, for `make mutants`."""

from tests.planted.mutant import Mutant

TAKING_AGAIN = "portal/domains/reservations/taking_again.py"
LATE = "tests/workers/sagas/test_late_money.py"
ONCE_EACH = "tests/portal/domains/reservations/test_taking_again_once_each.py"

BUGS = (
    Mutant(
        "late money is believed only if the provider has all of it",
        "portal/domains/payments/late.py",
        "if ref and gateway.taken(ref) == whole else None",
        "if ref else None",
        "tests/portal/web/hooks/test_late.py tests/portal/domains/reconciliation",
    ),
    Mutant(
        "late money has one saga, whoever tells of it",
        "portal/domains/payments/late.py",
        '.begin(tx, "late_payment", late.number, agreed | found)',
        '.begin(tx, "late_payment", f"{late.number} {told_by}", agreed | found)',
        LATE,
    ),
    Mutant(
        "late money that cannot be booked goes back by itself",
        "portal/domains/refunds/late.py",
        '    sagas.engine().begin(tx, "late_refund", number, command)\n',
        "",
        LATE,
    ),
    Mutant(
        "late money does not book a second place for one wish",
        TAKING_AGAIN,
        "        if any(_booked_meanwhile(tx, hold, besides=list(theirs.values())) for hold in lost):",
        "        if False:",
        "tests/portal/domains/reservations/test_taking_again.py",
    ),
    Mutant(
        "late money and a hold of the same person at the same moment come one after the other",
        TAKING_AGAIN,
        "            if terms.once_each:\n",
        "            if False:\n",
        ONCE_EACH,
    ),
    Mutant(
        "late money books all of what was bought before each could book a time once",
        TAKING_AGAIN,
        "replace(terms, once_each=False)",
        "terms",
        ONCE_EACH,
    ),
)
