"""Providers are read from the environment, and a slip of the pen is told instead of ignored."""

import pytest

from portal.config import Settings
from portal.outside import OutsideProvider, from_environment

ACME = {
    "OIDC_ACME_ISSUER": "https://acme.example/",
    "OIDC_ACME_CLIENT_ID": "jari",
    "OIDC_ACME_CLIENT_SECRET": "s3cret-of-acme",
    "OIDC_ACME_LABEL": "Acme",
}


def test_each_name_is_a_provider_whatever_is_in_it() -> None:
    told = ACME | {
        "OIDC_MY_CLIENT_ISSUER": "https://sso.example/realms/a",
        "OIDC_MY_CLIENT_CLIENT_ID": "portal",
        "OIDC_MY_CLIENT_SCOPES": "email",
        "OIDC_MY_CLIENT_SECOND_FACTOR_AMR": "otp, hwk",
        "OIDC_MY_CLIENT_STAFF": "true",
        "OIDC_MY_CLIENT_LABEL": "",
        "PATH": "/bin",
    }
    acme, mine = from_environment(told)
    assert (acme.name, acme.issuer, acme.client_secret, acme.title) == (
        "acme",
        "https://acme.example/",
        "s3cret-of-acme",
        "Acme",
    )
    assert (mine.name, mine.client_id, mine.title, mine.staff) == ("my-client", "portal", "My Client", True)
    assert mine.scopes == ("openid", "email")
    assert mine.second_factor_amr == {"otp", "hwk"}
    assert not acme.staff
    assert "s3cret-of-acme" not in repr(acme)


@pytest.mark.parametrize(
    "change",
    [
        {"OIDC_ACME_CLIENT_ID": ""},
        {"OIDC_ACME_STAF": "true"},
        {"OIDC_ACME_MAX_AGE": "soon"},
        {f"OIDC_A__B_{field}": "https://x" for field in ("ISSUER", "CLIENT_ID")}
        | {"OIDC_Ä_ISSUER": "x", "OIDC_Ä_CLIENT_ID": "x"},
    ],
)
def test_what_cannot_be_meant_stops_the_start(change: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        from_environment(ACME | change)


@pytest.mark.asvs("1.3.6")
def test_production_wants_https() -> None:
    good, bad = (
        OutsideProvider.model_validate({"name": "acme", "client_id": "jari", "issuer": issuer})
        for issuer in ("https://acme.example", "http://127.0.0.1:9000")
    )
    assert not [fault for fault in Settings(outside=(good,)).faults() if "OIDC" in fault]
    assert [fault for fault in Settings(outside=(bad,)).faults() if "OIDC_ACME_ISSUER" in fault]
