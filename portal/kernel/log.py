"""Structured logs: one line an event, saying which request, and which process for which order, it belongs to.

`about(...)` names what a task is about; every line written inside it, by whatever room, carries that. In production a
line is a JSON object, the lines of libraries too; elsewhere it is made for reading.
"""

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import structlog

SECRETS = {"password", "secret", "token", "otp", "authorization", "cookie", "set-cookie", "code", "sid", "session"}
"""Fields that are never written, whatever they hold."""
LOOKS_SECRET = re.compile(
    r"\b(?:pm|tok|sk|rk|whsec)_[A-Za-z0-9_]{4,}"  # cards, keys and webhook secrets of a provider
    r"|\bjari_(?:ac|rt|cs)_[A-Za-z0-9_-]+|\beyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9._-]+"  # codes and tokens of ours
    r"|(?<=_secret_)[A-Za-z0-9]+"  # what lets a browser act on a charge
    r"|(?<=[Bb]earer )[A-Za-z0-9._~+/-]+=*"
    r"|(?<=sid=)[A-Za-z0-9_-]+"
    r"|(?<=://)([^\s/:@]*):[^\s/@]+(?=@)"  # name and password in an address
    r"|(?<=Failing row contains \().*?(?=\)\.?(?:\\n|\n|\"|$))"  # PostgreSQL shows the whole row
)
"""What a sentence or a trace must not carry, wherever it came from."""
MARKS = ("jari_", "eyJ", "pm_", "tok_", "sk_", "rk_", "whsec_", "_secret_", "earer ", "sid=", "://", "Failing row")
"""One of these stands in every match; to look for them first costs a tenth of what the pattern does."""

_facts: ContextVar[dict[str, Any] | None] = ContextVar("facts", default=None)


def set_up(level: str = "INFO", *, pretty: bool = False) -> None:
    """Makes this process's loggers, ours and the libraries', write to standard error."""
    renderer: Any = structlog.processors.JSONRenderer()
    if pretty:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    shared: list[Any] = [_add_facts, structlog.processors.add_log_level, structlog.processors.TimeStamper("iso")]
    last: list[Any] = [structlog.processors.format_exc_info, _hide_secrets, renderer, _cover]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=level, stream=sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[_name_room, structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        foreign_pre_chain=shared,
    )
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler:  # ours or Dramatiq's; whoever else listens has words of its own
            handler.setFormatter(formatter)
    for chatty in ("stripe", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger that says where it speaks from."""
    return structlog.get_logger(room=name)


def begin(**facts: Any) -> None:
    """From here on this thread's lines are about this and nothing else (a request has come in)."""
    _facts.set(facts)


@contextmanager
def about(**facts: Any) -> Iterator[None]:
    """Lines written inside are about this, too."""
    token = _facts.set({**(_facts.get() or {}), **facts})
    try:
        yield
    finally:
        _facts.reset(token)


def note(name: str, value: Any) -> None:
    """Inside `about`: from here on lines carry this, too."""
    facts = _facts.get()
    if facts is not None:
        facts[name] = value


def trace() -> str | None:
    """The request that all this began with, if there was one."""
    found = (_facts.get() or {}).get("request_id")
    return str(found) if found else None


def _add_facts(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    for name, value in (_facts.get() or {}).items():
        if value is not None:
            event.setdefault(name, value)
    return event


def _name_room(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    record: logging.LogRecord | None = event.get("_record")
    if record:
        event.setdefault("room", record.name)
    return event


def _hide_secrets(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    for name in event:
        if _is_secret(name):
            event[name] = "…"
    return event


@lru_cache(maxsize=1000)
def _is_secret(name: str) -> bool:
    return name.lower() in SECRETS or name.lower().endswith(("_token", "_secret", "_password", "_key"))


def _cover(_logger: object, _method: str, line: str | Mapping[str, Any]) -> Any:
    if isinstance(line, str) and any(mark in line for mark in MARKS):
        return LOOKS_SECRET.sub("…", line)
    return line
