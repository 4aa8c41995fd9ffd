"""Makes accounts."""

from itertools import count

from portal.domains.identity.models import Account, AccountRole
from portal.kernel.db import Tx

_numbers = count(1)


def account(tx: Tx, *, email: str | None = None, name: str = "Kim Minji", roles: tuple[str, ...] = ()) -> Account:
    """A person without a password; with roles, a member of staff."""
    made = Account(
        email=email or f"person{next(_numbers)}@example.com",
        name=name,
        password_hash=None,
        role_rows=[AccountRole(role=role) for role in roles],
    )
    tx.add(made)
    tx.flush()
    return made
