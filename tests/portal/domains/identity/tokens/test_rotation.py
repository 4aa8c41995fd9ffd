"""Rotation: no moment at which a good token is refused, none at which a key nobody knows yet signs."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.domains.identity import Vault, tokens
from portal.domains.identity.models import SigningKey
from portal.domains.identity.tokens import KNOWN_BEFORE, KNOWN_FOR, LONGEST_TOKEN
from portal.kernel.db import Tx

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
VAULT = Vault("a secret key that is only good for tests")
SECOND = timedelta(seconds=1)


def kids(tx: Tx, at: datetime) -> dict[str, str]:
    return {key.kid: key.state for key in tokens.key_states(tx, now=at)}


def test_the_next_key_is_published_before_it_signs(tx: Tx) -> None:
    old = tokens.signing_key(tx, VAULT, now=NOW).kid
    new = tokens.rotate(tx, VAULT, now=NOW).kid
    assert kids(tx, NOW) == {new: "next", old: "active"}
    assert new in {key["kid"] for key in tokens.published_keys(tx, now=NOW)}
    assert tokens.signing_key(tx, VAULT, now=NOW + KNOWN_BEFORE - SECOND).kid == old
    assert tokens.signing_key(tx, VAULT, now=NOW + KNOWN_BEFORE).kid == new
    assert timedelta(seconds=KNOWN_FOR) < KNOWN_BEFORE


@pytest.mark.asvs("9.1.1")
def test_the_old_key_is_published_until_the_last_token_it_signed_is_over(tx: Tx) -> None:
    old = tokens.signing_key(tx, VAULT, now=NOW).kid
    tokens.rotate(tx, VAULT, now=NOW)
    last = NOW + KNOWN_BEFORE + LONGEST_TOKEN - SECOND
    assert kids(tx, last)[str(old)] == "retired"
    assert old in {key["kid"] for key in tokens.published_keys(tx, now=last)}
    assert old not in {key["kid"] for key in tokens.published_keys(tx, now=last + SECOND)}


def test_an_impatient_hand_makes_no_second_next_key(tx: Tx) -> None:
    tokens.signing_key(tx, VAULT, now=NOW)
    tokens.rotate(tx, VAULT, now=NOW)
    with pytest.raises(tokens.NextIsWaiting):
        tokens.rotate(tx, VAULT, now=NOW + SECOND)
    tokens.rotate(tx, VAULT, now=NOW + KNOWN_BEFORE)


def test_the_first_key_signs_at_once(tx: Tx) -> None:
    assert tokens.rotate(tx, VAULT, now=NOW).state == "active"
    assert tokens.signing_key(tx, VAULT, now=NOW)


def test_a_key_that_is_over_is_destroyed_with_its_private_part(tx: Tx) -> None:
    tokens.signing_key(tx, VAULT, now=NOW)
    for days in (0, 10, 20):
        tokens.rotate(tx, VAULT, now=NOW + timedelta(days=days))
    assert tx.scalar(select(func.count()).select_from(SigningKey)) == 2


def test_a_key_somebody_else_knows_is_gone_at_once(tx: Tx) -> None:
    old = tokens.signing_key(tx, VAULT, now=NOW).kid
    new = tokens.replace(tx, VAULT, now=NOW).kid
    assert [key["kid"] for key in tokens.published_keys(tx, now=NOW)] == [new]
    assert tokens.signing_key(tx, VAULT, now=NOW).kid == new != old
