"""A SAML provider that nobody here wrote: it reads our metadata and our question, and we read its answer."""

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.domains.identity.federation import Unbelievable
from portal.domains.identity.federation.saml.client import SamlClient
from portal.outside_saml import SamlProvider
from tests.portal.domains.identity.federation.saml.conftest import ACS, AUDIENCE, PAIR, Memory
from tests.support import pysaml
from tests.support.saml import packed


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = pysaml.python(tmp_path_factory.mktemp("pysaml"))
    if found is None or pysaml.program() is None:
        assert os.environ.get("CI") != "true", "CI needs pysaml2 and xmlsec1."
        pytest.skip("pysaml2 or its xmlsec1 cannot be installed here")
    return found


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "key.pem").write_text(PAIR.key)
    (tmp_path / "certificate.pem").write_text(PAIR.certificate)
    paths = {"key": str(tmp_path / "key.pem"), "certificate": str(tmp_path / "certificate.pem")}
    return {**paths, "xmlsec1": pysaml.program() or ""}


@pytest.mark.asvs("6.8.2")
@pytest.mark.parametrize("sign_response", [False, True], ids=["assertion signed", "both signed"])
def test_we_understand_each_other(
    python: Path, keys: dict[str, str], tmp_path: Path, memory: Memory, sign_response: bool
) -> None:
    file = tmp_path / "idp.xml"
    file.write_text(pysaml.ask(python, **keys)["metadata"])
    ours = SamlClient(SamlProvider(name="acme", metadata=file), anywhere=False)
    assert ours.issuer == "saml:https://idp.example/pysaml2"
    url, trip = ours.begin(ACS, AUDIENCE)
    question = parse_qs(urlsplit(url).query)["SAMLRequest"][0]
    sent = {"metadata": ours.metadata(ACS, AUDIENCE).decode(), "question": question, "sign_response": sign_response}
    told = pysaml.ask(python, **keys, **sent)["answer"]
    answer = ours.finish(trip, packed(told), memory.use_once)
    assert answer.subject
    assert (answer.email, answer.name) == ("kim@example.com", "Kim Minji")
    with pytest.raises(Unbelievable):
        ours.finish(trip, packed(told.replace("Kim Minji", "Lee Somebody")), Memory().use_once)
