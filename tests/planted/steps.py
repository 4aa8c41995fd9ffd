"""Bugs of a saga's steps: their order, their way back, their commits, for `make mutants`."""

from tests.planted.mutant import ENGINE, Mutant

SEGMENT = "workers/engine/segment.py"
VISIT = "workers/engine/visit.py"
DEFINITION = "workers/engine/definition.py"
PORT = "workers/engine/port.py"

BUGS = (
    Mutant(
        "compensations run in reverse, each of them",
        SEGMENT,
        "            self.position -= 1\n            if step.undo",
        "            self.position -= 2\n            if step.undo",
        ENGINE,
    ),
    Mutant(
        "effect and log commit together",
        VISIT,
        "                self._close(segment)\n        except Broken as broken:\n            return self._broken(broken)\n",
        "            with Session(self.connection, expire_on_commit=False) as tx, tx.begin():\n"
        "                segment.tx = tx\n                self._close(segment)\n"
        "        except Broken as broken:\n            return self._broken(broken)\n",
        ENGINE,
    ),
    Mutant(
        "the outcome of a commit is looked up, never assumed",
        VISIT,
        "        moment, self.next = segment.close(self.policy.lease, keep=self.kept, take=take)\n",
        "        try:\n"
        "            moment, self.next = segment.close(self.policy.lease, keep=self.kept, take=take)\n"
        "        except __import__('psycopg').OperationalError:\n"
        "            self.session.invalidate()\n"
        "            self.session.info.pop(wire.HERE, None)\n"
        "            moment, self.next = __import__('portal').kernel.clock.now(), None\n",
        "tests/workers/engine/test_restart.py",
    ),
    Mutant(
        "behind the pivot nothing may refuse",
        DEFINITION,
        "        if step.kind is RETRYABLE and step.definition.refusals:\n",
        "        if False:\n",
        "tests/workers/engine/test_definition.py",
    ),
    Mutant(
        "a refusal nobody declared is a mistake, not an answer",
        DEFINITION,
        "        return isinstance(refusal, self.definition.refusals)\n",
        "        return True\n",
        ENGINE,
    ),
    Mutant(
        "who has turned round does not go forward again",
        VISIT,
        '                    segment.state = "compensating"\n',
        "",
        ENGINE,
    ),
    Mutant(
        "past its deadline nothing new is charged",
        VISIT,
        "            if self.claim.late and ",
        "            if False and ",
        ENGINE,
    ),
    Mutant(
        "a deadline undoes nothing that may have been sent",
        VISIT,
        'if self.claim.late and self.state in {"ready", "running"} and',
        "if self.claim.late and",
        ENGINE,
    ),
    Mutant(
        "a changed table does not drive sagas that began by another",
        "workers/engine/versions.py",
        "known.get(of, fingerprint(saga)) != fingerprint(saga):",
        "False:",
        ENGINE,
    ),
    Mutant(
        "a parked saga is handed over only without a call in doubt",
        PORT,
        "PARKED & Saga.parked_from.notin_(CALLED), **over",
        "PARKED, **over",
        ENGINE,
    ),
)
