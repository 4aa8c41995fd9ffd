"""The document for machines, and a page that tells it to people: no script from elsewhere, nothing to install."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, render_template
from markupsafe import Markup

from portal.domains.identity import tokens
from portal.web.api.document import document
from portal.web.api.face import blueprint, settings

METHODS = ("get", "post", "delete")


@dataclass(frozen=True)
class Field:
    """One row of a table: a parameter, or a field of a body or an answer."""

    name: str
    kind: str
    needed: bool
    says: Markup


@blueprint.get("/openapi.json")
def openapi() -> Response:
    return jsonify(document())


@blueprint.get("/docs", endpoint="docs")
def show() -> str:
    made = document()
    calls = list(_calls(made))
    return render_template(
        "api/docs.html",
        groups={tag["name"]: [call for call in calls if call["tag"] == tag["name"]] for tag in made["tags"]},
        scopes=tokens.SCOPES,
        base=settings().base_url.rstrip("/"),
        minutes=settings().access_token_minutes,
    )


def _calls(made: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, operations in made["paths"].items():
        for method in METHODS:
            if method in operations:
                yield _call(made, path, method, operations[method])


def _call(made: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    good = min(operation["responses"])
    answer = operation["responses"][good].get("content", {}).get("application/json", {}).get("schema")
    return {
        "id": f"{method}-{path.removeprefix('/api/v1/').translate(str.maketrans('/', '-', '{}'))}",
        "tag": operation["tags"][0],
        "method": method.upper(),
        "path": path.removeprefix("/api/v1"),
        "summary": operation["summary"].removesuffix("."),
        "description": _with_code(operation["description"]),
        "scope": next((scopes[0] for need in operation.get("security", []) for scopes in need.values()), None),
        "parameters": [
            Field(each["name"], _kind(made, each["schema"]), each["required"], _with_code(each.get("description", "")))
            for each in operation["parameters"]
        ],
        "body": _fields(made, body) if body else [],
        "status": good,
        "answer": _fields(made, answer) if answer else [],
        "gist": _kind(made, answer) if answer else "",
        "about": _with_code(_resolved(made, answer).get("description", "")) if answer else "",
        "problems": {
            status: _with_code(told["description"]) for status, told in operation["responses"].items() if status != good
        },
    }


def _fields(made: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Field]:
    found = _resolved(made, schema)
    if found.get("type") == "array":
        found = _resolved(made, found["items"])
    needed = found.get("required", [])
    return [
        Field(name, _kind(made, inner), name in needed, _with_code(inner.get("description", "")))
        for name, inner in found.get("properties", {}).items()
    ]


def _kind(made: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a value is, in a few signs: text, whole number, [id], {amount, currency}, or nothing."""
    if "anyOf" in schema:
        return " / ".join(_kind(made, choice) for choice in schema["anyOf"] if choice.get("type") != "null")
    found = _resolved(made, schema)
    match found.get("type"):
        case "array":
            return f"[{_kind(made, found['items'])}]"
        case "object" if "properties" in found:
            return "{" + ", ".join(found["properties"]) + "}"
        case "string":
            return {"uuid": "id", "date-time": "moment"}.get(found.get("format", ""), found.get("format", "text"))
        case other:
            return {"integer": "whole number", "boolean": "yes or no"}.get(str(other), str(other))


def _with_code(text: str) -> Markup:
    """The text with its `quoted` words as code."""
    parts = enumerate(text.split("`"))
    return Markup("").join(Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in parts)


def _resolved(made: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = made["components"]["schemas"][name] if name else schema
    return found
