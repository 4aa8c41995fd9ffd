"""Sessions in Redis: found by the hash of their id, never longer than their limits, and dead once revoked.

A session is a JSON value under `jari:session:<SHA-256 of the id>`; whoever reads Redis cannot take a session over. The
set `jari:sessions:<account>` lists what belongs to an account. Redis may lose everything: people sign in again.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from redis import Redis

from portal.kernel import clock

PREFIX = "jari:session:"
OF_ACCOUNT = "jari:sessions:"
ONCE = "jari:once:"
KEPT = "jari:kept:"
WRITE_EVERY = 60.0
"""Seconds between two writes that only say «still here»."""

# KEYS: the session, its account's list, the session it replaces, that one's account's list ('' where there is none).
# ARGV: value, milliseconds to live, which of the two sessions must be alive, when it ends, now (both in seconds).
# «Must be alive» is why a request that was under way while its session was revoked does not bring it back.
SAVE = """
if ARGV[3] == 'itself' and redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if ARGV[3] == 'previous' and redis.call('EXISTS', KEYS[3]) == 0 then return 0 end
if KEYS[3] ~= '' then redis.call('DEL', KEYS[3]) end
if KEYS[4] ~= '' then redis.call('ZREM', KEYS[4], KEYS[3]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if KEYS[2] ~= '' then
    redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[5])
    redis.call('ZADD', KEYS[2], ARGV[4], KEYS[1])
    local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')
    redis.call('EXPIRE', KEYS[2], math.ceil(tonumber(last[2]) - tonumber(ARGV[5])) + 1)
end
return 1
"""

# KEYS: an account's list. ARGV: the key to keep, or ''. One step: no session slips out under a new id.
REVOKE_ALL = """
local ended = 0
for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    if key ~= ARGV[1] then
        ended = ended + redis.call('DEL', key)
        redis.call('ZREM', KEYS[1], key)
    end
end
return ended
"""


@dataclass(frozen=True)
class Limits:
    """How long a session lives: `idle` after its last use, and `absolute` after its beginning whatever is done."""

    idle: timedelta
    absolute: timedelta


@dataclass
class StoredSession:
    """What is kept of a session. Times are seconds since 1970; `account` is empty for a visitor."""

    data: dict[str, Any]
    began: float
    seen: float
    ends: float
    idle: float
    account: str = ""
    agent: str = ""
    address: str = ""


@dataclass(frozen=True)
class SignedIn:
    """One line of a person's list of sessions. `key` names it without giving it away."""

    key: str
    began: datetime
    seen: datetime
    agent: str
    address: str


