"""Codes that are sent, codes on paper, devices and phones: each good once, for one person, for one purpose."""

import ast
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import Engine, text

from portal.domains import identity
from portal.domains.identity import codes
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Invalid, NotFound

NOW = datetime(2026, 12, 1, tzinfo=UTC)
VAULT = identity.Vault("a secret key that is only good for tests")
PASSWORD = "Harbour-Lantern!26"


@pytest.fixture
def kim(tx: Tx) -> UUID:
    identity.register(tx, "other@example.com", "Noise", PASSWORD)
    return identity.register(tx, "kim@example.com", "Kim", PASSWORD).id


@pytest.fixture
def lee(tx: Tx) -> UUID:
    return identity.register(tx, "lee@example.com", "Lee", PASSWORD).id


@pytest.mark.asvs("6.5.1", "6.5.5", "6.6.2")
def test_a_sent_code_works_once_for_its_challenge_and_person_within_ten_minutes(tx: Tx, kim: UUID, lee: UUID) -> None:
    code = codes.issue(tx, "a", kim, now=NOW)
    codes.issue(tx, "b", kim, now=NOW)
    assert re.fullmatch(r"\d{6}", code)
    assert not codes.redeem(tx, "c", kim, code, now=NOW)
    assert not codes.redeem(tx, "a", lee, code, now=NOW)
    assert not codes.redeem(tx, "a", kim, code, now=NOW + timedelta(minutes=10))
    assert codes.redeem(tx, "a", kim, f" {code[:3]} {code[3:]} ", now=NOW + timedelta(minutes=9))
    assert not codes.redeem(tx, "a", kim, code, now=NOW)


@pytest.mark.asvs("6.6.2")
def test_a_code_of_one_challenge_fails_in_another(tx: Tx, kim: UUID) -> None:
    first, second = codes.issue(tx, "a", kim, now=NOW), codes.issue(tx, "b", kim, now=NOW)
    if first != second:
        assert not codes.redeem(tx, "b", kim, first, now=NOW)
    assert codes.redeem(tx, "b", kim, second, now=NOW)


@pytest.mark.asvs("6.6.3")
def test_five_wrong_tries_end_it_and_sending_again_gives_none_back(tx: Tx, kim: UUID) -> None:
    code = codes.issue(tx, "a", kim, now=NOW)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert not codes.redeem(tx, "a", kim, wrong, now=NOW)
    assert not codes.redeem(tx, "a", kim, code, now=NOW)
    assert not codes.redeem(tx, "a", kim, codes.issue(tx, "a", kim, now=NOW), now=NOW)


@pytest.fixture
def committed(database: Engine) -> UUID:
    with transaction(database) as tx:
        return identity.register(tx, "kim@example.com", "Kim", PASSWORD).id


@pytest.mark.asvs("6.6.3", "6.5.1")
def test_thirty_tries_at_once_count_as_five_and_the_right_one_works_once(database: Engine, committed: UUID) -> None:
    with transaction(database) as tx:
        code = codes.issue(tx, "wrong", committed, now=NOW)
        right = codes.issue(tx, "right", committed, now=NOW)
    wrong = "000000" if code != "000000" else "111111"

    def try_it(challenge: str, typed: str) -> bool:
        with transaction(database) as tx:
            return codes.redeem(tx, challenge, committed, typed, now=NOW)

    with ThreadPoolExecutor(15) as pool:
        assert not any(pool.map(lambda _: try_it("wrong", wrong), range(30)))
        assert sum(pool.map(lambda _: try_it("right", right), range(5))) == 1
    with transaction(database) as tx:
        assert tx.scalar(text("SELECT tries FROM sent_codes WHERE challenge = 'wrong'")) == 5


@pytest.mark.asvs("6.5.1", "6.5.2", "6.5.4")
def test_recovery_codes_work_once_in_any_spelling(tx: Tx, kim: UUID, lee: UUID) -> None:
    made = identity.make_codes(tx, kim)
    assert len(set(made)) == 10
    assert identity.codes_left(tx, kim) == 10
    assert not identity.use_code(tx, lee, made[0], now=NOW)
    assert not identity.use_code(tx, kim, made[0][:-1], now=NOW)
    assert not identity.use_code(tx, kim, made[0][:4] + made[1][4:], now=NOW)
    assert identity.use_code(tx, kim, made[0].lower().replace("-", " "), now=NOW)
    assert not identity.use_code(tx, kim, made[0], now=NOW)
    assert identity.codes_left(tx, kim) == 9
    kept = str(tx.execute(text("SELECT * FROM recovery_codes")).all())
    assert all(code.replace("-", "")[4:] not in kept for code in made)
    assert kept.count("$argon2id$") == 10
    identity.make_codes(tx, kim)
    assert not identity.use_code(tx, kim, made[1], now=NOW), "new ones end the old ones"


