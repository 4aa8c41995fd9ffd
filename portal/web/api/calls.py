"""How a call of the API is declared: address, scope, answers. The decorator does what every call needs, in order.

@call("/holds", method="POST", scope="bookings:write", answers={201: HoldTold}, repeatable=True)
def make_hold(json: HoldAsked) -> Answer: ...

`json` and `query` in the signature are the models that spectree checks and documents. A call without a scope is open.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from flask import request
from pydantic import BaseModel, ValidationError
from spectree import Response, SpecTree
from spectree.model_adapter.protocol import SchemaMode
from spectree.model_adapter.pydantic_adapter import PydanticModelAdapter

from portal.kernel import log
from portal.web import limits
from portal.web.api import bodies, callers
from portal.web.api.face import blueprint, settings
from portal.web.api.shapes import Problem
from portal.web.redis_session import SessionsAway

logger = log.get("web.api")

Answer = BaseModel | tuple[BaseModel, int] | tuple[BaseModel, int, Mapping[str, str]] | tuple[str, int]
View = Callable[..., Answer]


def _blame(_request: Any, _response: Any, error: Exception | None, *_rest: Any) -> None:
    if isinstance(error, ValidationError):
        raise bodies.faults_of(error)


class _SchemasMadeOnce(PydanticModelAdapter):
    """A schema is asked for anew with each call that has its model, and to make them all took a fifth of a start."""

    def json_schema(self, model: type[Any], *, ref_template: str, mode: SchemaMode = "validation") -> dict[str, Any]:
        return _schema(model, ref_template, mode)  # type: ignore[arg-type]  # a class can be hashed


@functools.cache
def _schema(model: type[Any], ref_template: str, mode: SchemaMode) -> dict[str, Any]:
    return PydanticModelAdapter().json_schema(model, ref_template=ref_template, mode=mode)


spec = SpecTree(
    "flask",
    model_adapter=_SchemasMadeOnce(),  # type: ignore[arg-type]  # its own adapter is none by its own protocol
    mode="strict",
    title="Jari",
    version="1",
    naming_strategy=lambda model: model.__name__.removesuffix("Told"),
    nested_naming_strategy=lambda _parent, child: child.removesuffix("Told"),
    before=_blame,
    validation_error_model=Problem,
)


@dataclass(frozen=True)
class Call:
    """What a call is declared as. `repeatable`: an Idempotency-Key makes it happen once, however often it is sent."""

    rule: str
    method: str
    scope: str | None
    answers: Mapping[int, type[BaseModel] | None]
    repeatable: bool
    problems: frozenset[int]


CALLS: list[Call] = []
"""Every call there is, for the document and for tests."""


def call(
    rule: str,
    *,
    answers: Mapping[int, type[BaseModel] | None],
    tag: str,
    method: str = "GET",
    scope: str | None = None,
    repeatable: bool = False,
    lately: bool = False,
    problems: frozenset[int] | set[int] = frozenset(),
) -> Callable[[View], View]:
    """Registers a view as a call. `problems` are what it may answer besides what its declaration already means.

    `lately`: it takes a token of somebody who showed just now who they are (FRESH_SECONDS), as the act on its page.
    """

    def declare(view: View) -> View:
        takes = get_type_hints(view).keys() & {"json", "query"}
        wrong = set(problems) | ({422} if takes else set()) | ({413, 415} if "json" in takes else set())
        wrong |= {401, 403} if scope else set()
        wrong |= {422} if repeatable else set()
        declared = Call(rule, method, scope, answers, repeatable, frozenset(wrong | {400, 429, 503}))
        told: dict[str, Any] = {f"HTTP_{status}": model for status, model in answers.items()}
        told |= {f"HTTP_{status}": Problem for status in sorted(declared.problems)}
        security = {"bearer": [scope]} if scope else None
        checked = spec.validate(resp=_Exactly(**told), tags=[tag], security=security, operation_id=view.__name__)(view)

        @functools.wraps(checked)
        def enter(**values: Any) -> Any:
            if scope:
                callers.admit(scope)
            if scope and lately:
                callers.need_lately(scope, settings().fresh_seconds)
            _count(scope)
            if repeatable:
                bodies.idempotency_key()
            if "json" in takes:
                bodies.read_json()
            return checked(**values)

        enter.call = declared  # type: ignore[attr-defined]  # functions take attributes
        CALLS.append(declared)
        blueprint.add_url_rule(rule, view_func=enter, methods=[method])
        return enter

    return declare


class _Exactly(Response):
    """The answers that were declared; spectree would add its 422 to calls that take no input."""

    def add_model(self, *_args: Any, **_options: Any) -> None:
        return None


def _count(scope: str | None) -> None:
    """One call of this account and client, or of this address: bounded, so that nobody's script crowds out the rest."""
    knobs = settings()
    try:
        if scope:
            limits.count(knobs.api_calls, "api", str(callers.caller().id), callers.client_id())
        else:
            limits.count(knobs.api_calls_per_address, "api", limits.address())
    except SessionsAway:
        # The limit is good manners, not a lock: without Redis the API goes on booking.
        logger.warning("calls are not counted", path=request.path)
