"""The public keys, where everybody looks for them."""

from joserfc import jwt
from joserfc.jwk import KeySet

from tests.portal.web.api.conftest import Caller, Shop


def test_others_can_check_our_tokens_by_themselves(shop: Shop, customer: Caller) -> None:
    answer = shop.app.test_client().get("/.well-known/jwks.json")
    assert answer.status_code == 200
    assert "max-age=300" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert all("d" not in key for key in answer.json["keys"])
    read = jwt.decode(customer.token, KeySet.import_key_set(answer.json))
    assert read.claims["sub"] == str(customer.person.id)


def test_before_the_first_token_there_is_nothing_to_show(shop: Shop) -> None:
    assert shop.app.test_client().get("/.well-known/jwks.json").json == {"keys": []}
