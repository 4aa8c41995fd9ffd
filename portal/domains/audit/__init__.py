"""Audit: who did what to what, when.

Owns audit_entries, proposals. Promises: an entry is written in the transaction of the act it tells of, so that neither
is there without the other; entries are appended and never changed, which the database enforces; a proposal is confirmed
once, by somebody else than proposed it.
"""

from portal.domains.audit.four_eyes import (
    AlreadyProposed,
    NoLongerOpen,
    SamePerson,
    confirm,
    open_proposals,
    propose,
    withdraw,
)
from portal.domains.audit.models import AuditEntry, Proposal
from portal.domains.audit.queries import entries_about, recent
from portal.domains.audit.service import Act, record, record_all

__all__ = [
    "Act",
    "AlreadyProposed",
    "AuditEntry",
    "NoLongerOpen",
    "Proposal",
    "SamePerson",
    "confirm",
    "entries_about",
    "open_proposals",
    "propose",
    "recent",
    "record",
    "record_all",
    "withdraw",
]
