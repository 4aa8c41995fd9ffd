"""The queue itself, in Redis: who waits by arrival, who is inside, and whose turn it is, decided in one script.

Redis may lose all of it at any moment: whoever comes back shows a ticket that says when they came, and stands where
they stood. Nobody is let in for a while then, until those who were first have had the time to come back.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from redis import Redis

from portal.domains.rushes.switching import Terms

ABSENT_AFTER = 45
"""Seconds after which somebody whose page does not ask any more does not stand in anybody's way; a ticket brings them
back to where they were."""
COMING_BACK = 15
"""Seconds in which nobody is let in after Redis has lost the queue: longer than a page takes to ask again."""
LATELY = 120
"""Seconds whose admissions tell how fast it goes."""

# KEYS: line (account -> arrival), seen (account -> last look), inside (account -> end of the pass), done (account ->
# arrival that has had its turn), entered (account:arrival -> moment), born (since when Redis knows the queue).
# ARGV: account, arrival of the ticket or 0, end of the pass that was shown or 0, how many at once, seconds of a pass,
# absent after, seconds nobody is let in if the queue is new to Redis, lately.
# Answers: arrival, end of the pass or 0, place, people inside, entered lately.
_LOOK = """
local at = redis.call('TIME')
local now, micros = tonumber(at[1]), at[1] * 1000000 + at[2]
local me, arrived, shown = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local line, seen, inside, done, entered, born = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
redis.call('SET', born, now + ARGV[7], 'NX')
local opens = tonumber(redis.call('GET', born))
redis.call('ZREMRANGEBYSCORE', inside, '-inf', now)
redis.call('ZREMRANGEBYSCORE', entered, '-inf', now - ARGV[8])
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now - ARGV[6], 'LIMIT', 0, 1000)) do
    redis.call('ZREM', line, gone)
    redis.call('ZREM', seen, gone)
end
if shown > now then redis.call('ZADD', inside, 'GT', shown, me) end
local lately = redis.call('ZCARD', entered)
local until_when = redis.call('ZSCORE', inside, me)
if until_when then
    redis.call('ZREM', line, me)
    redis.call('ZREM', seen, me)
    if arrived == 0 then arrived = tonumber(redis.call('ZSCORE', done, me) or micros) end
    return {string.format('%.0f', arrived), tonumber(until_when), 0, redis.call('ZCARD', inside), lately}
end
local known = redis.call('ZSCORE', line, me)
local had = tonumber(redis.call('ZSCORE', done, me) or 0)
if known then
    arrived = (arrived > had and arrived < tonumber(known)) and arrived or tonumber(known)
elseif arrived <= had or arrived > micros then
    arrived = micros
end
-- Written out: what Lua makes of so large a number by itself is rounded.
local came = string.format('%.0f', arrived)
redis.call('ZADD', line, came, me)
redis.call('ZADD', seen, now, me)
local place = redis.call('ZRANK', line, me)
local free = ARGV[4] - redis.call('ZCARD', inside)
if place < free and now >= opens then
    until_when = now + ARGV[5]
    redis.call('ZREM', line, me)
    redis.call('ZREM', seen, me)
    redis.call('ZADD', inside, until_when, me)
    redis.call('ZADD', done, came, me)
    redis.call('ZADD', entered, now, me .. ':' .. came)
    place = -1
end
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, 86400) end
return {came, until_when or 0, place + 1, redis.call('ZCARD', inside), lately}
"""


@dataclass(frozen=True)
class Place:
    """Where somebody stands. `until`: once it is their turn, the end of it in seconds since 1970; else 0.

    `place`: 1 is next. `wait`: seconds it will take about, by how fast it went lately.
    """

    arrived: int
    until: int
    place: int
    wait: int


class Queue:
    """The queues of all products on one Redis. Its methods raise redis' errors when Redis is away."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._look = redis.register_script(_LOOK)

    def look(self, terms: Terms, account_id: UUID, *, arrived: int, until: int, now: datetime) -> Place:
        """Where this person stands now, with the ticket that says when they came (0: just now) and the pass they have
        (0: none); lets them in if it is their turn."""
        fresh = (now - terms.opened_at).total_seconds() < COMING_BACK
        given: list[str | int] = [account_id.hex, arrived, until, terms.at_once, terms.minutes * 60, ABSENT_AFTER]
        found = self._look(keys=_keys(terms), args=[*given, 0 if fresh else COMING_BACK, LATELY])
        came, lets_in, place, _inside, lately = (int(value) for value in found)
        return Place(came, lets_in, place, _wait(terms, place, lately))

    def leave(self, terms: Terms, account_id: UUID) -> None:
        """Has chosen, or will not: the next may come in. A pass that was given stays good until its end."""
        with self._redis.pipeline() as pipe:
            for key in _keys(terms)[:3]:
                pipe.zrem(key, account_id.hex)
            pipe.execute()

    def waiting(self, terms: Terms) -> tuple[int, int]:
        """How many wait, and how many are inside."""
        line, _seen, inside, *_rest = _keys(terms)
        with self._redis.pipeline() as pipe:
            pipe.zcard(line)
            pipe.zcard(inside)
            waits, chooses = pipe.execute()
        return int(waits), int(chooses)


def _keys(terms: Terms) -> list[str]:
    # In braces: what a Redis of several machines keeps together. To the microsecond: a queue that is closed and opened
    # again at once is another one.
    rush = f"jari:rush:{{{terms.product_id.hex}:{terms.opened_at.timestamp():.6f}}}"
    return [f"{rush}:{name}" for name in ("line", "seen", "inside", "done", "entered", "born")]


def _wait(terms: Terms, place: int, lately: int) -> int:
    """By the pace of the last minutes; while nobody has gone in yet, as if everybody took all of their time."""
    slowest = -(-place // terms.at_once) * terms.minutes * 60
    return min(slowest, place * LATELY // lately) if lately else slowest
