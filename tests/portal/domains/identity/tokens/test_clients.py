"""Clients: which addresses may be answered, which of them belongs to whom, and what registering refuses."""

from typing import Any

import pytest

from portal.domains.identity import tokens
from portal.domains.identity.tokens import Client, is_redirect_uri, leads_to
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid


@pytest.mark.asvs("10.4.1")
@pytest.mark.parametrize(
    ("uri", "good"),
    [
        ("https://app.example/done", True),
        ("https://app.example:8443/done?x=1", True),
        ("http://127.0.0.1/done", True),
        ("http://127.0.0.1:4711/done", True),
        ("http://[::1]:4711/done", True),
        ("com.example.app:/done", True),
        ("http://localhost/done", False),
        ("http://app.example/done", False),
        ("http://127.0.0.1.evil.example/done", False),
        ("http://user@127.0.0.1/done", False),
        ("https://user@app.example/done", False),
        ("https:///done", False),
        ("https://app.example/done#part", False),
        ("https://app.example/ done", False),
        ("https://app.example/\\done", False),
        ("https://app.example:port/done", False),
        ("https://[::1/done", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("com.example.app://evil.example/done", False),
        ("/done", False),
        ("", False),
        ("https://app.example/" + "x" * 500, False),
    ],
)
def test_an_address_to_go_back_to(uri: str, good: bool) -> None:
    assert is_redirect_uri(uri) is good


@pytest.mark.asvs("10.4.1")
@pytest.mark.parametrize(
    ("known", "given", "same"),
    [
        ("http://127.0.0.1/done", "http://127.0.0.1:1/done", True),
        ("http://127.0.0.1:9/done", "http://127.0.0.1:1/done", True),
        ("http://[::1]/done", "http://[::1]:50000/done", True),
        ("http://127.0.0.1/done", "http://127.0.0.1:1/done/", False),
        ("http://127.0.0.1/done", "http://127.0.0.1:1/done?x", False),
        ("http://127.0.0.1/done", "http://[::1]/done", False),
        ("http://127.0.0.1/done", "https://127.0.0.1/done", False),
        ("http://127.0.0.1/done", "http://127.0.0.1:1@evil.example/done", False),
        ("https://app.example/done", "https://app.example:8443/done", False),
        ("https://app.example/done", "https://app.example/done", True),
    ],
)
def test_only_the_port_on_this_machine_is_free(known: str, given: str, same: bool) -> None:
    assert leads_to(Client(redirect_uris=[known]), given) is same


@pytest.mark.parametrize(
    ("client_id", "name", "more", "field"),
    [
        ("No", "An App", {}, "id"),
        ("an app", "An App", {}, "id"),
        ("an-app", " ", {}, "name"),
        ("an-app", "An App", {"redirect_uris": []}, "redirect_uris"),
        ("an-app", "An App", {"redirect_uris": ["http://app.example"]}, "redirect_uris"),
        ("an-app", "An App", {"scope": "everything"}, "scope"),
        ("an-app", "An App", {"scope": ""}, "scope"),
    ],
)
def test_registering_says_what_is_wrong(tx: Tx, client_id: str, name: str, more: dict[str, Any], field: str) -> None:
    usual: dict[str, Any] = {"scope": "points:read", "redirect_uris": ["https://app.example/done"]}
    with pytest.raises(Invalid) as fault:
        tokens.register_client(tx, client_id, name, **(usual | more))
    assert set(fault.value.faults) == {field}


def test_a_secret_is_told_once_and_kept_as_a_hash(tx: Tx) -> None:
    more: dict[str, Any] = {"scope": "points:read", "redirect_uris": ["https://app.example/done"]}
    secret = tokens.register_client(tx, "a-site", "A Site", confidential=True, **more)
    client = tokens.find_client(tx, "a-site")
    assert client is not None
    assert secret is not None
    assert client.secret_hash is not None
    assert secret.encode() not in client.secret_hash
    assert tokens.knows_secret(client, secret)
    assert not tokens.knows_secret(client, secret + "x")
    with pytest.raises(tokens.ClientTaken):
        tokens.register_client(tx, "a-site", "Another", **more)
