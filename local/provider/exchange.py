"""One HTTP exchange, free of sockets: what was asked, and what is replied."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """`headers` have lower-case names; `query` is what follows the question mark."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def json_reply(status: int, body: Any, headers: dict[str, str] | None = None) -> Reply:
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return Reply(status, text.encode(), {"Content-Type": "application/json"} | (headers or {}))
