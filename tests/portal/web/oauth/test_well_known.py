"""The public keys and the metadata, where everybody looks for them."""

import pytest
from authlib.oauth2 import rfc9207
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
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


@pytest.mark.parametrize("name", ["openid-configuration", "oauth-authorization-server"])
def test_the_metadata_is_valid_and_names_addresses_that_are_there(shop: Shop, name: str) -> None:
    told = shop.app.test_client().get(f"/.well-known/{name}").json
    AuthorizationServerMetadata(told).validate(metadata_classes=[rfc9207.AuthorizationServerMetadata])
    assert told["issuer"] == "http://localhost"
    routes = shop.app.url_map.bind("localhost")
    for field, method in {
        "authorization_endpoint": "GET",
        "token_endpoint": "POST",
        "revocation_endpoint": "POST",
        "introspection_endpoint": "POST",
        "jwks_uri": "GET",
    }.items():
        assert routes.match(told[field].removeprefix("http://localhost"), method), field


@pytest.mark.asvs("10.4.4", "10.4.6")
def test_the_metadata_promises_nothing_unsafe(shop: Shop) -> None:
    told = shop.app.test_client().get("/.well-known/oauth-authorization-server").json
    assert told["response_types_supported"] == ["code"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert set(told["grant_types_supported"]) == {"authorization_code", "refresh_token", "client_credentials"}
    assert "none" not in told["introspection_endpoint_auth_methods_supported"]
