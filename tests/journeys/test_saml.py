"""A form from another site, in a real browser by https: only the trip's own cookie comes along with it, and that is
enough; afterwards the browser has its session again."""

import html
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask import request
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine
from werkzeug.serving import make_server

from local.ports import free_port
from portal import create_app
from portal.config import Settings
from portal.outside_saml import SamlProvider
from tests.support.saml import Idp, Pair

pytestmark = pytest.mark.browser


@contextmanager
def serving(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def page_of(idp: Idp) -> type[BaseHTTPRequestHandler]:
    """The provider's page: its button sends the form."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "SAMLRequest" not in self.path:
                self.send_error(404)
                return
            address = f"{idp.sso_url}{self.path.removeprefix('/sso?tenant=a&b=c')}"
            acs = html.escape(idp.facts(address).acs)
            form = "".join(f'<input type="hidden" name="{n}" value="{v}">' for n, v in idp.authorise(address).items())
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<form method="post" action="{acs}">{form}<button>It is me</button></form>'.encode())

        def log_message(self, *_args: Any) -> None:
            pass

    return Page


@pytest.mark.asvs("6.8.3")
def test_a_form_of_another_site_brings_the_cookie_of_its_trip_and_no_other(
    browser: Browser, settings: Settings, database: Engine, tmp_path: Path
) -> None:
    pair, port, idp_port, idp = Pair.new(), free_port(), free_port(), Idp()
    idp.sso_url = f"http://127.0.0.1:{idp_port}/sso?tenant=a&b=c"
    (tmp_path / "key.pem").write_text(pair.key)
    (tmp_path / "certificate.pem").write_text(pair.certificate)
    told = {"entity_id": idp.entity_id, "sso_url": idp.sso_url, "certificate": idp.pair.certificate}
    acme = SamlProvider.model_validate({"name": "acme", "label": "Acme", "email_verified": True, **told})
    here = f"https://localhost:{port}"
    app = create_app(settings.model_copy(update={"saml": (acme,), "base_url": here}))
    brought: list[set[str]] = []

    @app.before_request
    def note() -> None:
        if request.endpoint == "saml.acs":
            brought.append(set(request.cookies))

    tls = (str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem"))
    portal = make_server("localhost", port, app, threaded=True, ssl_context=tls)
    with (
        serving(portal),
        serving(ThreadingHTTPServer(("127.0.0.1", idp_port), page_of(idp))),
        browser.new_context(ignore_https_errors=True) as context,
    ):
        page = context.new_page()
        page.goto(f"{here}/sign-in?next=/account/security")
        page.get_by_role("button", name="Sign in with Acme").click()
        page.get_by_role("button", name="It is me").click()
        expect(page.get_by_role("heading", name="Linked sign-ins")).to_be_visible()
        names = {cookie["name"] for cookie in context.cookies()}
    assert brought == [{"__Host-saml_tx"}]
    assert "__Host-sid" in names
    assert "__Host-saml_tx" not in names
