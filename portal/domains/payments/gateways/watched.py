"""A provider whose answers are counted and timed, whichever provider it is."""

import time
from typing import Any, cast

from portal.domains.payments.gateways.port import Forged, Gateway, RepaymentRefused
from portal.kernel.steps import Unknown
from portal.kernel.watch import Count, Timer

ANSWERS = Count(
    "jari_provider_answers_total",
    "Answers of the payment provider, by call: a charge's or a repayment's status, none, refused, forged, unknown.",
    "provider",
    "call",
    "answer",
)
SECONDS = Timer("jari_provider_seconds", "Time until the payment provider answered.", "provider", "call")


def watched(gateway: Gateway) -> Gateway:
    """The same provider; every call of its port leaves a count behind."""
    return cast(Gateway, _Watched(gateway))


class _Watched:
    """Stands before the provider. Whatever the port learns to ask for is counted without a line here."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.name = gateway.name

    def __getattr__(self, call: str) -> Any:
        act = getattr(self._gateway, call)
        if not callable(act):
            return act

        def counted(*args: Any, **kwargs: Any) -> Any:
            began, answer = time.perf_counter(), "error"
            try:
                found = act(*args, **kwargs)
                answer = _word(found)
                return found
            except Unknown:
                answer = "unknown"
                raise
            except RepaymentRefused:
                answer = "refused"
                raise
            except Forged:
                answer = "forged"
                raise
            finally:
                ANSWERS.add(self.name, call, answer)
                SECONDS.took(time.perf_counter() - began, self.name, call)

        return counted


def _word(found: Any) -> str:
    return "none" if found is None else str(getattr(found, "status", "answered"))
