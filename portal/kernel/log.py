"""Structured logs: one JSON object a line, carrying request id, saga id and order number through a task."""

import logging
import sys

import structlog

SECRETS = {"password", "secret", "token", "otp", "authorization", "cookie", "set-cookie", "code"}


def set_up(level: str = "INFO", *, pretty: bool = False) -> None:
    """Configures structlog and the standard library's logging to write to standard error."""
    renderer = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _hide_secrets,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=level, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    for chatty in ("stripe", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _hide_secrets(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    for name in event.keys() & SECRETS:
        event[name] = "…"
    return event


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger that says where it speaks from."""
    return structlog.get_logger(room=name)
