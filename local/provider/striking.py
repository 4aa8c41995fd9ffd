"""Meets the fault that was ordered for a call: before its effect, after it, or instead of its answer."""

from collections.abc import Callable

from local.provider.company import Company
from local.provider.exchange import Reply


def struck(
    company: Company, name: str, carry_out: Callable[..., Reply], *, broken: Reply, missing: Reply
) -> Reply | None:
    """The reply to a call, or None when the connection is to be cut. `name` is one of faults.CALLS.

    `carry_out` takes `delay` in seconds, and `spoiled`: it books the effect and answers, and keeps, a 500.
    """
    company.tally.count(name, "received")
    fault = company.faults.take(name)
    if fault is None:
        return carry_out()
    company.tally.count(name, "faults")
    match fault.fault:
        case "timeout_before":
            company.stopping.wait(fault.seconds)
            return None
        case "timeout_after":
            carry_out()
            company.stopping.wait(fault.seconds)
            return None
        case "cut_before" | "down":
            return None
        case "cut_after":
            carry_out()
            return None
        case "error_before":  # as if it had failed before the work began: nothing is kept under the key
            return broken
        case "hidden":
            return missing
        case "error_after":
            return carry_out(spoiled=True)
        case "slow":
            return carry_out(delay=fault.seconds)
    raise AssertionError(fault.fault)
