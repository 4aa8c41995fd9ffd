"""The OpenAPI document: valid, complete, and true: what is sent at random is answered as it says."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import one_of
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks as openapi

from portal.web.api.calls import CALLS
from tests.portal.web.api.conftest import EVERYTHING, Shop
from tests.support import people

FEW = settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
REPEATABLE = {("post", f"/api/v1/{path}") for path in ("holds", "orders", "orders/{number}/refunds")}
REPEATABLE |= {("post", "/api/v1/orders/{number}/moves")}


@pytest.fixture
def document(shop: Shop) -> dict[str, Any]:
    answer = shop.app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json)


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_call_is_in_it_with_its_scope_and_its_problems(document: dict[str, Any]) -> None:
    told = {(method, path): call for path, calls in document["paths"].items() for method, call in calls.items()}
    assert len(told) == len(CALLS) == 21
    for (method, path), call in told.items():
        guarded = "401" in call["responses"]
        assert bool(call.get("security")) == guarded, path
        assert ("Idempotency-Key" in [part["name"] for part in call["parameters"]]) == ((method, path) in REPEATABLE), (
            path
        )
        for status, answer in call["responses"].items():
            kinds = set(answer.get("content", {}))
            expected = {"application/problem+json"} if int(status) >= 400 else {"application/json"}
            assert kinds == (expected if status != "204" else set()), (path, status)


def test_what_is_sent_at_random_is_answered_as_the_document_says(shop: Shop, app: Flask) -> None:
    """Schemathesis: input that fits and input that does not, for every call, on things that exist and that do not."""
    person = people.staff(shop.engine, "refunds")
    caller = shop.caller(f"{EVERYTHING} staff:refunds", person=person)
    shop.grant(person, 5000)
    number = shop.completed(caller)
    refund = caller.post(f"/orders/{number}/refunds", {"reason": "I am ill."}).json["id"]
    shop.hold(shop.caller(), 14)
    waits = caller.post("/waiting", {"product": shop.room, "start": shop.at(14)}).json["id"]
    there = {
        "entry_id": waits,
        "move_number": f"{number}-M1",
        "slug": "kayak",
        "number": number,
        "hold_id": shop.hold(caller, 12),
        "refund_id": refund,
    }
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    sent = {"Authorization": f"Bearer {caller.token}"}
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        names = [parameter.name for parameter in operation.path_parameters]
        known = {name: there[name] for name in names} or None
        cases = [
            operation.as_strategy(mode, path_parameters=place)
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
            for place in (None, known)
        ]

        @FEW
        @given(case=one_of(*cases))
        def answered(case: schemathesis.Case) -> None:
            nonlocal tried
            tried += 1
            case.call_and_validate(headers=sent, excluded_checks=[openapi.positive_data_acceptance])

        answered()
    assert tried > 100
