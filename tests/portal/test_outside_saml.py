"""SAML providers are read from the environment, and what cannot work is told at the start."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from portal import create_app, outside_saml
from portal.config import Settings
from portal.outside import OutsideProvider
from portal.outside_saml import from_environment
from tests.support.saml import Idp

ACME = Idp()


def test_the_portal_runs_without_the_extra_and_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(outside_saml, "import_module", absent)
    settings = settings.model_copy(update={"saml": (ACME.as_settings(label="Acme"),)})
    app = create_app(settings)
    assert "requirements-saml.txt" in capsys.readouterr().err
    page = app.test_client().get("/sign-in")
    assert page.status_code == 200
    assert "Acme" not in page.text
    assert any(fault.startswith("SAML_ACME_… is set, but") for fault in settings.faults())


def test_providers_are_named_by_the_environment(tmp_path: Path) -> None:
    (tmp_path / "idp.xml").write_text(ACME.metadata())
    told = {
        "SAML_ACME_METADATA": str(tmp_path / "idp.xml"),
        "SAML_MY_COMPANY_ENTITY_ID": "x",
        "SAML_MY_COMPANY_SSO_URL": "http://sso.example",
        "SAML_MY_COMPANY_CERTIFICATE": "y",
        "SAML_MY_COMPANY_EMAIL": "mail, email",
    }
    acme, mine = from_environment(told)
    assert (acme.name, mine.name, mine.title, mine.email) == ("acme", "my-company", "My Company", ("mail", "email"))
    assert mine.faults() == ["SAML_MY_COMPANY_SSO_URL is not https"]
    with pytest.raises(ValueError, match="no such setting"):
        from_environment({"SAML_ACME_METADATE": "x"})
    with pytest.raises(ValidationError, match="either _METADATA"):
        from_environment({"SAML_ACME_SSO_URL": "https://sso.example"})


def test_one_name_is_one_provider() -> None:
    oidc = OutsideProvider(name="acme", issuer="https://a.example", client_id="x")
    with pytest.raises(ValidationError, match="acme"):
        Settings(**{"-": (oidc,), "--": (ACME.as_settings(),)})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"certificate": "y"}, "SAML_ACME"),
        ({"sso_url": "ftp://sso.example"}, "not an https address"),
        ({"metadata": "/nowhere.xml"}, "No such file"),
    ],
)
def test_a_provider_that_cannot_be_asked_is_told_at_the_start(
    settings: Settings, change: dict[str, str], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        create_app(settings.model_copy(update={"saml": (ACME.as_settings(**change),)}))
