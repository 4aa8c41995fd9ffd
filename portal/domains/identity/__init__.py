"""Who people are: accounts, passwords, roles, second factors, sessions, and the tokens other channels come with.

Owns `accounts`, `account_roles`, `second_factors`, `passkeys`, `sent_codes`, `recovery_codes`, `devices`,
`password_resets`, `external_identities`, `spent_logouts`, `signing_keys`, the tables `oauth_…`, and the sessions in
Redis. Promises: an e-mail address belongs to one account, whatever its case; a password is only kept as argon2id; who
guesses cannot tell an unknown address from a wrong password, not by the clock either; a code of an authenticator app
works once; a revoked session stays revoked; a token that is not ours, of another kind, over, or taken back opens
nothing.
"""

from portal.domains.identity import challenge, codes, federation, passkeys, tokens
from portal.domains.identity.challenge import Challenge, Holds, Purpose
from portal.domains.identity.closing import close_account, reopen_account
from portal.domains.identity.devices import Remembered, forget_devices, is_remembered, remember, remembered
from portal.domains.identity.factors import (
    LastFactor,
    add_code_factor,
    as_number,
    factors_of,
    hint_of,
    holds,
    phone_of,
    remove_factor,
)
from portal.domains.identity.models import ROLES, Account
from portal.domains.identity.passwords import TooBusy, equal_effort
from portal.domains.identity.queries import (
    MOST_PEOPLE,
    Person,
    find_by_email,
    find_people,
    find_person,
    get_account,
    get_person,
    names_of,
    person_question,
)
from portal.domains.identity.recovery import codes_left, make_codes, use_code
from portal.domains.identity.resets import LinkOver, is_open, open_reset, redeem
from portal.domains.identity.rules import (
    PASSWORD_RULE,
    PERMISSIONS,
    PLAIN_PASSWORD_RULE,
    as_address,
    permissions,
    permitted,
)
from portal.domains.identity.service import (
    EmailTaken,
    change_password,
    check_password,
    checked_address,
    grant_role,
    register,
    revoke_role,
    set_email,
    set_locale,
)
from portal.domains.identity.sessions import Limits, Sessions, SignedIn, StoredSession, key_of
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
    "Account",
    "AlreadyEnrolled",
    "Challenge",
    "EmailTaken",
    "Holds",
    "LastFactor",
    "Limits",
    "LinkOver",
    "Locked",
    "MOST_PEOPLE",
    "PASSWORD_RULE",
    "PERMISSIONS",
    "PLAIN_PASSWORD_RULE",
    "Person",
    "Purpose",
    "ROLES",
    "Remembered",
    "Sessions",
    "SignedIn",
    "StoredSession",
    "TooBusy",
    "Vault",
    "add_code_factor",
    "as_address",
    "as_number",
    "challenge",
    "change_password",
    "check_password",
    "checked_address",
    "close_account",
    "codes",
    "codes_left",
    "confirm_totp",
    "enrol_totp",
    "equal_effort",
    "factors_of",
    "federation",
    "find_by_email",
    "find_people",
    "find_person",
    "person_question",
    "forget_devices",
    "get_account",
    "get_person",
    "names_of",
    "grant_role",
    "has_totp",
    "hint_of",
    "holds",
    "is_open",
    "is_remembered",
    "key_of",
    "make_codes",
    "open_reset",
    "passkeys",
    "pending_totp",
    "permissions",
    "permitted",
    "phone_of",
    "redeem",
    "register",
    "remember",
    "remembered",
    "remove_factor",
    "reopen_account",
    "revoke_role",
    "set_email",
    "set_locale",
    "tokens",
    "totp_uri",
    "use_code",
    "verify_totp",
]
