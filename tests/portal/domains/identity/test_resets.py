"""Links for a new password: once, for half an hour, the latest only; and nothing else of the account changes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text

from portal.domains import identity
from portal.domains.identity.models import PasswordReset
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Invalid

NOW = datetime(2026, 12, 1, tzinfo=UTC)
OLD, NEW = "Harbour-Lantern!26", "Teapot-Orchard!71"


@pytest.fixture
def secret(tx: Tx) -> str:
    identity.register(tx, "other@example.com", "Noise", OLD)
    identity.register(tx, "kim@example.com", "Kim", OLD)
    found = identity.open_reset(tx, "KIM@example.com", now=NOW)
    assert found is not None
    assert found[0].email == "kim@example.com"
    return found[1]


@pytest.mark.asvs("6.4.1")
def test_a_link_gives_one_new_password(tx: Tx, secret: str) -> None:
    assert identity.is_open(tx, secret, now=NOW)
    identity.redeem(tx, secret, NEW, now=NOW)
    assert identity.check_password(tx, "kim@example.com", NEW) is not None
    assert identity.check_password(tx, "kim@example.com", OLD) is None
    assert identity.check_password(tx, "other@example.com", OLD) is not None
    assert not identity.is_open(tx, secret, now=NOW)
    with pytest.raises(identity.LinkOver):
        identity.redeem(tx, secret, "Walnut-Bicycle!33", now=NOW)


@pytest.mark.asvs("6.4.1")
def test_it_ends_after_half_an_hour_and_with_a_newer_one(tx: Tx, secret: str) -> None:
    assert identity.is_open(tx, secret, now=NOW + timedelta(minutes=29))
    assert not identity.is_open(tx, secret, now=NOW + timedelta(minutes=30))
    with pytest.raises(identity.LinkOver):
        identity.redeem(tx, secret, NEW, now=NOW + timedelta(minutes=30))
    identity.open_reset(tx, "kim@example.com", now=NOW)
    assert not identity.is_open(tx, secret, now=NOW)


def test_a_weak_password_leaves_the_link_good(tx: Tx, secret: str) -> None:
    with pytest.raises(Invalid):
        identity.redeem(tx, secret, "short", now=NOW)
    assert identity.is_open(tx, secret, now=NOW)


def test_nobody_and_the_closed_get_none(tx: Tx, secret: str) -> None:
    assert identity.open_reset(tx, "nobody@example.com", now=NOW) is None
    tx.execute(text("UPDATE accounts SET disabled_at = now() WHERE email = 'kim@example.com'"))
    tx.expire_all()
    assert identity.open_reset(tx, "kim@example.com", now=NOW) is None
    with pytest.raises(identity.LinkOver):
        identity.redeem(tx, secret, NEW, now=NOW)


@pytest.mark.asvs("6.5.2")
def test_the_secret_is_not_in_the_database(tx: Tx, secret: str) -> None:
    assert len(secret) == 43
    (row,) = tx.scalars(select(PasswordReset))
    assert secret.encode() not in row.digest


@pytest.mark.asvs("6.4.1")
def test_of_many_at_the_same_moment_one_succeeds(database: Engine) -> None:
    with transaction(database) as tx:
        identity.register(tx, "kim@example.com", "Kim", OLD)
        found = identity.open_reset(tx, "kim@example.com", now=NOW)
    assert found is not None

    def try_it(number: int) -> bool:
        try:
            with transaction(database) as tx:
                identity.redeem(tx, found[1], f"Teapot-Orchard!{number:02d}", now=NOW)
        except identity.LinkOver:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, range(8))) == 1
