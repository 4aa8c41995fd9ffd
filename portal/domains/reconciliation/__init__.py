"""Reconciliation: our books of money against the provider's, on demand and every night.

Owns:     reconciliations, differences.
Promises: whatever moved there and not here, or here and not there, becomes a row that somebody sees, once; a run may be
          killed anywhere and begun again; it changes no money by itself.
"""

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
]
