"""What a token says of how somebody had shown who they are, as a table."""

import pytest

from portal.domains.identity import challenge
from portal.domains.identity.tokens.vouched import AMR, vouched

TABLE = [
    ((), {}),
    (("pwd",), {"acr": "1", "amr": ["pwd"]}),
    (("pwd", "device"), {"acr": "1", "amr": ["pwd"]}),
    (("pwd", "totp"), {"acr": "2", "amr": ["pwd", "otp", "mfa"]}),
    (("pwd", "sms"), {"acr": "2", "amr": ["pwd", "sms", "mfa"]}),
    (("pwd", "email"), {"acr": "2", "amr": ["pwd", "otp", "mfa"]}),
    (("pwd", "recovery"), {"acr": "2", "amr": ["pwd", "otp", "mfa"]}),
    (("passkey",), {"acr": "2", "amr": ["swk", "user", "mfa"]}),
    (("fed",), {"acr": "1"}),
    (("fed", "mfa"), {"acr": "2", "amr": ["mfa"]}),
    (("fed", "totp"), {"acr": "2", "amr": ["otp", "mfa"]}),
    (("totp",), {"acr": "1", "amr": ["otp"]}),
]


@pytest.mark.parametrize(("shown", "told"), TABLE, ids=str)
def test_what_is_told(shown: tuple[str, ...], told: dict[str, object]) -> None:
    assert vouched(shown) == told


def test_every_way_has_its_words() -> None:
    assert set(AMR) == set(challenge.METHODS)
