"""One round trip for several prepared statements: libpq's pipeline, through psycopg's own layer for it (`psycopg.pq`).

psycopg's cursors have a pipeline too, but there each statement writes to the socket and looks for answers by itself;
measured on a saga of six writes, this here takes half the processor time. It is what a cursor does between Python and
libpq, without the cursor: named parameters become numbers, values are written and read by psycopg's own adapters, and a
statement is prepared when it is first used on a connection.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors, generators, pq
from psycopg.adapt import PyFormat, Transformer

Statement = tuple[str, Mapping[str, Any]]
Row = tuple[Any, ...]

NAMED = re.compile(r"%\((\w+)\)s|%%")
MOST_PREPARED = 200
"""Statements a connection keeps prepared: those that were asked last. A list that is narrowed by this and that asks a
statement that hardly anybody asks again."""


class Failed(Exception):
    """The statement at this index failed with psycopg's error."""

    def __init__(self, at: int, error: psycopg.Error) -> None:
        super().__init__(f"statement {at} failed: {error}")
        self.at = at
        self.error = error


class Pipe:
    """Sends statements on one connection, in its transaction."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection
        self._values = Transformer.from_context(connection)
        self._names: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        self._count = 0
        self._hear_of_drops()

    def send(self, statements: Sequence[Statement], *, begin: bool = True) -> list[list[Row]]:
        """Runs them in order and returns the rows of each; begins a transaction if there is none, unless told not to.

        Raises Failed with the first that fails; those behind it are then not carried out.
        """
        with self._connection.lock:
            wire = self._connection.pgconn
            wire.enter_pipeline_mode()
            try:
                ahead = self._begin(wire) if begin else 0
                kinds = [self._queue(wire, sql, given) for sql, given in statements]
                wire.pipeline_sync()
                answers = self._connection.wait(_answers(wire, ahead + sum(kinds)))
                wire.exit_pipeline_mode()
            except BaseException:
                self._connection.close()  # nobody knows what of it is still on its way
                raise
            return self._read(answers, ahead, kinds)

    def _hear_of_drops(self) -> None:
        """After rollbacks and DDL psycopg drops whatever is prepared on its connection (DEALLOCATE ALL), ours too.

        It has no public way to tell; that this one works is tested.
        """
        prepared = self._connection._prepared
        clear = prepared.clear

        def clear_ours_too() -> bool:
            if dropped := clear():
                self._names.clear()
            return dropped

        prepared.clear = clear_ours_too  # type: ignore[method-assign]  # as said above

    def _begin(self, wire: pq.abc.PGconn) -> int:
        if wire.transaction_status != pq.TransactionStatus.IDLE:
            return 0
        wire.send_query_params(b"BEGIN", None)
        return 1

    def _queue(self, wire: pq.abc.PGconn, sql: str, given: Mapping[str, Any]) -> int:
        """Hands one statement to libpq; how many answers it will have."""
        query, names = numbered(sql)
        values = self._values.dump_sequence([given[name] for name in names], [PyFormat.AUTO] * len(names))
        types, formats = self._values.types or (), self._values.formats or ()
        if known := self._names.pop((query, types), None):
            self._names[query, types] = known  # at the end again: what was not asked longest stands first
            wire.send_query_prepared(known, values, param_formats=formats)
            return 1
        dropped = self._drop_one(wire) if len(self._names) >= MOST_PREPARED else 0
        self._count += 1
        name = b"pipe_%d" % self._count
        wire.send_prepare(name, query, param_types=types)
        wire.send_query_prepared(name, values, param_formats=formats)
        self._names[query, types] = name
        return dropped + 2

    def _drop_one(self, wire: pq.abc.PGconn) -> int:
        """Forgets what was not asked longest."""
        name = self._names.pop(next(iter(self._names)))
        wire.send_query_params(b"DEALLOCATE " + name, None)
        return 1

    def _read(self, answers: list[pq.abc.PGresult], ahead: int, kinds: list[int]) -> list[list[Row]]:
        rows, end = [], ahead
        self._check(answers[:ahead], 0)
        for at, kind in enumerate(kinds):
            mine, end = answers[end : end + kind], end + kind
            self._check(mine, at)
            rows.append(self._rows(mine[-1]))
        return rows

    def _check(self, answers: list[pq.abc.PGresult], at: int) -> None:
        for answer in answers:
            if answer.status == pq.ExecStatus.FATAL_ERROR:
                self._names.clear()  # whatever stood behind it has not been prepared
                raise Failed(at, errors.error_from_result(answer, encoding=self._connection.info.encoding))

    def _rows(self, answer: pq.abc.PGresult) -> list[Row]:
        if not answer.ntuples:
            return []
        self._values.set_pgresult(answer)
        return self._values.load_rows(0, answer.ntuples, tuple)


@lru_cache(maxsize=500)
def numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with $1, $2 … for its named parameters, and their names in that order."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        return f"${names.setdefault(found[1], len(names) + 1)}"

    return NAMED.sub(number, sql).encode(), tuple(names)


def _answers(wire: pq.abc.PGconn, many: int) -> Generator[Any, Any, list[pq.abc.PGresult]]:
    yield from generators.send(wire)
    answers = []
    for _ in range(many):
        answers.append((yield from generators.fetch_many(wire))[0])
    yield from generators.fetch_many(wire)  # the end of the pipeline
    return answers
