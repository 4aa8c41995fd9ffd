"""The same call sent twice at the same time: the second waits for the first, and then finds what it made."""

from portal.kernel.db import Tx
from portal.kernel.slugs import hold_lock
from portal.web.api.bodies import idempotency_key
from portal.web.api.callers import caller


def once(tx: Tx, kind: str) -> str:
    """The call's Idempotency-Key, after every other call with it is committed or undone.

    The domains know a key again once it is committed. Two that run side by side would both find nothing, and the one
    that loses would be told that its hold belongs to an order by now: to its own.
    """
    key = idempotency_key()
    hold_lock(tx, f"once {kind} {caller().id} {key}")
    return key
