"""The bugs that `make mutants` plants: an invariant, the line that keeps it, the line without it, and its tests."""

from dataclasses import dataclass

ENGINE = "tests/workers/engine"
SEGMENT, STORE, CALL = "workers/engine/segment.py", "workers/engine/store.py", "workers/engine/call.py"
CLOSING = "workers/engine/closing.py"
STRIPE = "portal/domains/payments/gateways/stripe.py"
TOSS = "portal/domains/payments/gateways/toss.py"
EITHER = "tests/workers/sagas/test_either_provider.py"


@dataclass(frozen=True)
class Mutant:
    """`sound` stands in `file` exactly once and becomes `bug`; `tests` must then fail."""

    promise: str
    file: str
    sound: str
    bug: str
    tests: str


MUTANTS = (
    Mutant(
        "who lost the saga commits nothing (fence)",
        CLOSING,
        "    WHERE id = %(id)s AND epoch = %(epoch)s AND owner = %(owner)s\n    RETURNING id\n)",
        "    WHERE id = %(id)s\n    RETURNING id\n)",
        ENGINE,
    ),
    Mutant(
        "a leased saga is nobody else's",
        STORE,
        "    AND (lease_until IS NULL OR lease_until < now())\n",
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
    Mutant("ask before sending again", CALL, "        if not fresh:\n", "        if False:\n", ENGINE),
    Mutant(
        "«not found» is not believed at once",
        CALL,
        "if not found.settled and intent.age < policy.settle:",
        "if False:",
        ENGINE,
    ),
    Mutant(
        "nothing is sent past the provider's memory for keys",
        CALL,
        "if intent.age > policy.key_retention:",
        "if False:",
        ENGINE,
    ),
    Mutant(
        "an unknown answer is not a no",
        CALL,
        "    except Exception as error:\n        return Answered(_unknown(error), asks=asks)",
        "    except Exception:\n        return Answered(step.definition.refusals[0](), asks=asks)",
        ENGINE,
    ),
    Mutant(
        "a refusal nobody declared is a mistake, not an answer",
        "workers/engine/definition.py",
        "        return isinstance(refusal, self.definition.refusals)\n",
        "        return True\n",
        ENGINE,
    ),
    Mutant(
        "compensations run in reverse, each of them",
        SEGMENT,
        "            self.position -= 1\n            if step.undo",
        "            self.position -= 2\n            if step.undo",
        ENGINE,
    ),
    Mutant(
        "effect and log commit together",
        "workers/engine/driver.py",
        "                self._close(segment)\n        except Broken as broken:\n            return self._broken(broken)\n",
        "            with Session(self.connection, expire_on_commit=False) as tx, tx.begin():\n"
        "                segment.tx = tx\n                self._close(segment)\n"
        "        except Broken as broken:\n            return self._broken(broken)\n",
        ENGINE,
    ),
    Mutant(
        "what no doorbell told of is found by the sweep",
        "workers/engine/sweep.py",
        "        for saga_id, why in found:\n",
        "        for saga_id, why in ():\n",
        "tests/workers/engine/test_sweep.py",
    ),
    Mutant(
        "an overlap cannot be stored",
        "migrations/versions/0005_create_reservations.py",
        "EXCLUDE USING gist",
        "CHECK (true) --",
        "tests/portal/domains/reservations -k constraint",
    ),
    Mutant(
        "money goes back once per key",
        STRIPE,
        '{"idempotency_key": f"{key}:refund"}',
        '{"idempotency_key": f"{key}:{id(params)}:refund"}',
        "tests/portal/domains/payments",
    ),
    Mutant(
        "no refund beyond what was paid",
        "portal/domains/payments/repaying.py",
        "SET refunding = refunding + %(amount)s, updated_at = now()\nWHERE order_id = %(order_id)s AND state = 'paid' AND amount - refunding - refunded >= %(amount)s\n",
        "SET updated_at = now()\nWHERE order_id = %(order_id)s AND state = 'paid' AND amount - refunding >= 0 * %(amount)s\n",
        "tests/workers/sagas/test_refund.py tests/portal/domains/payments",
    ),
    Mutant(
        "with Toss, one charge is not answered for another",
        TOSS,
        'return f"{key}:confirm:{_digest(ref)[:16]}"',
        'return f"{key}:confirm"',
        "tests/portal/domains/payments",
    ),
    Mutant(
        "with Toss, a card company in trouble is not a no",
        TOSS,
        "            if DECLINES.match(refused.code):",
        "            if True:",
        "tests/portal/domains/payments",
    ),
    Mutant(
        "the amount a browser brings back is compared",
        "portal/domains/payments/returning.py",
        "back.ref and back.amount == attempt.amount and",
        "back.ref and",
        EITHER,
    ),
    Mutant(
        "of unsigned news only that of our orders is kept",
        "portal/domains/payments/inbox.py",
        "    if not event.signed and not _is_ours(tx, provider, event):",
        "    if False:",
        EITHER,
    ),
    Mutant(
        "money goes back through the provider that took it",
        "portal/domains/payments/repaying.py",
        "    return named(row.provider), row.provider_ref, row.currency",
        "    from portal.domains.payments.gateways import current\n\n"
        "    return current(), row.provider_ref, row.currency",
        EITHER,
    ),
    Mutant(
        "past its deadline nothing new is charged",
        "workers/engine/driver.py",
        "            if self.claim.late and ",
        "            if False and ",
        ENGINE,
    ),
    Mutant(
        "a deadline undoes nothing that may have been sent",
        "workers/engine/driver.py",
        'if self.claim.late and self.state in {"ready", "running"} and',
        "if self.claim.late and",
        ENGINE,
    ),
    Mutant(
        "what fails for too long is laid before a person",
        "workers/engine/policy.py",
        "        return failing_for > retry.park_after * self.pace\n",
        "        return False\n",
        ENGINE,
    ),
    Mutant(
        "before a person's word counts, the provider is asked",
        CALL,
        "            return Answered(found, asks=1)\n        settled = settled or found.settled\n",
        "            pass\n        settled = settled or getattr(found, \"settled\", True)\n",
        ENGINE,
    ),
    Mutant(
        "a person's new try has a key of its own",
        "workers/engine/driver.py",
        "segment.intend(step, intent.attempt + 1)",
        "segment.intend(step, intent.attempt)",
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
        "workers/engine/port.py",
        "PARKED & Saga.parked_from.notin_(CALLED), **over",
        "PARKED, **over",
        ENGINE,
    ),
    Mutant(
        "nobody confirms their own proposal",
        "portal/domains/audit/four_eyes.py",
        "    if proposal.proposed_by == by:\n        raise SamePerson\n",
        "",
        "tests/portal/domains/recovery",
    ),
    Mutant(
        "above the limit one person is not enough",
        "portal/domains/recovery/acting.py",
        "    if name in DECISIONS and case.amount > four_eyes_above:",
        "    if False:",
        "tests/portal/domains/recovery",
    ),
    Mutant(
        "a difference that is gone is called cured, and only then",
        "portal/domains/reconciliation/running.py",
        "            Difference.seen_at < now,\n",
        "",
        "tests/portal/domains/reconciliation",
    ),
    Mutant(
        "what a saga still drives is no difference",
        "portal/domains/reconciliation/running.py",
        "    return [one for one in found if one.number not in busy]",
        "    return found",
        "tests/portal/domains/reconciliation",
    ),
)
