"""The bugs that `make mutants` plants, a subject a file."""

from tests.planted import (
    calls,
    crowds,
    driving,
    identity,
    late,
    lines,
    moves,
    oauth,
    once,
    outside,
    providers,
    recovery,
    refunds,
    rushes,
    saml,
    steps,
)

SAGAS = (*driving.BUGS, *steps.BUGS, *calls.BUGS)
MONEY = (*once.BUGS, *providers.BUGS, *refunds.BUGS, *late.BUGS, *recovery.BUGS)
BOOKINGS = (*moves.BUGS, *lines.BUGS, *rushes.BUGS, *crowds.BUGS)
PEOPLE = (*identity.BUGS, *outside.BUGS, *saml.BUGS, *oauth.BUGS)
EVERY = (*SAGAS, *MONEY, *BOOKINGS, *PEOPLE)
