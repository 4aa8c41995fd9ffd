"""Accounts are opened once, entered by their password only, and have the roles they were given."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, func, select

from portal.domains import identity
from portal.domains.identity import passwords
from portal.domains.identity.models import Account
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.ids import new_id
from tests.support import effort

PASSWORD = "Harbour-Lantern!26"


def test_an_account_is_found_by_its_address_whatever_the_case(tx: Tx) -> None:
    identity.register(tx, "other@example.com", "Noise", PASSWORD)
    account = identity.register(tx, " Kim@Example.com ", " Kim Minseo ", PASSWORD, locale="ko")
    assert (account.email, account.name, account.locale) == ("kim@example.com", "Kim Minseo", "ko")
    found = identity.find_by_email(tx, "KIM@EXAMPLE.COM")
    assert found is not None
    assert found.id == account.id
    assert identity.get_account(tx, account.id) is found


def test_an_unknown_account_is_not_found(tx: Tx) -> None:
    assert identity.find_by_email(tx, "nobody@example.com") is None
    assert identity.find_person(tx, new_id()) is None
    with pytest.raises(NotFound):
        identity.get_account(tx, new_id())


@pytest.mark.parametrize(
    ("email", "name", "password", "faulty"),
    [
        ("kim", "Kim", PASSWORD, {"email"}),
        ("kim@", "Kim", PASSWORD, {"email"}),
        ("kim@host", "Kim", PASSWORD, {"email"}),
        ("kim @example.com", "Kim", PASSWORD, {"email"}),
        ("kim\x00@example.com", "Kim", PASSWORD, {"email"}),
        ("k" * 250 + "@example.com", "Kim", PASSWORD, {"email"}),
        ("김@example.com", "Kim", PASSWORD, {"email"}),
        ("kim@example.com", "   ", PASSWORD, {"name"}),
        ("kim@example.com", "K" * 101, PASSWORD, {"name"}),
        ("kim@example.com", "Kim", "short", {"password"}),
        ("", "", "", {"email", "name", "password"}),
    ],
)
def test_bad_input_is_told_by_field_and_changes_nothing(
    tx: Tx, email: str, name: str, password: str, faulty: set[str]
) -> None:
    with pytest.raises(Invalid) as told:
        identity.register(tx, email, name, password)
    assert set(told.value.faults) == faulty
    assert tx.scalar(select(func.count()).select_from(Account)) == 0


def test_twenty_who_send_the_same_address_at_once_open_one_account(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 60.0)  # it is about addresses; a busy machine may take its time
    start, answers = threading.Barrier(20), []

    def send(case: str) -> None:
        start.wait()
        try:
            with transaction(database) as tx:
                identity.register(tx, case, "Kim", PASSWORD)
            answers.append("opened")
        except identity.EmailTaken as fact:
            answers.append(",".join(fact.faults))

    threads = [
        threading.Thread(target=send, args=("kim@example.com" if i % 2 else "KIM@example.com",)) for i in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["email"] * 19 + ["opened"]


@pytest.mark.asvs("6.2.8")
def test_only_the_whole_password_is_right(tx: Tx) -> None:
    long = "Aa1!" + "tea pots under harbours " * 4 + "y"
    account = identity.register(tx, "kim@example.com", "Kim", long)
    assert identity.check_password(tx, "KIM@example.com", long) is account
    for wrong in (long[:72], long[:-1], long + " ", " " + long, long.swapcase(), long[:-1] + "z", "", "x" * 1_000):
        assert identity.check_password(tx, "kim@example.com", wrong) is None
    assert identity.check_password(tx, "lee@example.com", long) is None


def test_a_password_typed_in_pieces_is_the_same_password(tx: Tx) -> None:
    identity.register(tx, "kim@example.com", "Kim", "Aa1!자리 한 자리만 주세요")
    pieces = "Aa1!\u110c\u1161\u1105\u1175 한 \u110c\u1161\u1105\u1175만 주세요"
    assert identity.check_password(tx, "kim@example.com", pieces) is not None


def test_a_closed_account_and_one_without_password_are_entered_by_nobody(tx: Tx) -> None:
    account = identity.register(tx, "kim@example.com", "Kim", PASSWORD)
    account.disabled_at = clock.now()
    tx.flush()
    assert identity.check_password(tx, "kim@example.com", PASSWORD) is None
    account.disabled_at, account.password_hash = None, None
    tx.flush()
    assert identity.check_password(tx, "kim@example.com", PASSWORD) is None
    assert identity.check_password(tx, "kim@example.com", "the password of no account") is None


@pytest.mark.asvs("11.4.2")
def test_a_hash_of_older_parameters_is_renewed_when_the_password_is_right(tx: Tx) -> None:
    account = identity.register(tx, "kim@example.com", "Kim", PASSWORD)
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    account.password_hash = old
    tx.flush()
    assert identity.check_password(tx, "kim@example.com", "wrong") is None
    assert account.password_hash == old
    assert identity.check_password(tx, "kim@example.com", PASSWORD) is account
    assert account.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert identity.check_password(tx, "kim@example.com", PASSWORD) is account


@pytest.mark.asvs("6.3.8")
@pytest.mark.parametrize("email", ["nobody@example.com", "no address", "closed@example.com", "outside@example.com", ""])
def test_an_address_that_does_not_get_in_costs_what_a_wrong_password_costs(tx: Tx, email: str) -> None:
    identity.register(tx, "kim@example.com", "Kim", PASSWORD)
    identity.register(tx, "closed@example.com", "Lee", PASSWORD).disabled_at = clock.now()
    identity.register(tx, "outside@example.com", "Yun", PASSWORD).password_hash = None
    tx.flush()
    with effort.counted() as known:
        assert identity.check_password(tx, "kim@example.com", "wrong") is None
    with effort.counted() as unknown:
        assert identity.check_password(tx, email, "wrong") is None
    assert len(known.spent) == 1
    assert unknown.spent == known.spent


@pytest.mark.asvs("6.3.8")
def test_nor_is_it_told_by_the_clock(tx: Tx) -> None:
    """By this thread's own seconds of the processor, which nothing else on the machine changes, and the quickest third
    of many in turn. Without the same effort the unknown address would answer about ten times sooner."""
    identity.register(tx, "kim@example.com", "Kim", PASSWORD)
    passwords.matches("warm up", None)

    def seconds(email: str) -> float:
        began = time.thread_time()
        identity.check_password(tx, email, "wrong")
        return time.thread_time() - began

    pairs = [(seconds("kim@example.com"), seconds("nobody@example.com")) for _ in range(15)]
    known, unknown = (sum(sorted(times)[:5]) for times in zip(*pairs, strict=True))
    assert 0.5 < unknown / known < 2


def test_roles_are_given_and_taken(tx: Tx) -> None:
    account = identity.register(tx, "kim@example.com", "Kim", PASSWORD)
    assert identity.permissions(account) == frozenset()
    assert not account.is_staff
    identity.grant_role(tx, account.id, "refunds")
    identity.grant_role(tx, account.id, "refunds")
    identity.grant_role(tx, account.id, "catalog")
    assert account.roles == {"refunds", "catalog"}
    assert identity.permissions(account) == {"desk", "bookings", "refunds", "catalog"}
    person = identity.find_person(tx, account.id)
    assert person is not None
    assert person.roles == {"refunds", "catalog"}
    assert person.may("refunds")
    assert not person.may("finance")
    identity.revoke_role(tx, account.id, "refunds")
    identity.revoke_role(tx, account.id, "refunds")
    assert account.roles == {"catalog"}


def test_a_role_nobody_knows_is_not_given(tx: Tx) -> None:
    account = identity.register(tx, "kim@example.com", "Kim", PASSWORD)
    with pytest.raises(Invalid) as told:
        identity.grant_role(tx, account.id, "king")
    assert set(told.value.faults) == {"role"}
    with pytest.raises(NotFound):
        identity.grant_role(tx, new_id(), "admin")


def test_an_address_taken_in_the_same_moment_is_taken(database: Engine) -> None:
    with transaction(database) as tx:
        kim = identity.register(tx, "kim@example.com", "Kim", PASSWORD).id
        lee = identity.register(tx, "lee@example.com", "Lee", PASSWORD).id

    def move(account_id: UUID) -> bool:
        try:
            with transaction(database) as tx:
                identity.set_email(tx, account_id, "New@example.com")
                threading.Event().wait(0.2)
        except identity.EmailTaken:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(move, (kim, lee))) == [False, True]
