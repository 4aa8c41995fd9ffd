"""Reconciliation: our books of money against the provider's, on demand and every night.

Owns:     reconciliations, differences.
Promises: whatever moved there and not here, or here and not there, becomes a row that somebody sees, once; a run may be
          killed anywhere and begun again; it moves no money by itself. Late money, once the provider confirms it, is
          left to the saga it has.
"""

from portal.domains.reconciliation.late import take_in
from portal.domains.reconciliation.models import KINDS, Difference, Run
from portal.domains.reconciliation.queries import PAGE, count_open, dismiss, find_differences, last_run
from portal.domains.reconciliation.running import Outcome, claim, reconcile

__all__ = [
    "KINDS",
    "PAGE",
    "Difference",
    "Outcome",
    "Run",
    "claim",
    "count_open",
    "dismiss",
    "find_differences",
    "last_run",
    "reconcile",
    "take_in",
]
