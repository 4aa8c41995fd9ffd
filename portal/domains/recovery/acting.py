"""Doing what a person decided: at once, or after a second person confirmed it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from portal.domains import audit, refunds
from portal.domains.recovery.choosing import DECISIONS, RETURNED, Case, find_case
from portal.domains.recovery.errors import NothingToCure
from portal.kernel import sagas
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid
from portal.kernel.fields import reason_fault
from portal.kernel.sagas import Verdict

MOST_REFERENCE = 200


def act(
    tx: Tx,
    name: str,
    kind: str,
    key: str,
    *,
    by: UUID,
    reason: str,
    now: datetime,
    four_eyes_above: Decimal,
    reference: str = "",
) -> audit.Proposal | None:
    """Does `name` to a process, or proposes it when its amount needs two people (the proposal is then returned).

    `reference` says where money that was settled outside can be found. Raises NotFound, NothingToCure, Invalid with
    faults on `reason` or `reference`, or audit.AlreadyProposed.
    """
    case = find_case(tx, kind, key)
    if name not in case.acts:
        raise NothingToCure
    reason, reference = reason.strip(), reference.strip()
    if faults := _faults(name, reason, reference):
        raise Invalid(faults)
    details = {"kind": kind, "key": key, "number": case.number, "reference": reference, "amount": str(case.amount)}
    if name in DECISIONS and case.amount > four_eyes_above:
        proposal = audit.propose(tx, name, f"{kind} {key}", by=by, reason=reason, now=now, details=details)
        _record(tx, case, by, f"saga.{name}.proposed", reason, details)
        return proposal
    _do(tx, name, case, by=by, reason=reason, now=now, reference=reference)
    _record(tx, case, by, f"saga.{name}", reason, details)
    return None


def confirm(tx: Tx, proposal_id: UUID, *, by: UUID, now: datetime) -> audit.Proposal:
    """A second person agrees, and it is done. Raises NotFound, audit.SamePerson, audit.NoLongerOpen, NothingToCure."""
    proposal = audit.confirm(tx, proposal_id, by=by, now=now)
    details = {name: str(value) for name, value in proposal.details.items()}
    case = find_case(tx, details["kind"], details["key"])
    if proposal.act not in case.acts:
        raise NothingToCure
    _do(tx, proposal.act, case, by=by, reason=proposal.reason, now=now, reference=details["reference"])
    _record(tx, case, by, f"saga.{proposal.act}.confirmed", proposal.reason, details)
    return proposal


def _do(tx: Tx, name: str, case: Case, *, by: UUID, reason: str, now: datetime, reference: str) -> None:
    engine, kind, key = sagas.engine(), case.progress.kind, case.progress.key
    if kind == RETURNED:
        done = _see_to_returned(tx, name, UUID(key), reference)
    elif name == "resume":
        done = engine.resume(tx, kind, key)
    elif name == "ask":
        done = engine.wake(tx, kind, key)
    elif name == "give_back":
        done = engine.hand_over(tx, kind, key)
        if done and case.order_id:
            refunds.give_back(tx, case.order_id, by=by, reason=reason, now=now)
    else:
        done = engine.resolve(tx, kind, key, _verdict(name, reason, reference))
    if not done:
        raise NothingToCure


def _see_to_returned(tx: Tx, name: str, refund_id: UUID, reference: str) -> bool:
    """What came back goes out again under a new key, or was paid another way."""
    try:
        if name == "anew":
            refunds.send_again(tx, refund_id)
        else:
            refunds.settle_outside(tx, refund_id, reference)
    except refunds.NothingReturned:
        return False
    return True


def _verdict(name: str, reason: str, reference: str) -> Verdict:
    if name == "settle":
        return Verdict("done", reason, {"ref": reference, "status": "done", "outside": True})
    return Verdict("anew" if name == "anew" else "refused", reason)


def _faults(name: str, reason: str, reference: str) -> dict[str, str | tuple[str, Mapping[str, Any]]]:
    faults: dict[str, str | tuple[str, Mapping[str, Any]]] = {}
    if fault := reason_fault(reason, N_("Say why: others will read it later.")):
        faults["reason"] = fault
    if name == "settle" and not reference:
        faults["reference"] = N_("Say where the money can be found: a transfer's or a receipt's number.")
    elif len(reference) > MOST_REFERENCE:
        faults["reference"] = (N_("At most %(most)s characters, please."), {"most": MOST_REFERENCE})
    return faults


def _record(tx: Tx, case: Case, by: UUID, action: str, reason: str, details: Mapping[str, str]) -> None:
    subject = ("order", str(case.order_id)) if case.order_id else ("saga", f"{case.progress.kind} {case.progress.key}")
    audit.record(tx, by, action, *subject, reason=reason, **details)
