"""Bugs of what people decide about stuck money, and of comparing books, for `make mutants`."""

from tests.planted.mutant import Mutant

BUGS = (
    Mutant(
        "nobody confirms their own proposal",
        "portal/domains/audit/four_eyes.py",
        "    if proposal.proposed_by == by:\n        raise SamePerson\n",
        "",
        "tests/portal/domains/recovery",
    ),
    Mutant(
        "above the limit one person is not enough",
        "portal/domains/recovery/acting.py",
        "    if name in DECISIONS and case.amount > four_eyes_above:",
        "    if False:",
        "tests/portal/domains/recovery",
    ),
    Mutant(
        "a difference that is gone is called cured, and only then",
        "portal/domains/reconciliation/running.py",
        "            Difference.seen_at < now,\n",
        "",
        "tests/portal/domains/reconciliation",
    ),
    Mutant(
        "what a saga still drives is no difference",
        "portal/domains/reconciliation/running.py",
        "    return [one for one in found if one.number not in busy]",
        "    return found",
        "tests/portal/domains/reconciliation",
    ),
)
