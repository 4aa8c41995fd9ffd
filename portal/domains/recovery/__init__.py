"""Recovery: what a person may do about money that cannot go on by itself.

Owns nothing: it acts through the saga engine's port and the domains below.
Promises: every act has a reason and a name on record; above a limit it needs two people; no act can charge, book or
repay twice, because the provider is asked once more before an answer is believed that only a person gave.
"""

from portal.domains.recovery.acting import act, confirm
from portal.domains.recovery.choosing import ACTS, DECISIONS, RETURNED, Case, find_case
from portal.domains.recovery.errors import NothingToCure

__all__ = ["ACTS", "DECISIONS", "RETURNED", "Case", "NothingToCure", "act", "confirm", "find_case"]
