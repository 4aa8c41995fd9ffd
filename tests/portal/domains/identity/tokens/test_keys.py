"""Signing keys: one is made when it is needed, locked at rest, and its public part is what others get."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import IntegrityError

from portal.domains.identity import Vault, tokens
from portal.domains.identity.models import SigningKey
from portal.domains.identity.vault import Locked
from portal.kernel.db import Tx, transaction
from portal.kernel.ids import new_id

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
VAULT = Vault("a secret key that is only good for tests")


def test_the_first_key_is_made_when_it_is_asked_for_and_then_stays(tx: Tx) -> None:
    first = tokens.signing_key(tx, VAULT, now=NOW)
    assert tokens.signing_key(tx, VAULT, now=NOW + HOUR).kid == first.kid
    assert tx.scalar(select(func.count()).select_from(SigningKey)) == 1


def test_what_is_published_verifies_and_says_nothing_private(tx: Tx) -> None:
    private = tokens.signing_key(tx, VAULT, now=NOW)
    (public,) = tokens.published_keys(tx, now=NOW)
    assert set(public) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    token = jwt.encode({"alg": "ES256", "kid": private.kid}, {"sub": "x"}, private)
    assert jwt.decode(token, KeySet.import_key_set({"keys": [dict(public)]})).claims == {"sub": "x"}


def test_the_private_part_opens_only_with_the_secret_key_and_in_its_own_row(tx: Tx) -> None:
    tokens.signing_key(tx, VAULT, now=NOW)
    with pytest.raises(Locked):
        tokens.signing_key(tx, Vault("another secret key, of another house"), now=NOW)
    tx.execute(update(SigningKey).values(kid="copied-to-another-row"))
    with pytest.raises(Locked):
        tokens.signing_key(tx, VAULT, now=NOW)


def test_a_key_with_a_private_part_cannot_be_published(tx: Tx) -> None:
    tokens.signing_key(tx, VAULT, now=NOW)
    with pytest.raises(IntegrityError, match="public_key_is_public"):
        tx.execute(text("""UPDATE signing_keys SET public_key = public_key || '{"d": "oh no"}'"""))


def test_the_next_key_is_known_before_it_signs_and_the_old_one_until_its_tokens_are_over(tx: Tx) -> None:
    old = tokens.signing_key(tx, VAULT, now=NOW).kid
    new = ECKey.generate_key("P-256").thumbprint()
    row = tx.scalars(select(SigningKey)).one()
    row.published_until = NOW + 3 * HOUR
    tx.add(
        SigningKey(
            kid=new,
            algorithm="ES256",
            public_key=row.public_key | {"kid": new},
            private_key=VAULT.lock(b'{"kty": "oct", "k": "AA"}', bound_to=b"x"),
            active_from=NOW + HOUR,
        )
    )
    tx.flush()

    def published(at: datetime) -> list[str]:
        return [key["kid"] for key in tokens.published_keys(tx, now=at)]

    assert published(NOW) == [new, old]
    assert tokens.signing_key(tx, VAULT, now=NOW).kid == old
    with pytest.raises(Locked):  # it is the new one's turn, and this test has locked nonsense into it
        tokens.signing_key(tx, VAULT, now=NOW + HOUR)
    assert published(NOW + 3 * HOUR) == [new]


def test_servers_that_start_together_make_one_key(database: Engine) -> None:
    kids: list[str] = []

    def sign() -> None:
        with transaction(database) as tx:
            kids.append(tokens.signing_key(tx, VAULT, now=NOW).kid)

    second = threading.Thread(target=sign)
    with transaction(database) as tx:
        first = tokens.signing_key(tx, VAULT, now=NOW).kid
        second.start()
        second.join(0.5)
        assert second.is_alive()  # it waits for us to commit, and then finds our key
    second.join(10)
    assert kids == [first]


def test_a_token_says_what_rfc_9068_asks_for(tx: Tx) -> None:
    account_id = new_id()
    token = tokens.issue_access_token(
        tx,
        VAULT,
        account_id=account_id,
        client_id="a-script",
        scope="points:read",
        base_url="https://jari.example/",
        now=NOW,
        lifetime=timedelta(minutes=15),
        auth_time=NOW - HOUR,
    )
    read = jwt.decode(token, tokens.signing_key(tx, VAULT, now=NOW))
    assert read.header == {"typ": "at+jwt", "alg": "ES256", "kid": tokens.published_keys(tx, now=NOW)[0]["kid"]}
    jti = read.claims.pop("jti")
    assert len(jti) == 36
    assert read.claims == {
        "iss": "https://jari.example",
        "aud": "https://jari.example/api/v1",
        "sub": str(account_id),
        "client_id": "a-script",
        "scope": "points:read",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 900,
        "auth_time": int(NOW.timestamp()) - 3600,
    }
