"""Every request has an id; what no page could use is turned away."""

import pytest
from flask.testing import FlaskClient

from portal.config import Settings
from portal.web import limits
from portal.web.guards import public
from tests.portal.web.conftest import built


def test_a_sane_id_is_kept_and_any_other_replaced(visitor: FlaskClient) -> None:
    assert (
        visitor.get("/healthz", headers={"X-Request-ID": "from-the-proxy.1"}).headers["X-Request-ID"]
        == "from-the-proxy.1"
    )
    for odd in ("short", "x" * 65, "with blanks in it", "<script>alert(1)</script>"):
        given = visitor.get("/healthz", headers={"X-Request-ID": odd}).headers["X-Request-ID"]
        assert given != odd
        assert len(given) == 16

    def said(asked: str) -> str:
        return visitor.get("/healthz", headers={"X-Request-ID": asked}).headers["X-Request-ID"]

    assert said("from-the-proxy.1") == "from-the-proxy.1"
    for odd in ("", "short", "x" * 65, "with blanks in it", "<script>alert(1)</script>"):
        assert said(odd) != odd
        assert len(said(odd)) == 16
        assert said(odd) != said(odd)


@pytest.mark.parametrize("path", ["/house/open?q=a%00b", "/house/%00"])
def test_a_nul_is_nobodys_input(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(path).status_code == 400


def test_a_nul_in_a_form_is_turned_away(visitor: FlaskClient) -> None:
    assert visitor.post("/sign-in", data={"email": "a\x00b@example.com"}).status_code == 400


@pytest.mark.asvs("4.1.3")
@pytest.mark.parametrize(("hops", "counted"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_a_forwarded_address_is_believed_only_behind_a_proxy_we_know(
    settings: Settings, hops: int, counted: str
) -> None:
    app = built(settings.model_copy(update={"proxy_hops": hops}))

    @app.get("/where")
    @public
    def where() -> str:
        return limits.address()

    headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
    assert app.test_client().get("/where", headers=headers).text == counted
