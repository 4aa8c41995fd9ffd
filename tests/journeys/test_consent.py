"""Another app comes in: a person reads what it wants, allows it, is led back to it, and later disconnects it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from playwright.sync_api import expect

from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House
from tests.support.apps import challenge_of

pytestmark = pytest.mark.browser

VERIFIER = "a-verifier-that-only-this-app-knows-0123456789"


class Listening(HTTPServer):
    """The app, on this machine: it waits for the browser to come back."""

    heard: dict[str, str]


class Answer(BaseHTTPRequestHandler):
    server: Listening

    def do_GET(self) -> None:
        if self.path.startswith("/done"):
            said = parse_qs(urlsplit(self.path).query)
            self.server.heard = {name: values[0] for name, values in said.items()}
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><link rel=icon href=data:,><title>App</title><h1>Back in the app</h1>")

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture
def app() -> Iterator[Listening]:
    with Listening(("127.0.0.1", 0), Answer) as server:
        server.heard = {}
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_person_allows_an_app_and_disconnects_it(come: Come, house: House, app: Listening) -> None:
    back = f"http://127.0.0.1:{app.server_port}/done"
    asked = {
        "response_type": "code",
        "client_id": "sample-app",
        "redirect_uri": back,
        "scope": "points:read",
        "state": "mine",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    visitor = come()
    visitor.goto(f"/oauth/authorize?{urlencode(asked)}")
    visitor.get_by_label("E-mail").fill(house.newcomer())
    visitor.get_by_label("Password").fill(acts.PASSWORD)
    visitor.locator("main").get_by_role("button", name="Sign in").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Allow Sample app?")
    expect(visitor.locator("main li")).to_have_text(["See your points."])
    visitor.get_by_role("button", name="Allow", exact=True).click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Back in the app")
    assert (app.heard["state"], app.heard["iss"]) == ("mine", house.url)
    fields = {"grant_type": "authorization_code", "client_id": "sample-app", "redirect_uri": back}
    fields |= {"code": app.heard["code"], "code_verifier": VERIFIER}
    given = requests.post(f"{house.url}/oauth/token", data=fields, timeout=10).json()
    carried = {"Authorization": f"Bearer {given['access_token']}"}
    assert requests.get(f"{house.url}/api/v1/points", headers=carried, timeout=10).status_code == 200

    visitor.goto("/account/apps")
    visitor.get_by_role("button", name="Disconnect").click()
    expect(visitor.get_by_text("No app is connected")).to_be_visible()
    assert requests.get(f"{house.url}/api/v1/points", headers=carried, timeout=10).status_code == 401
