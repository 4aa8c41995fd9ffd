"""A real provider that is none of ours: somebody types a name, a password and a code there, and we know who it was."""

import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import pyotp
import pytest
import requests

from local.idp import house
from local.idp.installing import install
from local.ports import free_port
from local.probe import answers
from local.process import Process
from portal.domains.identity.federation import Provider, Unbelievable
from portal.outside import from_environment

PORTAL, SECRET = "http://127.0.0.1:8000", "a secret of this client alone"
BACK = f"{PORTAL}/sign-in/with/practice/back"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("idp")
    if install(directory / "venv") is None:
        pytest.skip("nanoidp cannot be installed here")
    return directory


@pytest.fixture(params=["", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"], ids=["password", "password and code"])
def totp(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ours(data: Path, totp: str) -> Iterator[Provider]:
    port = free_port()
    command = [sys.executable, "-m", "local.idp", "--data", data, "--port", str(port), "--portal", PORTAL]
    process = Process(command, environment={**os.environ, "IDP_SECRET": SECRET, "IDP_TOTP": totp})
    ready, deadline = answers(f"{house.issuer(port)}/.well-known/openid-configuration"), time.monotonic() + 30
    try:
        while not ready():
            assert process.running, (data / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield Provider(from_environment(house.settings_for(port, SECRET))[0], anywhere=True)
    finally:
        process.stop()


def type_in(url: str, name: str, password: str, code: str) -> dict[str, str]:
    """What a person does at the provider: the query of the way back."""
    with requests.Session() as browser:
        browser.trust_env = False
        page = browser.get(url, allow_redirects=True, timeout=10)
        for fields in ({"username": name, "password": password}, {"totp_code": code}):
            hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
            answer = browser.post(page.url, data={**hidden, **fields}, allow_redirects=False, timeout=10)
            while "Location" in answer.headers:
                target = urljoin(answer.url, answer.headers["Location"])
                if target.startswith(PORTAL):
                    return dict(parse_qsl(urlsplit(target).query))
                answer = browser.get(target, allow_redirects=False, timeout=10)
            page = answer
        raise AssertionError(page.text)


def test_whoever_signs_in_there_is_known_here(ours: Provider, totp: str) -> None:
    url, trip = ours.begin(BACK)
    code = pyotp.TOTP(totp).now() if totp else ""
    told = type_in(url, "newcomer", house.PASSWORD, code)
    answer = ours.finish(trip, told)
    assert (answer.issuer, answer.subject) == (ours.settings.issuer, "newcomer")
    assert (answer.email, answer.email_verified) == ("newcomer@practice.example", True)
    assert answer.vouched.second_factor(ours.settings) == bool(totp)
    with pytest.raises(Unbelievable):
        ours.finish(trip, told)
    assert (ours.sign_out_url(PORTAL, "") or "").startswith(f"{ours.settings.issuer}/logout")
