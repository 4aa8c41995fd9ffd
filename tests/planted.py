"""The bugs that `make mutants` plants: an invariant, the line that keeps it, the line without it, and its tests."""

from dataclasses import dataclass

# Not the model, which no bug in the engine changes; nor what is open, where a bug may well seem to be a cure.
ENGINE = (
    "tests/workers/engine --ignore=tests/workers/engine/test_protocol.py --ignore=tests/workers/engine/test_open.py"
)
SEGMENT, STORE, CALL = "workers/engine/segment.py", "workers/engine/store.py", "workers/engine/call.py"
CLOSING, VISIT, PORT = "workers/engine/closing.py", "workers/engine/visit.py", "workers/engine/port.py"
DEFINITION = "workers/engine/definition.py"
STRIPE = "portal/domains/payments/gateways/stripe.py"
TOSS = "portal/domains/payments/gateways/toss.py"
EITHER = "tests/workers/sagas/test_either_provider.py"
LATE = "tests/workers/sagas/test_late_money.py"


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
        DEFINITION,
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
        VISIT,
        "                self._close(segment)\n        except Broken as broken:\n            return self._broken(broken)\n",
        "            with Session(self.connection, expire_on_commit=False) as tx, tx.begin():\n"
        "                segment.tx = tx\n                self._close(segment)\n"
        "        except Broken as broken:\n            return self._broken(broken)\n",
        ENGINE,
    ),
    Mutant(
        "the doorbell is rung after the commit, never before",
        PORT,
        "        after_commit(tx, lambda: self._try_to_ring(saga_id))\n",
        "        self._try_to_ring(saga_id)\n",
        "tests/workers/engine/test_driver.py",
    ),
    Mutant(
        "behind the pivot nothing may refuse",
        DEFINITION,
        "        if step.kind is RETRYABLE and step.definition.refusals:\n",
        "        if False:\n",
        "tests/workers/engine/test_definition.py",
    ),
    Mutant(
        "who has turned round does not go forward again",
        VISIT,
        '                    segment.state = "compensating"\n',
        "",
        ENGINE,
    ),
    Mutant(
        "nothing is sent before its intent is committed",
        VISIT,
        "                    segment.run(stop=self.stop_before)\n",
        "                    segment.run(stop=self.stop_before)\n"
        "                    if segment.intent:\n"
        "                        self.saga.steps[segment.position].external.send(call=None, key=segment.intent.key)\n",
        "tests/workers/engine/test_outside.py",
    ),
    Mutant(
        "what is sent again is sent under the same key",
        CALL,
        "    call = Visit(session, claim, intent.key, intent.first_sent_at, intent.age, fresh)\n",
        '    call = Visit(session, claim, f"{intent.key}:{claim.epoch}", intent.first_sent_at, intent.age, fresh)\n',
        "tests/workers/engine/test_outside.py",
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
        "a step that goes through begins the count of attempts anew",
        CLOSING,
        '        "attempts": 1 if keep else 0,\n',
        '        "attempts": claim.attempts,\n',
        "tests/workers/engine/test_fence.py",
    ),
    Mutant(
        "the outcome of a commit is looked up, never assumed",
        "portal/kernel/wire.py",
        "    return _send(connection, *statements, COMMIT)[-len(statements) - 1 : -1]\n",
        "    try:\n"
        "        return _send(connection, *statements, COMMIT)[-len(statements) - 1 : -1]\n"
        "    except __import__('psycopg').OperationalError:\n"
        "        now = __import__('datetime').datetime.now(__import__('datetime').UTC)\n"
        "        return [[(1, now)], *([] for _ in statements[1:])]\n",
        "tests/workers/engine/test_restart.py",
    ),
    Mutant(
        "two calls with one key at the same moment are one call",
        "portal/web/api/once.py",
        '    hold_lock(tx, f"once {kind} {caller().id} {key}")\n',
        "",
        "tests/portal/web/api/test_once.py",
    ),
    Mutant(
        "one key accepts one order",
        "portal/domains/orders/checkout.py",
        "        if known := _find_by_key(tx, account_id, idempotency_key, request_hash):\n            return known\n",
        "",
        "tests/portal/web/api/test_once.py tests/portal/domains/orders",
    ),
    Mutant(
        "points move once for each key",
        "portal/domains/points/ledger.py",
        '        "key": key,\n',
        '        "key": f"{key}:{new_id()}",\n',
        "tests/portal/domains/points/test_service.py",
    ),
    Mutant(
        "a mail sent again is the same mail",
        "portal/domains/notifications/letters.py",
        'f"<{mail.id}@{origin.domain}>"',
        "f\"<{__import__('uuid').uuid4()}@{origin.domain}>\"",
        "tests/portal/domains/notifications",
    ),
    Mutant(
        "a mail that was not taken is sent again",
        "portal/domains/notifications/relay.py",
        "            service.mark_failed(tx, mail, told, now, pace=pace, final=isinstance(error, TooLate))\n",
        "            service.mark_sent(tx, mail, now)\n",
        "tests/portal/domains/notifications",
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
        "UPDATE payments SET refunding = refunding + %(amount)s, updated_at = now()\nWHERE id = (\n",
        "UPDATE payments SET updated_at = now()\nWHERE id = (\n",
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
        "    return _Paid(named(row.provider), ",
        "    from portal.domains.payments.gateways import current\n\n    return _Paid(current(), ",
        EITHER,
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
        '            pass\n        settled = settled or getattr(found, "settled", True)\n',
        ENGINE,
    ),
    Mutant(
        "a person's new try has a key of its own",
        VISIT,
        "segment.intend(step, intent.attempt + 1)",
        "segment.intend(step, intent.attempt)",
        ENGINE,
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
    Mutant(
        "a request for money that was decided about is not taken back",
        "portal/domains/refunds/deciding.py",
        'Refund.id == refund_id, Refund.state == "requested")',
        'Refund.id == refund_id, Refund.state != "x")',
        "tests/portal/domains/refunds/test_deciding.py",
    ),
    Mutant(
        "returned money is sent again only if nothing that was sent before has arrived",
        "portal/domains/refunds/sending_again.py",
        "    if repaying.arrived(call, order_id):\n",
        "    if False:\n",
        "tests/portal/domains/refunds/test_returned.py",
    ),
    Mutant(
        "money's records go where their domains say and nowhere else",
        "migrations/versions/0022_refuse_backward_moves.py",
        '            "cancelled": "processing",\n',
        '            "cancelled": "processing completed",\n',
        "tests/laws/test_moves.py",
    ),
    Mutant(
        "points are owed by a refund alone, and no more than it took",
        "migrations/versions/0024_let_only_refunds_make_debts.py",
        "                    AND delta <= more\n",
        "",
        "tests/portal/domains/points/test_debts.py",
    ),
    Mutant(
        "a booking is given back under the rule it was held by",
        "portal/domains/orders/lines.py",
        '        "refund_rule_id": hold.refund_rule_id,\n',
        '        "refund_rule_id": offer.refund_rule_id,\n',
        "tests/portal/domains/refunds/test_requesting.py",
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
        "late money is believed only if the provider has all of it",
        "portal/domains/payments/late.py",
        "if ref and gateway.taken(ref) == whole else None",
        "if ref else None",
        "tests/portal/web/hooks/test_late.py tests/portal/domains/reconciliation",
    ),
    Mutant(
        "late money has one saga, whoever tells of it",
        "portal/domains/payments/late.py",
        '.begin(tx, "late_payment", late.number, agreed | found)',
        '.begin(tx, "late_payment", f"{late.number} {told_by}", agreed | found)',
        LATE,
    ),
    Mutant(
        "late money that cannot be booked goes back by itself",
        "portal/domains/refunds/late.py",
        '    sagas.engine().begin(tx, "late_refund", number, command)\n',
        "",
        LATE,
    ),
    Mutant(
        "late money does not book a second place for one wish",
        "portal/domains/reservations/taking_again.py",
        "        if any(_booked_meanwhile(tx, hold, besides=list(theirs.values())) for hold in lost):",
        "        if False:",
        "tests/portal/domains/reservations/test_taking_again.py",
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
    Mutant(
        "outside: only key pairs sign ID tokens",
        "portal/domains/identity/federation/checks.py",
        "algorithms=sorted(ALGORITHMS & offered)",
        "algorithms=sorted(offered)",
        "tests/portal/domains/identity/federation/test_client.py",
    ),
    Mutant(
        "outside: a token is for us alone",
        "portal/domains/identity/federation/checks.py",
        "if audience not in (client_id, [client_id]):",
        "if client_id not in audience:",
        "tests/portal/domains/identity/federation/test_client.py",
    ),
    Mutant(
        "outside: an old sign-in is not a fresh one",
        "portal/domains/identity/federation/checks.py",
        "    if max_age is not None and (",
        "    if False and (",
        "tests/portal/domains/identity/federation/test_client.py",
    ),
    Mutant(
        "outside: the type of a token counts",
        "portal/domains/identity/federation/checks.py",
        "(kind.lower() if isinstance(kind, str) else kind) not in types",
        "False",
        "tests/portal/domains/identity/federation/test_client.py",
    ),
    Mutant(
        "outside: the issuer published is the issuer asked",
        "portal/domains/identity/federation/metadata.py",
        'if told.get("issuer") != self._issuer:',
        "if False:",
        "tests/portal/domains/identity/federation/test_client.py",
    ),
    Mutant(
        "outside: two providers are not mixed up",
        "portal/domains/identity/federation/client.py",
        'told.get("iss", None if must else self.settings.issuer) != self.settings.issuer',
        "False",
        "tests/portal/domains/identity/federation/test_client.py",
    ),
    Mutant(
        "outside: the state is this browser's",
        "portal/domains/identity/federation/client.py",
        'if not compare_digest(told.get("state", "").encode(), trip.state.encode()):',
        "if False:",
        "tests/portal/domains/identity/federation/test_client.py",
    ),
    Mutant(
        "outside: no inner address is spoken to",
        "portal/domains/identity/federation/http.py",
        "        if not reach.allows(peer):",
        "        if False:",
        "tests/portal/domains/identity/federation/test_http.py",
    ),
    Mutant(
        "outside: no redirect is followed",
        "portal/domains/identity/federation/http.py",
        '"allow_redirects": False',
        '"allow_redirects": True',
        "tests/portal/domains/identity/federation/test_http.py",
    ),
    Mutant(
        "outside: an unverified address opens no account",
        "portal/domains/identity/federation/linking.py",
        'if not answer.email_verified or "@"',
        'if "@"',
        "tests/portal/web/auth/outside/test_signing_in.py",
    ),
    Mutant(
        "outside: the last way in stays",
        "portal/domains/identity/federation/linking.py",
        "    if password is None and not tx.scalar(others) and not tx.scalar(keys):",
        "    if False:",
        "tests/portal/web/auth/outside/test_signing_in.py",
    ),
    Mutant(
        "outside: a link is for the account that asked for it",
        "portal/web/auth/arriving.py",
        'who is signed in by now may be somebody else."""\n    if not current_user.is_authenticated or str(current_user.id) != trip.account:',
        'who is signed in by now may be somebody else."""\n    if False:',
        "tests/portal/web/auth/outside/test_signing_in.py",
    ),
    Mutant(
        "outside: a second factor of ours is asked for",
        "portal/web/auth/challenges.py",
        "    if challenge.missing(begun, has):",
        "    if False:",
        "tests/portal/web/auth/outside/test_signing_in.py",
    ),
    Mutant(
        "outside: a logout token works once",
        "portal/domains/identity/federation/logout.py",
        "    if tx.scalar(first) is None:",
        "    if False:",
        "tests/portal/web/auth/outside/test_signing_out.py",
    ),
    Mutant(
        "outside: a logout ends what began there and nothing else",
        "portal/domains/identity/federation/logout.py",
        '            began.get("issuer") == issuer\n            and began',
        "            began",
        "tests/portal/web/auth/outside/test_signing_out.py",
    ),
    Mutant(
        "lately: a refund is approved over the API by somebody who signed in just now",
        "portal/web/api/refunds.py",
        "    lately=True,\n",
        "",
        "tests/portal/web/oauth/test_lately.py",
    ),
    Mutant(
        "lately: an app is let in by somebody who showed just now who they are",
        "portal/web/oauth/lately.py",
        "    if not sessions.is_fresh(Purpose.ACT):",
        "    if False:",
        "tests/portal/web/oauth/test_lately.py",
    ),
    Mutant(
        "lately: a new sign-in that an app asks for is a new one",
        "portal/web/oauth/authorizing.py",
        "    lately.used_up()\n",
        "",
        "tests/portal/web/oauth/test_lately.py",
    ),
    Mutant(
        "outside: metadata that are over vouch for nobody",
        "portal/domains/identity/federation/saml/client.py",
        "self._now() >= self._idp.until",
        "False",
        "tests/portal/domains/identity/federation/saml/test_client.py",
    ),
    Mutant(
        "accounts: an unknown address costs what a wrong password costs",
        "portal/domains/identity/service.py",
        "    if not passwords.matches(password, kept) or account is None or kept is None:",
        "    if account is None or kept is None or not passwords.matches(password, kept):",
        "tests/portal/domains/identity/test_service.py",
    ),
)
