"""An authenticator app is proven once, and each of its codes works once, within its time."""

import threading
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import Engine, select

from portal.domains import identity
from portal.domains.identity import AlreadyEnrolled, Vault
from portal.domains.identity.models import SecondFactor
from portal.domains.identity.totp import steps
from portal.domains.identity.vault import Locked
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Invalid, NotFound

NOW = datetime(2026, 12, 1, 10, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)
VAULT = Vault("a secret key that is only good for tests")


def code(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def enrolled(tx: Tx, email: str = "kim@example.com") -> tuple[identity.Account, str]:
    account = identity.register(tx, email, "Kim", "Harbour-Lantern!26")
    secret = identity.enrol_totp(tx, VAULT, account.id)
    identity.confirm_totp(tx, VAULT, account.id, code(secret, NOW - 10 * STEP), now=NOW - 10 * STEP)
    return account, secret


def test_the_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B: the last six of its eight digits.
    secret = pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    for at, told in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        assert secret.generate_otp(at // 30) == told
        assert at // 30 in steps(datetime.fromtimestamp(at, tz=UTC))


@pytest.mark.asvs("6.5.5")
@pytest.mark.parametrize(("late", "good"), [(-2, False), (-1, True), (0, True), (1, False), (2, False)])
def test_a_code_is_good_in_its_step_and_the_next(tx: Tx, late: int, good: bool) -> None:
    account, secret = enrolled(tx)
    assert identity.verify_totp(tx, VAULT, account.id, code(secret, NOW + late * STEP), now=NOW) is good


@pytest.mark.asvs("6.5.1")
def test_a_code_works_once_and_none_before_it_works_after(tx: Tx) -> None:
    account, secret = enrolled(tx)
    now, before = code(secret, NOW), code(secret, NOW - STEP)
    assert identity.verify_totp(tx, VAULT, account.id, now, now=NOW)
    assert not identity.verify_totp(tx, VAULT, account.id, now, now=NOW)
    assert not identity.verify_totp(tx, VAULT, account.id, now, now=NOW + STEP)
    assert not identity.verify_totp(tx, VAULT, account.id, before, now=NOW)
    assert identity.verify_totp(tx, VAULT, account.id, code(secret, NOW + STEP), now=NOW + STEP)


@pytest.mark.asvs("6.5.1")
def test_of_twenty_who_send_the_same_code_at_once_one_gets_in(database: Engine) -> None:
    with transaction(database) as tx:
        account, secret = enrolled(tx)
        account_id = account.id
    start, answers = threading.Barrier(20), []

    def send() -> None:
        start.wait()
        with transaction(database) as tx:
            answers.append(identity.verify_totp(tx, VAULT, account_id, code(secret, NOW), now=NOW))

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 19 + [True]


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "12345\x00", "' OR 1=1"])
def test_what_is_no_code_is_refused(tx: Tx, typed: str) -> None:
    account, _ = enrolled(tx)
    assert not identity.verify_totp(tx, VAULT, account.id, typed, now=NOW)


def test_blanks_in_a_code_do_not_matter(tx: Tx) -> None:
    account, secret = enrolled(tx)
    typed = code(secret, NOW)
    assert identity.verify_totp(tx, VAULT, account.id, f" {typed[:3]} {typed[3:]} ", now=NOW)


def test_an_app_counts_once_it_is_confirmed(tx: Tx) -> None:
    account = identity.register(tx, "kim@example.com", "Kim", "Harbour-Lantern!26")
    secret = identity.enrol_totp(tx, VAULT, account.id)
    assert identity.pending_totp(tx, VAULT, account.id) == secret
    assert not identity.has_totp(tx, account.id)
    assert not identity.verify_totp(tx, VAULT, account.id, code(secret, NOW), now=NOW)
    with pytest.raises(Invalid) as told:
        identity.confirm_totp(tx, VAULT, account.id, code(secret, NOW + 5 * STEP), now=NOW)
    assert set(told.value.faults) == {"code"}
    identity.confirm_totp(tx, VAULT, account.id, code(secret, NOW), now=NOW)
    assert identity.has_totp(tx, account.id)
    assert identity.pending_totp(tx, VAULT, account.id) is None
    assert not identity.verify_totp(tx, VAULT, account.id, code(secret, NOW), now=NOW), "the proving code is used up"
    person = identity.find_person(tx, account.id)
    assert person is not None
    assert person.has_second_factor


def test_beginning_again_forgets_the_first_secret_but_never_a_confirmed_one(tx: Tx) -> None:
    account = identity.register(tx, "kim@example.com", "Kim", "Harbour-Lantern!26")
    first = identity.enrol_totp(tx, VAULT, account.id)
    second = identity.enrol_totp(tx, VAULT, account.id)
    with pytest.raises(Invalid):
        identity.confirm_totp(tx, VAULT, account.id, code(first, NOW), now=NOW)
    identity.confirm_totp(tx, VAULT, account.id, code(second, NOW), now=NOW)
    with pytest.raises(AlreadyEnrolled):
        identity.enrol_totp(tx, VAULT, account.id)
    with pytest.raises(NotFound):
        identity.confirm_totp(tx, VAULT, account.id, code(second, NOW + STEP), now=NOW + STEP)


def test_somebody_elses_code_is_no_use(tx: Tx) -> None:
    kim, _ = enrolled(tx)
    _, lees = enrolled(tx, "lee@example.com")
    assert not identity.verify_totp(tx, VAULT, kim.id, code(lees, NOW), now=NOW)


@pytest.mark.asvs("6.5.2")
def test_the_secret_is_locked_in_the_database_and_bound_to_its_row(tx: Tx) -> None:
    kim, secret = enrolled(tx)
    lee, _ = enrolled(tx, "lee@example.com")
    rows = {row.account_id: row for row in tx.scalars(select(SecondFactor))}
    assert secret.encode() not in rows[kim.id].secret
    rows[lee.id].secret = rows[kim.id].secret  # stolen by somebody who can write the table
    tx.flush()
    with pytest.raises(Locked):
        identity.verify_totp(tx, VAULT, lee.id, code(secret, NOW), now=NOW)
    with pytest.raises(Locked):
        identity.verify_totp(tx, Vault("another secret key, of the same length"), kim.id, code(secret, NOW), now=NOW)


def test_the_app_is_told_who_and_where() -> None:
    uri = identity.totp_uri("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "kim@example.com")
    assert uri == "otpauth://totp/Jari:kim%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Jari"
