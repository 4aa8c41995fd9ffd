"""What is still to be shown: as a table, for every purpose and everything people can have."""

import itertools

import pytest

from portal.domains.identity import challenge
from portal.domains.identity.challenge import Challenge, Holds, Purpose

NOTHING = Holds()
APP = Holds(frozenset({"totp"}), recovery=True)
MAIL = Holds(frozenset({"email"}))
PHONE = Holds(frozenset({"sms", "email"}), recovery=True)
ALL = Holds(frozenset({"totp", "passkey", "sms", "email"}), recovery=True)
STAFF = Holds(frozenset({"totp", "sms", "email"}), recovery=True, staff=True)
BARE_STAFF = Holds(staff=True)
FEDERATED = Holds(password=False)

S, A, C = Purpose.SIGN_IN, Purpose.ACT, Purpose.ACCOUNT
TABLE = [
    # purpose, has, shown, missing
    (S, NOTHING, "", "pwd"),
    (S, NOTHING, "pwd", ""),
    (S, APP, "", "pwd"),
    (S, APP, "totp", "pwd"),
    (S, APP, "pwd", "totp recovery"),
    (S, APP, "pwd totp", ""),
    (S, APP, "pwd recovery", ""),
    (S, APP, "pwd device", ""),
    (S, APP, "fed", "totp recovery"),
    (S, APP, "fed mfa", ""),
    (S, MAIL, "pwd", "email"),
    (S, PHONE, "pwd email", ""),
    (S, ALL, "", "pwd passkey"),
    (S, ALL, "passkey", ""),
    (S, ALL, "pwd", "totp passkey sms email recovery"),
    (S, STAFF, "pwd", "totp recovery"),
    (S, STAFF, "pwd sms", "totp recovery"),
    (S, STAFF, "pwd email", "totp recovery"),
    (S, STAFF, "pwd device", "totp recovery"),
    (S, STAFF, "fed mfa", ""),
    (S, BARE_STAFF, "pwd", ""),
    (A, NOTHING, "", "pwd"),
    (A, NOTHING, "pwd", ""),
    (A, APP, "pwd", "totp recovery"),
    (A, APP, "totp", ""),
    (A, APP, "device", "totp recovery"),
    (A, APP, "fed mfa", "totp recovery"),
    (A, MAIL, "email", "pwd"),
    (A, PHONE, "email", "sms recovery"),
    (A, PHONE, "sms", ""),
    (A, ALL, "sms", "totp passkey recovery"),
    (A, ALL, "passkey", ""),
    (A, FEDERATED, "", "fed"),
    (C, NOTHING, "pwd", ""),
    (C, APP, "totp", "pwd"),
    (C, APP, "pwd", "totp recovery"),
    (C, APP, "pwd device", "totp recovery"),
    (C, APP, "pwd totp", ""),
    (C, MAIL, "pwd", ""),
    (C, MAIL, "email", "pwd"),
    (C, PHONE, "pwd email", "sms recovery"),
    (C, ALL, "", "pwd passkey"),
    (C, ALL, "passkey", ""),
    (C, STAFF, "pwd sms", "totp recovery"),
    (C, FEDERATED, "", "fed"),
]


def at(purpose: Purpose, shown: str) -> Challenge:
    return challenge.begin("kim", purpose, now=0, shown=shown.split())


@pytest.mark.asvs("6.3.3", "7.5.1", "7.5.3")
@pytest.mark.parametrize(("purpose", "has", "shown", "missing"), TABLE)
def test_what_is_still_to_be_shown(purpose: Purpose, has: Holds, shown: str, missing: str) -> None:
    assert challenge.missing(at(purpose, shown), has) == set(missing.split())


@pytest.mark.asvs("7.5.1", "7.5.3")
@pytest.mark.parametrize("purpose", [A, C])
@pytest.mark.parametrize("has", [APP, PHONE, ALL, STAFF])
def test_neither_a_device_nor_a_mailbox_nor_a_provider_ever_confirms(purpose: Purpose, has: Holds) -> None:
    weak = ("pwd", "device", "email", "fed", "mfa")
    for many in range(len(weak) + 1):
        for shown in itertools.combinations(weak, many):
            assert challenge.missing(at(purpose, " ".join(shown)), has)


@pytest.mark.parametrize(("purpose", "has", "shown", "missing"), TABLE)
def test_whatever_is_missing_can_be_shown_and_leads_to_the_end(
    purpose: Purpose, has: Holds, shown: str, missing: str
) -> None:
    found = at(purpose, shown)
    for _ in range(3):
        left = challenge.missing(found, has)
        if not left:
            return
        found = challenge.show(found, sorted(left)[0])
    raise AssertionError("it never ends")


@pytest.mark.asvs("6.3.3")
@pytest.mark.parametrize(
    ("has", "shown", "proven", "fresh"),
    [
        (NOTHING, "pwd", False, True),
        (APP, "pwd totp", True, True),
        (APP, "pwd device", True, False),
        (MAIL, "pwd email", True, True),
        (PHONE, "pwd email", True, False),
        (PHONE, "pwd sms", True, True),
        (STAFF, "pwd totp", True, True),
        (STAFF, "fed mfa", True, False),
        (BARE_STAFF, "pwd", False, True),
        (Holds(frozenset({"sms"}), staff=True), "pwd sms", False, True),
        (ALL, "passkey", True, True),
    ],
)
def test_what_a_sign_in_is_worth(has: Holds, shown: str, proven: bool, fresh: bool) -> None:
    assert challenge.is_proven(shown.split(), has) is proven
    assert challenge.vouches_for(shown.split(), has) is fresh


@pytest.mark.asvs("6.5.5")
def test_a_challenge_ends_after_ten_minutes_and_survives_being_kept() -> None:
    found = challenge.show(challenge.begin("kim", S, now=1000, shown=["pwd"], wanted="/orders"), "totp")
    assert challenge.read(found.kept(), 1599) == found
    assert challenge.read(found.kept(), 1600) is None
    assert challenge.read(found.kept(), 999) is None, "a clock that went back"
    assert challenge.read(None, 1000) is None


def test_no_method_is_made_up() -> None:
    with pytest.raises(ValueError, match="magic"):
        challenge.begin("kim", S, now=0, shown=["magic"])
