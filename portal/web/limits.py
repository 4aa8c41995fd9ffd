"""How often one may try: counted in Redis for all servers, by address and by account; without Redis nobody may."""

import hashlib
import ipaddress
import time
from typing import cast

from flask import Flask, current_app, request
from flask_babel import gettext as _
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse
from redis import RedisError
from werkzeug.exceptions import TooManyRequests

from portal.config import Settings
from portal.domains import identity
from portal.web.redis_session import SessionsAway


def install(app: Flask, settings: Settings) -> None:
    """Connects Flask-Limiter to Redis. No limits by default: views name theirs."""
    url = settings.redis_url
    limiter = Limiter(
        get_remote_address,
        storage_uri=f"redis+{url}" if url.startswith("unix:") else url,
        storage_options={"socket_timeout": 1, "socket_connect_timeout": 1},
        key_prefix="jari:limit",
    )
    limiter.init_app(app)
    app.extensions["limits"] = limiter


def count(rule: str, *who: str) -> None:
    """Counts one try of `who` under a rule such as "5 per 5 minutes". Raises TooManyRequests, or SessionsAway.

    The try is counted before it is made, so that thirty at the same time are thirty.
    """
    item, limiter = parse(rule), _limiter()
    try:
        if not limiter.limiter.hit(item, *who):
            raise _too_many(limiter, item, who)
    except RedisError as error:
        raise SessionsAway from error


def check(rule: str, *who: str) -> None:
    """Stops `who` if their tries are used up, and counts nothing. Raises TooManyRequests, or SessionsAway."""
    item, limiter = parse(rule), _limiter()
    try:
        if not limiter.limiter.test(item, *who):
            raise _too_many(limiter, item, who)
    except RedisError as error:
        raise SessionsAway from error


def note(rule: str, *who: str) -> None:
    """Counts a try that failed, and lets this one go."""
    try:
        _limiter().limiter.hit(parse(rule), *who)
    except RedisError as error:
        raise SessionsAway from error


def forgive(rule: str, *who: str) -> None:
    """Forgets the tries of `who`: they were right in the end."""
    try:
        _limiter().limiter.clear(parse(rule), *who)
    except RedisError as error:
        raise SessionsAway from error


def address() -> str:
    """Where the request comes from, as far as it can be told apart: one network of IPv6 counts as one."""
    given = request.remote_addr or ""
    try:
        known = ipaddress.ip_address(given)
    except ValueError:
        return given
    return str(ipaddress.ip_network(f"{known}/64", strict=False)) if known.version == 6 else given


def name_of(email: str) -> str:
    """The account somebody tries to enter, whether it exists or not, without writing the address down."""
    return hashlib.sha256(identity.as_address(email).encode()).hexdigest()[:32]


def _limiter() -> Limiter:
    return cast(Limiter, current_app.extensions["limits"])


def _too_many(limiter: Limiter, item: RateLimitItem, who: tuple[str, ...]) -> TooManyRequests:
    left = max(1, int(limiter.limiter.get_window_stats(item, *who).reset_time - time.time()) + 1)
    minutes = -(-left // 60)
    text = _("There were many tries. You can try again in %(minutes)d minutes. Nothing was changed.", minutes=minutes)
    return TooManyRequests(text, retry_after=left)
