"""Checking an answer's signature and schema with python3-saml in its strict mode: the only module that knows it."""

from typing import Any
from urllib.parse import urlsplit

from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from portal.domains.identity.federation.saml.published import Idp
from portal.domains.identity.federation.vouching import Unbelievable


def settings_for(idp: Idp, *, audience: str, acs: str) -> OneLogin_Saml2_Settings:
    """The library's settings for one provider and one address of ours."""
    told: dict[str, Any] = {
        "strict": True,
        "debug": False,
        "sp": {"entityId": audience, "assertionConsumerService": {"url": acs}},
        "idp": {
            "entityId": idp.entity_id,
            "singleSignOnService": {"url": idp.sso_url},
            "x509cert": idp.certificates[0],
            "x509certMulti": {"signing": list(idp.certificates)},
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantAttributeStatement": False,
            "requestedAuthnContext": False,
            "rejectDeprecatedAlgorithm": True,
            "allowSingleLabelDomains": True,
        },
    }
    return OneLogin_Saml2_Settings(told)


def check(settings: OneLogin_Saml2_Settings, encoded: str, *, acs: str, request: str) -> None:
    """Raises Unbelievable unless one of the pinned certificates signed it and the library finds no fault in it."""
    parts = urlsplit(acs)
    here = {"https": "on" if parts.scheme == "https" else "off", "http_host": parts.netloc, "script_name": parts.path}
    try:
        OneLogin_Saml2_Response(settings, encoded).is_valid(here, request, raise_exceptions=True)
    except (OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError) as error:
        raise Unbelievable(str(error)) from error
    except Exception as error:
        # It reads what a stranger wrote, through two libraries in C: whatever it stumbles over is no sign-in.
        raise Unbelievable(f"{type(error).__name__} {error}") from error