class Sessions:
    """The sessions of all web servers. Every method raises redis.RedisError when Redis does not answer."""

    def __init__(self, redis: Redis, *, now: Callable[[], datetime] = clock.now) -> None:
        self._redis = redis
        self._now = now
        self._save = redis.register_script(SAVE)
        self._revoke_all = redis.register_script(REVOKE_ALL)

    def begin(
        self,
        data: Mapping[str, Any],
        limits: Limits,
        *,
        account: str = "",
        agent: str = "",
        address: str = "",
        instead_of: str = "",
        previous_account: str = "",
        only_if_alive: bool = False,
    ) -> tuple[str, StoredSession] | None:
        """Writes a new session under a new id and, in the same step, ends the one it replaces.

        With `only_if_alive` nothing is written, and None answered, when that one was revoked meanwhile.
        """
        now = self._now().timestamp()
        stored = StoredSession(
            data=dict(data),
            began=now,
            seen=now,
            ends=now + limits.absolute.total_seconds(),
            idle=limits.idle.total_seconds(),
            account=account,
            agent=agent[:200],
            address=address,
        )
        sid = secrets.token_urlsafe(32)
        alive = "previous" if only_if_alive else ""
        written = self._write(sid, stored, alive, instead_of=instead_of, previous_account=previous_account)
        return (sid, stored) if written else None

    def load(self, sid: str) -> StoredSession | None:
        """The living session of this id; None if it is over, was revoked or never was."""
        kept = self._redis.get(_key(sid))
        if kept is None:
            return None
        stored = StoredSession(**json.loads(kept))  # type: ignore[arg-type]  # a synchronous client answers bytes
        now = self._now().timestamp()
        return stored if now < stored.ends and now < stored.seen + stored.idle else None

    def save(self, sid: str, stored: StoredSession) -> bool:
        """Writes what changed and that it was used. False if the session is gone meanwhile: then it stays gone."""
        stored.seen = self._now().timestamp()
        return self._write(sid, stored, "itself")

    def is_due(self, stored: StoredSession) -> bool:
        """Whether it is time to write that the session is still in use."""
        return self._now().timestamp() - stored.seen >= min(WRITE_EVERY, stored.idle / 10)

    def end(self, sid: str, account: str = "") -> None:
        """Ends the session."""
        self._forget(_key(sid), account)

    def use_once(self, name: str, seconds: float) -> bool:
        """True the first time, on all servers together; a name is remembered for so long."""
        key = ONCE + hashlib.sha256(name.encode()).hexdigest()
        return bool(self._redis.set(key, b"1", nx=True, px=int(seconds * 1000)))

    def put_away(self, name: str, value: str, seconds: float) -> None:
        """Keeps something for whoever comes back with its name."""
        self._redis.set(_kept(name), value, px=int(seconds * 1000))

    def take(self, name: str) -> str | None:
        """What was put away under this name, once on all servers together; None if it is gone."""
        found = self._redis.getdel(_kept(name))
        return found.decode() if isinstance(found, bytes) else None

    def of_account(self, account: str) -> list[SignedIn]:
        """The account's living sessions, the last used first."""
        found = sorted(self._living(account), key=lambda pair: pair[1].seen, reverse=True)
        return [
            SignedIn(
                key=key.removeprefix(PREFIX),
                began=_moment(stored.began),
                seen=_moment(stored.seen),
                agent=stored.agent,
                address=stored.address,
            )
            for key, stored in found
        ]

    def revoke(self, account: str, key: str) -> bool:
        """Ends one of the account's sessions by its name in the list. False if it is not this account's."""
        if self._redis.zscore(OF_ACCOUNT + account, PREFIX + key) is None:
            return False
        self._forget(PREFIX + key, account)
        return True

    def revoke_all(self, account: str, *, keep: str = "") -> int:
        """Ends all of the account's sessions, except the one with the id `keep`. How many were ended."""
        return int(self._revoke_all(keys=[OF_ACCOUNT + account], args=[_key(keep) if keep else ""]))

    def end_those(self, account: str, meant: Callable[[Mapping[str, Any]], bool]) -> int:
        """Ends the account's sessions whose content is `meant`. How many were ended."""
        ended = 0
        while True:
            found = [key for key, stored in self._living(account) if meant(stored.data)]
            if not found:
                return ended
            for key in found:
                self._forget(key, account)
            # Looked at again: one of them may have moved to a new id meanwhile.
            ended += len(found)

    def _living(self, account: str) -> list[tuple[str, StoredSession]]:
        """The account's sessions that Redis still has, each with its key."""
        keys = cast(list[bytes], self._redis.zrange(OF_ACCOUNT + account, 0, -1))
        values = cast(list[bytes | None], self._redis.mget(keys)) if keys else []
        pairs = zip(keys, values, strict=True)
        return [(key.decode(), StoredSession(**json.loads(value))) for key, value in pairs if value is not None]

    def _write(
        self, sid: str, stored: StoredSession, alive: str, *, instead_of: str = "", previous_account: str = ""
    ) -> bool:
        left = min(stored.idle, stored.ends - stored.seen)
        if left <= 0:
            return False
        keys = [
            _key(sid),
            OF_ACCOUNT + stored.account if stored.account else "",
            _key(instead_of) if instead_of else "",
            OF_ACCOUNT + previous_account if previous_account else "",
        ]
        value = json.dumps(asdict(stored), separators=(",", ":"))
        arguments: list[str | int | float] = [value, max(1, int(left * 1000)), alive, stored.ends, stored.seen]
        return bool(self._save(keys=keys, args=arguments))

    def _forget(self, key: str, account: str) -> None:
        with self._redis.pipeline() as pipe:
            pipe.delete(key)
            if account:
                pipe.zrem(OF_ACCOUNT + account, key)
            pipe.execute()


def key_of(sid: str) -> str:
    """The name under which a session of this id appears in its owner's list."""
    return hashlib.sha256(sid.encode()).hexdigest()


def _key(sid: str) -> str:
    return PREFIX + key_of(sid)


def _kept(name: str) -> str:
    return KEPT + hashlib.sha256(name.encode()).hexdigest()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