@pytest.mark.asvs("6.5.1")
def test_of_many_who_use_one_recovery_code_one_gets_in(database: Engine, committed: UUID) -> None:
    with transaction(database) as tx:
        code = identity.make_codes(tx, committed)[0]

    def try_it(_: int) -> bool:
        with transaction(database) as tx:
            return identity.use_code(tx, committed, code, now=NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, range(8))) == 1


@pytest.mark.asvs("6.5.2")
def test_a_sent_code_is_kept_like_a_password(tx: Tx, kim: UUID) -> None:
    code = codes.issue(tx, "a", kim, now=NOW)
    (digest,) = tx.scalars(text("SELECT digest FROM sent_codes"))
    assert digest.startswith("$argon2id$")
    assert code not in digest.rpartition("$")[2]


@pytest.mark.asvs("6.3.3")
def test_a_device_is_remembered_for_its_person_for_thirty_days_or_until_forgotten(tx: Tx, kim: UUID, lee: UUID) -> None:
    secret = identity.remember(tx, kim, "Firefox", now=NOW)
    other = identity.remember(tx, kim, "Chrome", now=NOW)
    assert identity.is_remembered(tx, kim, secret, now=NOW + timedelta(days=29))
    assert not identity.is_remembered(tx, kim, secret, now=NOW + timedelta(days=30))
    assert not identity.is_remembered(tx, lee, secret, now=NOW)
    assert not identity.is_remembered(tx, kim, "", now=NOW)
    (line,) = [one for one in identity.remembered(tx, kim, now=NOW) if one.agent == "Firefox"]
    assert identity.forget_devices(tx, lee, line.id) == 0
    assert identity.forget_devices(tx, kim, line.id) == 1
    assert not identity.is_remembered(tx, kim, secret, now=NOW)
    assert identity.is_remembered(tx, kim, other, now=NOW)
    assert identity.forget_devices(tx, kim) == 1


@pytest.mark.asvs("6.6.1")
def test_a_phone_is_kept_locked_and_known_by_its_owner_only(tx: Tx, kim: UUID, lee: UUID) -> None:
    identity.add_code_factor(tx, VAULT, kim, "sms", "+821012345678", now=NOW)
    assert identity.phone_of(tx, VAULT, kim) == "+821012345678"
    assert identity.phone_of(tx, VAULT, lee) is None
    assert b"1012345678" not in tx.execute(text("SELECT secret FROM second_factors WHERE kind = 'sms'")).scalar_one()
    identity.add_code_factor(tx, VAULT, kim, "sms", "+821099999999", now=NOW)
    assert identity.phone_of(tx, VAULT, kim) == "+821099999999"
    identity.remove_factor(tx, kim, "sms")
    assert identity.factors_of(tx, kim) == frozenset()
    with pytest.raises(NotFound):
        identity.remove_factor(tx, kim, "sms")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("010-1234-5678", "+821012345678"),
        ("+82 10 1234 5678", "+821012345678"),
        ("0044 20 7946 0000", "+442079460000"),
        ("12345", None),
        ("+82 10 1234 5678; DROP", None),
        ("+0101234567", None),
    ],
)
def test_numbers_have_one_spelling(typed: str, number: str | None) -> None:
    if number:
        assert identity.as_number(typed) == number
    else:
        with pytest.raises(Invalid):
            identity.as_number(typed)


@pytest.mark.asvs("6.3.3")
def test_staff_keep_one_strong_factor(database: Engine, committed: UUID) -> None:
    with transaction(database) as tx:
        identity.grant_role(tx, committed, "refunds")
        secret = identity.enrol_totp(tx, VAULT, committed)
        identity.add_code_factor(tx, VAULT, committed, "sms", "+821012345678", now=NOW)

        identity.confirm_totp(tx, VAULT, committed, pyotp.TOTP(secret).at(NOW), now=NOW)
    with pytest.raises(identity.LastFactor), transaction(database) as tx:
        identity.remove_factor(tx, committed, "totp")
    with transaction(database) as tx:
        assert identity.factors_of(tx, committed) == {"totp", "sms"}
        identity.remove_factor(tx, committed, "sms")


@pytest.mark.asvs("6.5.3", "11.5.1")
def test_nothing_here_is_random_for_show(root: Path) -> None:
    """Secrets come from the system's source: the module `random` is not known in these rooms."""
    for path in [*(root / "portal/domains/identity").rglob("*.py"), *(root / "portal/web").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert "random" not in names, path
