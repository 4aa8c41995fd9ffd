"""Bugs of calls to the outside, for `make mutants`."""

from tests.planted.mutant import ENGINE, Mutant

CALL = "workers/engine/call.py"
VISIT = "workers/engine/visit.py"

BUGS = (
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
)
