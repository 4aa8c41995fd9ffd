"""What a client has to know to talk to us (RFC 8414), made from what the code does."""

from typing import Any

from portal.domains.identity import tokens

GRANTS = ("authorization_code", "refresh_token", "client_credentials")
CLIENT_AUTH = ("client_secret_basic", "client_secret_post")


def metadata(base_url: str) -> dict[str, Any]:
    """The authorization server at this address."""
    here = tokens.issuer_of(base_url)
    return {
        "issuer": here,
        "authorization_endpoint": f"{here}/oauth/authorize",
        "token_endpoint": f"{here}/oauth/token",
        "revocation_endpoint": f"{here}/oauth/revoke",
        "introspection_endpoint": f"{here}/oauth/introspect",
        "jwks_uri": f"{here}/.well-known/jwks.json",
        "service_documentation": f"{here}/api/v1/docs",
        "scopes_supported": list(tokens.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", *CLIENT_AUTH],
        "revocation_endpoint_auth_methods_supported": ["none", *CLIENT_AUTH],
        "introspection_endpoint_auth_methods_supported": list(CLIENT_AUTH),
        "authorization_response_iss_parameter_supported": True,
        "ui_locales_supported": ["en", "ko"],
    }
