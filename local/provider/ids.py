"""Makes identifiers in Stripe's form: a prefix that says what it is, and 24 letters nobody can guess."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits


def new(prefix: str, length: int = 24) -> str:
    """Return for example `pi_4fKq…`."""
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(length))}"
