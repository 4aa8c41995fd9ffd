"""What the practice provider knows: its one client, its people, and where it keeps its keys."""

import json
from pathlib import Path
from typing import Any

from local.ports import LOOPBACK

CLIENT = "jari"
PASSWORD = "Lighthouse!26"  # noqa: S105  # of people that exist on this machine only
PEOPLE = {"newcomer": "newcomer@practice.example", "customer": "customer@example.com"}
"""Somebody nobody knows yet, and somebody whose address has an account here: that one signs in first and links."""


def issuer(port: int) -> str:
    return f"http://{LOOPBACK}:{port}"


def settings_for(port: int, secret: str) -> dict[str, str]:
    """What the portal has to know of it."""
    return {
        "OIDC_PRACTICE_ISSUER": issuer(port),
        "OIDC_PRACTICE_CLIENT_ID": CLIENT,
        "OIDC_PRACTICE_CLIENT_SECRET": secret,
        "OIDC_PRACTICE_LABEL": "Practice ID",
        "OIDC_PRACTICE_USERINFO": "true",
        "OIDC_PRACTICE_SECOND_FACTOR_AMR": "otp",
    }


def write(directory: Path, *, port: int, portal: str, secret: str, totp: str = "") -> None:
    """Its two files. They are JSON, which is YAML, too. With `totp` it asks for the codes of this secret as well."""
    client = {
        "client_id": CLIENT,
        "client_secret": secret,
        "redirect_uris": [f"{portal}/sign-in/with/practice/back"],
        "description": "Jari on this machine",
    }
    settings: dict[str, Any] = {
        "config_version": 1,
        "server": {"host": LOOPBACK, "port": port},
        "oauth": {"issuer": issuer(port), "audience": CLIENT, "require_pkce": True, "clients": [client]},
        "jwt": {"keys_dir": str(directory / "keys")},
        # Somebody else's form, which would be filled in by itself, is no proof of anything.
        "session": {"secret_key": secret[::-1], "enforce_password_check": True},
        "login": {"totp": bool(totp)},
        "security_profile": "oauth21",
    }
    more = {"totp_secret": totp} if totp else {}
    people = {name: {"password": PASSWORD, "email": email, "roles": ["USER"], **more} for name, email in PEOPLE.items()}
    directory.mkdir(parents=True, exist_ok=True)
    _write(directory / "settings.yaml", settings)
    _write(directory / "users.yaml", {"config_version": 1, "users": people})


def _write(file: Path, content: dict[str, Any]) -> None:
    file.touch(mode=0o600)
    file.write_text(json.dumps(content, indent=2) + "\n")
