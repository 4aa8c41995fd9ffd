"""Audit: who did what to what, when.

Owns audit_entries. Promises: an entry is written in the transaction of the act it tells of, so that neither is there
without the other; entries are appended and never changed, which the database enforces.
"""

from portal.domains.audit.models import AuditEntry
from portal.domains.audit.queries import entries_about, recent
from portal.domains.audit.service import record

__all__ = ["AuditEntry", "entries_about", "recent", "record"]
