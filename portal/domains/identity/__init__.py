"""Who people are: accounts, passwords, roles, second factors, sessions, and the tokens other channels come with.

Owns `accounts`, `account_roles`, `second_factors`, `external_identities`, `spent_logouts` and `signing_keys`, and the
sessions in Redis. Promises: an e-mail address belongs to one account, whatever its case; a password is only kept as
argon2id; who guesses cannot tell an unknown address from a wrong password, not by the clock either; a code of an
authenticator app works once; a revoked session stays revoked; a token that is not ours, of another kind, or over,
opens nothing.
"""

from portal.domains.identity import federation, tokens
from portal.domains.identity.models import ROLES, Account
from portal.domains.identity.queries import Person, find_by_email, find_person, get_account
from portal.domains.identity.rules import PASSWORD_RULE, PERMISSIONS, as_address, permissions, permitted
from portal.domains.identity.service import (
    EmailTaken,
    check_password,
    grant_role,
    register,
    revoke_role,
    set_locale,
)
from portal.domains.identity.sessions import Limits, Sessions, SignedIn, StoredSession
from portal.domains.identity.totp import (
    AlreadyEnrolled,
    confirm_totp,
    enrol_totp,
    has_totp,
    pending_totp,
    totp_uri,
    verify_totp,
)
from portal.domains.identity.vault import Locked, Vault

__all__ = [
    "PASSWORD_RULE",
    "PERMISSIONS",
    "ROLES",
    "Account",
    "AlreadyEnrolled",
    "EmailTaken",
    "Limits",
    "Locked",
    "Person",
    "Sessions",
    "SignedIn",
    "StoredSession",
    "Vault",
    "as_address",
    "check_password",
    "confirm_totp",
    "enrol_totp",
    "federation",
    "find_by_email",
    "find_person",
    "get_account",
    "grant_role",
    "has_totp",
    "pending_totp",
    "permissions",
    "permitted",
    "register",
    "revoke_role",
    "set_locale",
    "tokens",
    "totp_uri",
    "verify_totp",
]
