"""The wire to Toss Payments: one request, and either its answer, a refusal with its code, or nobody knows."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import urllib3
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from portal.domains.payments.gateways.pools import pools_to
from portal.kernel.steps import Unknown

MISSING = {"NOT_FOUND_PAYMENT", "NOT_FOUND"}


class Refused(Exception):
    """A 4xx with its code. Which codes are a no is for whoever asked to say: PROVIDER_ERROR comes here, too."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Wire:
    """Requests are never repeated here: whether to send again is the saga engine's to decide."""

    def __init__(self, api_base: str, secret_key: str, timeout: float) -> None:
        self._base = api_base.rstrip("/")
        # Where a company's proxy reads along it signs by itself; whoever runs us behind one names its certificates so.
        trusted = os.environ.get("REQUESTS_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH
        self._pools = pools_to(self._base, timeout=timeout, ca_bundle=trusted)
        self._headers = {"Accept-Language": "en-US", **urllib3.make_headers(basic_auth=f"{secret_key}:")}

    def get(self, path: str) -> Mapping[str, Any] | None:
        """The payment, or None where there is no such. Raises Unknown for everything else."""
        try:
            found: Mapping[str, Any] = self._send("GET", path)
            return found
        except Refused as refused:
            if refused.code in MISSING:
                return None
            raise Unknown(f"the provider says {refused}") from refused

    def list(self, path: str, asked: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
        """Rows. Raises Unknown for everything that is none."""
        try:
            rows: Sequence[Mapping[str, Any]] = self._send("GET", path, fields=dict(asked))
            return rows
        except Refused as refused:
            raise Unknown(f"the provider says {refused}") from refused

    def post(self, path: str, body: Mapping[str, Any], *, key: str) -> Mapping[str, Any]:
        """The payment as it is now. Raises Refused, or Unknown."""
        sent: Mapping[str, Any] = self._send("POST", path, json=body, headers={"Idempotency-Key": key})
        return sent

    def _send(self, method: str, path: str, **more: Any) -> Any:
        headers = {**self._headers, **more.pop("headers", {})}
        try:
            answer = self._pools.request(method, f"{self._base}{path}", headers=headers, redirect=False, **more)
            body = answer.json()
        except Exception as error:  # no connection, no answer in time, or none that can be read: money may have moved
            raise Unknown(f"{type(error).__name__}: {error}") from error
        if answer.status == 200:
            return body
        code, message = _said(body)
        if answer.status in {400, 403, 404}:
            raise Refused(code, message)
        raise Unknown(f"the provider answered {answer.status} {code}: {message}")


def _said(body: Any) -> tuple[str, str]:
    """Code and sentence; newer versions of the API wrap both into `error`."""
    said = body.get("error", body) if isinstance(body, dict) else {}
    said = said if isinstance(said, dict) else {}
    return str(said.get("code", "UNKNOWN")), str(said.get("message", ""))
