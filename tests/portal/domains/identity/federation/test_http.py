"""We speak to providers, and to nothing else that a provider or a thief of its name might point at."""

import socket

import pytest

from portal.domains.identity.federation import Away
from portal.domains.identity.federation.http import GuardedSession, Reach
from tests.portal.domains.identity.federation.conftest import BACK, client_of
from tests.support.hostile import Hostile

INSIDE = ["127.0.0.1", "::1", "169.254.169.254", "fe80::1", "0.0.0.0", "::ffff:127.0.0.1", "224.0.0.1", "nonsense"]  # noqa: S104  # not bound
PRIVATE = ["10.1.2.3", "192.168.0.1", "172.16.0.9", "fd00::1", "::ffff:10.0.0.1"]


@pytest.mark.asvs("1.3.6")
def test_production_speaks_to_public_addresses_only() -> None:
    public, company, demo = Reach(anywhere=False), Reach(anywhere=False, private_network=True), Reach(anywhere=True)
    assert public.allows("93.184.216.34")
    assert public.allows("2606:4700::1111")
    assert not any(public.allows(address) for address in INSIDE + PRIVATE)
    assert all(company.allows(address) for address in PRIVATE)
    assert not any(company.allows(address) for address in INSIDE)
    assert demo.allows("127.0.0.1")


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize("url", ["http://a.example/", "file:///etc/passwd", "https://me@a.example/", "https:///", None])
def test_production_speaks_https_only(url: str | None) -> None:
    with pytest.raises(Away):
        Reach(anywhere=False).check_url(url)


@pytest.mark.asvs("1.3.6")
def test_the_address_of_the_connection_counts_not_the_name(liar: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is public when asked first and ours when connected to: nothing is sent."""
    port = int(liar.url.rpartition(":")[2])
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest, **more: resolve("127.0.0.1", *rest, **more))
    for url in (f"https://provider.example:{port}/", f"https://169.254.169.254.nip.example:{port}/"):
        with GuardedSession(reach=Reach(anywhere=False)) as session, pytest.raises(Away, match="127"):
            session.request("GET", url, withhold_token=True)
    assert liar.asked == []


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
def test_no_redirect_is_followed(liar: Hostile, path: str) -> None:
    ours = client_of(liar)
    liar.redirect[path] = f"{liar.url}/elsewhere"

    def comes_back() -> None:
        url, trip = ours.begin(BACK)
        ours.finish(trip, liar.authorise(url))

    with pytest.raises(Away, match="answered 302"):
        comes_back()
    assert "/elsewhere" not in liar.asked


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "end_session_endpoint", "authorization_endpoint"])
@pytest.mark.parametrize("url", ["ftp://a.example/", "javascript:alert(1)", 7])
def test_an_address_in_the_metadata_that_is_none_is_refused(liar: Hostile, name: str, url: object) -> None:
    liar.metadata[name] = url
    with pytest.raises(Away):
        client_of(liar).begin(BACK)


def test_an_endless_answer_is_cut_off(liar: Hostile) -> None:
    liar.metadata["padding"] = "x" * (600 * 1024)
    with pytest.raises(Away, match="too much"):
        client_of(liar).begin(BACK)


def test_metadata_cannot_set_options_of_the_session(liar: Hostile) -> None:
    """Authlib hands all metadata to its session: a provider could name a token, a scope or a time limit."""
    liar.metadata |= {
        "client_id": "other",
        "scope": "everything",
        "default_timeout": 9999,
        "redirect_uri": "https://e/",
    }
    url, _ = client_of(liar).begin(BACK)
    assert "everything" not in url
    assert "client_id=jari" in url
