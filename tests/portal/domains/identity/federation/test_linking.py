"""What one does alone holds when several do it at once: one account a person, and a way in is always left."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from portal.domains.identity import federation
from portal.domains.identity.federation import Answer
from portal.domains.identity.federation.models import ExternalIdentity
from portal.kernel.db import transaction
from tests.factories import identity as make

A, B = "https://a.example", "https://b.example"


def answer(issuer: str = A, subject: str = "1") -> Answer:
    return Answer("a", issuer, subject, email="kim@example.com", email_verified=True, name="Kim")


@pytest.mark.asvs("10.5.2")
def test_of_several_sign_ups_at_once_one_opens_the_account(database: Engine) -> None:
    def come(subject: str) -> UUID | None:
        try:
            with transaction(database) as tx:
                return federation.sign_up(tx, answer(subject=subject))
        except federation.SignInFirst:
            return None

    with ThreadPoolExecutor(8) as pool:
        opened = [one for one in pool.map(come, map(str, range(8))) if one]
    assert len(opened) == 1


def test_of_two_that_unlink_the_last_two_at_once_one_is_refused(database: Engine) -> None:
    for _ in range(5):
        with transaction(database) as tx:
            account = make.account(tx).id
            for issuer in (A, B):
                federation.link(tx, account, answer(issuer, str(account)))
            mine = [one.id for one in federation.linked(tx, account)]

        def take(which: UUID, account: UUID = account) -> bool:
            try:
                with transaction(database) as tx:
                    federation.unlink(tx, account, which, issuers=frozenset({A, B}))
            except federation.LastWayIn:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(take, mine)) == [False, True]


def test_of_two_accounts_that_link_one_identity_at_once_one_gets_it(database: Engine) -> None:
    with transaction(database) as tx:
        accounts = [make.account(tx).id for _ in range(4)]

    def link(account: UUID) -> bool:
        try:
            with transaction(database) as tx:
                federation.link(tx, account, answer())
        except federation.LinkedElsewhere:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(link, accounts)) == [False, False, False, True]
    with transaction(database) as tx:
        assert len(tx.scalars(select(ExternalIdentity)).all()) == 1


def test_linking_again_changes_nothing(database: Engine) -> None:
    with transaction(database) as tx:
        account = make.account(tx).id
        federation.link(tx, account, answer())
        federation.link(tx, account, answer())
        assert len(federation.linked(tx, account)) == 1
