"""Bugs of who drives a saga, when, and how often, for `make mutants`."""

from tests.planted.mutant import ENGINE, Mutant

CLOSING = "workers/engine/closing.py"
STORE = "workers/engine/store.py"
PORT = "workers/engine/port.py"
VISIT = "workers/engine/visit.py"

BUGS = (
    Mutant(
        "who lost the saga commits nothing (fence)",
        CLOSING,
        "    WHERE id = %(id)s AND epoch = %(epoch)s AND owner = %(owner)s AND position",
        "    WHERE id = %(id)s AND position",
        ENGINE,
    ),
    Mutant(
        "no step is logged twice, even by who holds the saga",
        CLOSING,
        " AND position = %(from)s\n    RETURNING id\n)",
        "\n    RETURNING id\n)",
        ENGINE,
    ),
    Mutant(
        "a leased saga is nobody else's",
        STORE,
        "    AND (lease_until IS NULL OR lease_until < statement_timestamp())\n",
        "",
        ENGINE,
    ),
    Mutant(
        "crashes count as attempts (the claim counts)",
        STORE,
        "    attempts = attempts + 1,\n",
        "",
        ENGINE,
    ),
    Mutant(
        "a wake while somebody drives is not lost",
        CLOSING,
        "            WHEN wakes <> %(wakes)s THEN now()\n            ELSE coalesce",
        "            ELSE coalesce",
        ENGINE,
    ),
    Mutant(
        "what has ended is never driven again",
        STORE,
        "next_at <= statement_timestamp()\n"
        "    AND (lease_until IS NULL OR lease_until < statement_timestamp())\n"
        "    AND state NOT IN ('done', 'compensated', 'parked', 'handed_over')\n",
        "(lease_until IS NULL OR lease_until < statement_timestamp())\n",
        "tests/workers/engine/test_driver.py tests/workers/engine/test_verdict.py",
    ),
    Mutant(
        "emptying Redis loses no saga",
        STORE,
        "AND (epoch > 0 OR next_at <= statement_timestamp() - %(grace)s * interval '1 second')",
        "AND epoch > 0",
        "tests/workers/engine/test_emptied.py",
    ),
    Mutant(
        "what no doorbell told of is found by the sweep",
        "workers/engine/sweep.py",
        "        for saga_id, why in found:\n",
        "        for saga_id, why in ():\n",
        "tests/workers/engine/test_sweep.py",
    ),
    Mutant(
        "the doorbell is rung after the commit, never before",
        PORT,
        "        after_commit(tx, lambda: self._try_to_ring(saga_id))\n",
        "        self._try_to_ring(saga_id)\n",
        "tests/workers/engine/test_driver.py",
    ),
    Mutant(
        "one key begins one saga",
        STORE,
        "\nON CONFLICT DO NOTHING\n",
        "\n",
        "tests/workers/engine/test_driver.py",
    ),
    Mutant(
        "what was tried too often is laid before a person",
        VISIT,
        "        if self.claim.attempts > self.policy.max_attempts:\n",
        "        if False:\n",
        "tests/workers/engine/test_fence.py tests/workers/engine/test_way_back.py",
    ),
    Mutant(
        "what fails for too long is laid before a person",
        "workers/engine/policy.py",
        "        return failing_for > retry.park_after * self.pace\n",
        "        return False\n",
        ENGINE,
    ),
    Mutant(
        "a step that goes through begins the count of attempts anew",
        CLOSING,
        '        "attempts": 1 if keep else 0,\n',
        '        "attempts": claim.attempts,\n',
        "tests/workers/engine/test_fence.py",
    ),
    Mutant(
        "a driver that is told to stop claims no other saga on its way out",
        VISIT,
        "take = () if self.kept or stopping else self.take",
        "take = () if self.kept else self.take",
        "tests/workers/engine/test_claims.py",
    ),
    Mutant(
        "a claim walks the index of what is due, whatever the planner believes",
        "workers/engine/store.py",
        'IN_ORDER: Statement = ("SET LOCAL enable_sort = off", {})',
        'IN_ORDER: Statement = ("SET LOCAL enable_sort = on", {})',
        "tests/workers/engine/test_claims.py",
    ),
)
